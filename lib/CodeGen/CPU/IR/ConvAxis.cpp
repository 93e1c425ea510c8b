//===- ConvAxis.cpp - A convolution's tiles along one axis ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "kiln/CodeGen/CPU/IR/ConvAxis.h"

#include "llvm/Support/MathExtras.h"

#include <algorithm>

using llvm::SmallVector;

namespace kiln::cpu {

/// The positions `[low, high)`, of `size` from `start` on, that tap `k`
/// reaches.
static TapRange reachOf(const ConvAxis &axis, int64_t k, int64_t start,
                        int64_t size) {
  // o * stride + offset lies in [0, input).
  int64_t offset = k * axis.dilation - axis.padLow;
  auto firstFrom = [&](int64_t position) {
    int64_t o = llvm::divideCeilSigned(position - offset, axis.stride);
    return std::clamp<int64_t>(o - start, 0, size);
  };
  return {k, 1, firstFrom(0), firstFrom(axis.input)};
}

int64_t ConvAxis::countReads() const {
  int64_t reads = 0;
  for (int64_t k = 0; k < kernel; ++k) {
    TapRange reach = reachOf(*this, k, 0, output);
    reads += std::max<int64_t>(reach.high - reach.low, 0);
  }
  return reads;
}

static SmallVector<TapRange, 4> tapsOf(const ConvAxis &axis, int64_t start,
                                       int64_t size) {
  SmallVector<TapRange, 4> taps;
  for (int64_t k = 0; k < axis.kernel; ++k) {
    TapRange reach = reachOf(axis, k, start, size);
    if (reach.low >= reach.high)
      continue;
    if (!taps.empty() && taps.back().low == reach.low &&
        taps.back().high == reach.high &&
        taps.back().first + taps.back().count == k)
      ++taps.back().count;
    else
      taps.push_back(reach);
  }
  return taps;
}

SmallVector<AxisSegment> splitAxis(const ConvAxis &axis, int64_t tile) {
  SmallVector<AxisSegment> segments;
  int64_t tiles = llvm::divideCeilSigned(axis.output, tile);
  int64_t size = axis.output / tiles, larger = axis.output % tiles;
  int64_t start = 0;
  for (int64_t i = 0; i < tiles; ++i) {
    AxisSegment next{start, size + (i < larger ? 1 : 0), 1, {}, false};
    next.taps = tapsOf(axis, start, next.size);
    start += next.size;
    if (!segments.empty() && segments.back().size == next.size &&
        segments.back().taps == next.taps)
      ++segments.back().count;
    else
      segments.push_back(std::move(next));
  }
  if (segments.size() > 1 && size == 1 && larger == 0)
    return {{0, 1, axis.output, {}, true}};
  return segments;
}

} // namespace kiln::cpu
