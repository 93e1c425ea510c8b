//===- ConvAxis.h - A convolution's tiles along one axis ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Padding costs nothing where no code reads it. Along each axis a tile's
// positions are known (but for whole multiples of the tile's size), so that it
// is known which of them each tap of the kernel reaches.
//===----------------------------------------------------------------------===//

#ifndef KILN_CODEGEN_CPU_IR_CONVAXIS_H
#define KILN_CODEGEN_CPU_IR_CONVAXIS_H

#include "llvm/ADT/SmallVector.h"

#include <cstdint>

namespace kiln::cpu {

/// One spatial dimension of a convolution: position `o` of the output reads,
/// for tap `k`, position `o * stride + k * dilation - padLow` of the input
/// where there is one.
struct ConvAxis {
  int64_t input = 1, output = 1, kernel = 1, stride = 1, dilation = 1,
          padLow = 0;

  /// How many pairs of a position of the output and a tap read the input.
  int64_t countReads() const;

  bool operator==(const ConvAxis &) const = default;
};

/// Taps `[first, first + count)` reach the positions `[low, high)` of a tile,
/// counted from its first.
struct TapRange {
  int64_t first = 0, count = 0, low = 0, high = 0;
  bool operator==(const TapRange &) const = default;
};

/// `count` tiles of `size` positions, one after another from `start` on, that
/// the taps reach in the same way.
struct AxisSegment {
  int64_t start = 0, size = 1, count = 1;
  /// Without those that reach no position.
  llvm::SmallVector<TapRange, 4> taps;
  /// Tiles of one position whose taps differ: the first and the last are to be
  /// computed from the position, and `taps` is empty.
  bool isDynamic = false;

  bool operator==(const AxisSegment &) const = default;
};

/// Divides the output into as few tiles of at most `tile` positions as can be,
/// of sizes as equal as can be, in order.
llvm::SmallVector<AxisSegment> splitAxis(const ConvAxis &axis, int64_t tile);

} // namespace kiln::cpu

#endif // KILN_CODEGEN_CPU_IR_CONVAXIS_H
