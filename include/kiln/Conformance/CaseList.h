//===- CaseList.h - Lists of conformance cases ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// A list is a text file with a case on each line and '#' before a remark:
//
//   node/test_clip | Clip |
//   node/test_reshape_one_dim | Reshape | 1=shape
//   node/test_nonzero | NonZero | | K0200: NonZero ...: is not taken
//
// The case's folder; the operator that it is about; its inputs that a static
// compiler binds as constants, by index and name; and, where the compiler is to
// refuse the case, the error expected.
//===----------------------------------------------------------------------===//

#ifndef KILN_CONFORMANCE_CASELIST_H
#define KILN_CONFORMANCE_CASELIST_H

#include "kiln/Support/Result.h"

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace kiln::conformance {

struct Case {
  std::string folder; ///< relative to the data folder
  std::string op;
  std::map<size_t, std::string> bound; ///< names of inputs by index
  std::optional<Error> refusal;        ///< nothing: the case is to pass
};

/// Reads a list; an error names file and line.
Result<std::vector<Case>> readCaseList(const std::string &path);

} // namespace kiln::conformance

#endif // KILN_CONFORMANCE_CASELIST_H
