//===- WindowColumns.h - Cutting a line of pixels into tiles ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_CODEGEN_CPU_KERNELS_WINDOWCOLUMNS_H
#define KILN_LIB_CODEGEN_CPU_KERNELS_WINDOWCOLUMNS_H

#include "kiln/CodeGen/CPU/IR/CPU.h"

namespace kiln::cpu {

/// Neighbouring columns of a window's result that one piece of code computes.
struct ColumnSegment {
  enum Kind {
    /// One tile at a known place, with those of its taps that meet the input.
    Fixed,
    /// A loop over tiles whose taps all meet the input.
    Full,
    /// A loop over single columns, whose taps are found as the code runs.
    Edge
  };
  Kind kind = Fixed;
  int64_t first = 0;
  /// Columns of a tile.
  int64_t width = 1;
  /// Tiles; 1 for Fixed.
  int64_t repeats = 1;
};

/// Taps of a line that are written out side by side; a longer kernel goes by
/// chunks of kChunk.
inline constexpr int64_t kMostTaps = 16, kChunk = 8;

/// The segments of a line, left to right. Tiles are of nearly the same width,
/// and the code stays small: where padding reaches over many tiles, the columns
/// that it touches go one by one.
llvm::SmallVector<ColumnSegment> planColumns(WindowOp op);

} // namespace kiln::cpu

#endif // KILN_LIB_CODEGEN_CPU_KERNELS_WINDOWCOLUMNS_H
