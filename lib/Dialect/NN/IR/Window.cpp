//===- Window.cpp - Sizes of sliding windows ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Window.h"

#include "llvm/ADT/STLExtras.h"

using namespace mlir;

namespace kiln::nn {

int64_t windowResultSize(const WindowDim &d, bool ceilMode) {
  int64_t room = d.size + d.padLow + d.padHigh - dilatedKernel(d);
  if (room < 0)
    return 0;
  if (!ceilMode)
    return room / d.stride + 1;
  int64_t count = (room + d.stride - 1) / d.stride + 1;
  // A last window that starts in the high padding holds no input element.
  if ((count - 1) * d.stride >= d.size + d.padLow)
    --count;
  return count;
}

bool allWithin(ArrayRef<int64_t> values, int64_t least) {
  return llvm::all_of(
      values, [least](int64_t v) { return v >= least && v <= kMaxExtent; });
}

LogicalResult constraintError(std::optional<Location> loc, const Twine &message,
                              TypeRange operands) {
  return emitOptionalError(loc, message, "; operands: ", operands);
}

} // namespace kiln::nn
