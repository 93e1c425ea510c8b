//===- FoldLedger.h - What became of each batch normalisation ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_COMPILER_FOLDLEDGER_H
#define KILN_COMPILER_FOLDLEDGER_H

#include <string>
#include <vector>

namespace kiln {

/// One batch normalisation of the net. Text is as in the file, not escaped.
struct FoldEntry {
  std::string name;      ///< of the batch normalisation's node
  std::string action;    ///< "folded", "fused" or "kept"
  std::string into;      ///< the convolution or linear layer that took it
  std::string direction; ///< "backward", "forward" or empty
  std::string reason;    ///< why it was not folded; empty where it was
  /// Greatest |W' - W| over the weights of the layers that took it.
  double maxWeightChange = 0;
  /// Bound on the error, per unit of max|input|, that rounding the folded
  /// parameters can cause (docs/folding.md), greatest over the channels.
  double bound = 0;
  /// Greatest error seen over seeded patches, in the same unit.
  double measured = 0;
};

using FoldLedger = std::vector<FoldEntry>;

/// {"net": ..., "entries": [...]}; numbers that are not finite become null.
std::string toJson(const FoldLedger &ledger, const std::string &netName);

} // namespace kiln

#endif // KILN_COMPILER_FOLDLEDGER_H
