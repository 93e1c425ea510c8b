//===- WindowColumns.cpp - Cutting a line of pixels into tiles ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "WindowColumns.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace kiln::cpu {

namespace {
/// Columns [first, last) whose taps all meet the input.
struct FullColumns {
  int64_t first, last;
  explicit FullColumns(WindowOp op) {
    int64_t pad = op.getPadLow()[1], stride = op.getStrides()[1];
    int64_t reach = (op.getKernel()[1] - 1) * op.getDilations()[1];
    int64_t columns = op.getOutShape()[3], room = op.getInputShape()[3] - reach;
    first = std::min(llvm::divideCeilSigned(pad, stride), columns);
    last = room > 0 ? llvm::divideFloorSigned(room - 1 + pad, stride) + 1 : 0;
    last = std::clamp(last, first, columns);
  }
};
} // namespace

/// `columns` cut evenly into tiles of at most `most`.
static int64_t evenWidth(int64_t columns, int64_t most) {
  return llvm::divideCeil(columns, llvm::divideCeil(columns, most));
}

/// Tiles over the whole line: those at the borders with what they skip.
static SmallVector<ColumnSegment> planTiles(WindowOp op, FullColumns full) {
  int64_t columns = op.getOutShape()[3];
  int64_t width = evenWidth(columns, op.getColumns());
  SmallVector<ColumnSegment> segments;
  for (int64_t first = 0; first < columns; first += width) {
    int64_t last = std::min(first + width, columns);
    bool isFull = first >= full.first && last <= full.last;
    ColumnSegment segment{isFull ? ColumnSegment::Full : ColumnSegment::Fixed,
                          first, last - first, 1};
    bool follows = isFull && !segments.empty() &&
                   segments.back().kind == ColumnSegment::Full &&
                   segments.back().width == segment.width;
    if (follows)
      ++segments.back().repeats;
    else
      segments.push_back(segment);
  }
  return segments;
}

/// Full tiles in the middle, single columns at the borders.
static SmallVector<ColumnSegment> planEdges(WindowOp op, FullColumns full) {
  SmallVector<ColumnSegment> segments;
  auto add = [&](ColumnSegment::Kind kind, int64_t first, int64_t width,
                 int64_t repeats) {
    if (width > 0 && repeats > 0)
      segments.push_back({kind, first, width, repeats});
  };
  add(ColumnSegment::Edge, 0, 1, full.first);
  if (int64_t columns = full.last - full.first) {
    int64_t width = evenWidth(columns, op.getColumns());
    int64_t tiles = columns / width, left = columns % width;
    add(ColumnSegment::Full, full.first, width, tiles);
    add(ColumnSegment::Full, full.first + tiles * width, left, 1);
  }
  add(ColumnSegment::Edge, full.last, 1, op.getOutShape()[3] - full.last);
  return segments;
}

SmallVector<ColumnSegment> planColumns(WindowOp op) {
  static constexpr size_t kMostSegments = 6;
  FullColumns full(op);
  if (op.getKernel()[1] <= kMostTaps) {
    SmallVector<ColumnSegment> tiles = planTiles(op, full);
    if (tiles.size() <= kMostSegments)
      return tiles;
  }
  return planEdges(op, full);
}

} // namespace kiln::cpu
