//===- Summary.h - What a run over many seeds has found ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_TEST_RANDOMNETS_SUMMARY_H
#define KILN_TEST_RANDOMNETS_SUMMARY_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/raw_ostream.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace kiln::test {

/// What one seed's process sends back.
struct SeedReport {
  std::string failure, details;
  double worst = 0;
  /// Nets drawn and found unfit before this one.
  int64_t attempts = 0;
  /// Names of the operations in the net, payloads included.
  std::vector<std::string> operations = {};

  std::string serialize() const;
  /// False where the text is not a whole report.
  static bool parse(llvm::StringRef text, SeedReport &report);
};

class Summary {
public:
  void add(int64_t seed, const SeedReport &report);

  int64_t failures() const { return failed; }

  /// Of `wanted`, those that no net held.
  std::vector<std::string> missing(llvm::ArrayRef<std::string> wanted) const;

  /// Counts, how much of the allowance was needed, and how often each
  /// operation stood in a net.
  void print(llvm::raw_ostream &stream, double seconds) const;

private:
  int64_t failed = 0, attempts = 0, worstSeed = -1;
  std::vector<double> errors;
  std::map<std::string, int64_t> operations;
};

} // namespace kiln::test

#endif // KILN_TEST_RANDOMNETS_SUMMARY_H
