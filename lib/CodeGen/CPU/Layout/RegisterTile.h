//===- RegisterTile.h - Choice of register tiles ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_CODEGEN_CPU_LAYOUT_REGISTERTILE_H
#define KILN_LIB_CODEGEN_CPU_LAYOUT_REGISTERTILE_H

#include "kiln/CodeGen/CPU/TargetDescription.h"

namespace kiln::cpu {

/// What decides about a register tile: rows by columns of the result, all other
/// loops counted by `repeats`.
struct TileProblem {
  int64_t rows = 1, columns = 1, repeats = 1;
  /// Length of the sum of each element.
  int64_t reduction = 1;
  /// Depthwise: each row has vectors of its own, and shares the scalars.
  bool rowsShareScalars = false;
  /// Columns do not lie side by side in the result: stores are scattered.
  bool scatters = false;
  unsigned bitWidth = 32;
};

struct RegisterTile {
  int64_t rows = 1, vectors = 1, lanes = 1;
  /// Estimated cycles for the whole contraction.
  double cycles = 0;
};

/// The tile with the least estimated cycles among those whose accumulators and
/// operands fit the target's registers.
RegisterTile chooseTile(const TargetDescription &target,
                        const TileProblem &problem);

} // namespace kiln::cpu

#endif // KILN_LIB_CODEGEN_CPU_LAYOUT_REGISTERTILE_H
