//===- Report.h - What the conformance run found ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_TOOLS_KILN_CONFORMANCE_REPORT_H
#define KILN_TOOLS_KILN_CONFORMANCE_REPORT_H

#include "kiln/Conformance/RunCase.h"

#include <ostream>
#include <string>
#include <vector>

namespace kiln::conformance {

/// A case, the list that it stands in, and what it came to.
struct Entry {
  std::string list;
  Case wanted;
  CaseResult result;
};

/// What a result means beside what its list says.
enum class Verdict {
  Passed,
  Refused,    ///< as the list says, or other numbers, as it says
  NotRefused, ///< passes, where the list says that it is refused
  Surprise,   ///< refused where it should pass, or with another code
  Failed,
};
Verdict judge(const Entry &entry);

/// The table by operator, a line for each list, refusals with their reasons,
/// and what is not as the lists say. True where nothing is.
bool printReport(std::ostream &out, const std::vector<Entry> &entries);

/// One line: "passed  node/test_abs", with the reason where there is one.
void printLine(std::ostream &out, const Entry &entry);

/// "folder <tab> outcome <tab> error" for each case, for scripts.
void writeResults(std::ostream &out, const std::vector<Entry> &entries);

} // namespace kiln::conformance

#endif // KILN_TOOLS_KILN_CONFORMANCE_REPORT_H
