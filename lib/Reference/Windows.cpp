//===- Windows.cpp - Positions of sliding windows ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Windows.h"
#include "Environment.h"

using namespace mlir;

namespace kiln::reference {

int64_t Window::source(int64_t p, int64_t k) const {
  int64_t coordinate = p * stride + k * dilation - padLow;
  if (coordinate >= 0 && coordinate < input)
    return coordinate;
  return coordinate < input + padHigh ? kInPadding : kBeyondPadding;
}

int64_t Window::transposedSource(int64_t p, int64_t k) const {
  int64_t scaled = p + padLow - k * dilation;
  if (scaled < 0 || scaled % stride != 0 || scaled / stride >= input)
    return kInPadding;
  return scaled / stride;
}

int64_t Windows::taps() const {
  int64_t count = 1;
  for (const Window &dim : dims)
    count *= dim.kernel;
  return count;
}

int64_t Windows::positions() const {
  int64_t count = 1;
  for (const Window &dim : dims)
    count *= dim.output;
  return count;
}

int64_t Windows::inputSize() const {
  int64_t count = 1;
  for (const Window &dim : dims)
    count *= dim.input;
  return count;
}

SmallVector<int64_t> Windows::outputShape() const {
  return llvm::map_to_vector(dims,
                             [](const Window &dim) { return dim.output; });
}

void Windows::sources(int64_t begin, int64_t count,
                      SmallVectorImpl<int64_t> &offsets) const {
  offsets.assign(taps() * count, 0);
  // Dimension by dimension: offsets = (offsets of those before) * size + own.
  int64_t tapsAfter = taps(), positionsAfter = positions();
  for (const Window &dim : dims) {
    tapsAfter /= dim.kernel;
    positionsAfter /= dim.output;
    for (int64_t tap = 0, slot = 0, total = taps(); tap < total; ++tap)
      for (int64_t i = 0; i < count; ++i, ++slot) {
        int64_t &offset = offsets[slot];
        int64_t p = (begin + i) / positionsAfter % dim.output;
        int64_t k = tap / tapsAfter % dim.kernel;
        int64_t own =
            isTransposed ? dim.transposedSource(p, k) : dim.source(p, k);
        if (offset < 0 || own < 0)
          offset = std::min({offset, own, kInPadding});
        else
          offset = offset * dim.input + own;
      }
  }
}

} // namespace kiln::reference
