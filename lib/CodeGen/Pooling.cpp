//===- Pooling.cpp - Counts behind averages ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "kiln/CodeGen/Pooling.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace kiln {

/// How many elements of the window at `position` count, along one dimension.
static int64_t countTaps(nn::AveragePoolOp op, unsigned dim, int64_t position) {
  auto size =
      cast<RankedTensorType>(op.getInput().getType()).getDimSize(dim + 2);
  int64_t start = position * op.getStrides()[dim] - op.getPadLow()[dim];
  int64_t low = op.getCountIncludePad() ? -op.getPadLow()[dim] : 0;
  int64_t high = size + (op.getCountIncludePad() ? op.getPadHigh()[dim] : 0);
  // A hostile window has millions of taps: the first and last that count are
  // computed, not searched for.
  int64_t dilation = op.getDilations()[dim];
  int64_t first =
      std::max<int64_t>(llvm::divideCeilSigned(low - start, dilation), 0);
  int64_t last = std::min(llvm::divideFloorSigned(high - 1 - start, dilation),
                          op.getKernel()[dim] - 1);
  return std::max<int64_t>(last - first + 1, 0);
}

/// The count of a window is the product of the counts along the dimensions.
SmallVector<double> divisorsOf(nn::AveragePoolOp op) {
  auto type = cast<RankedTensorType>(op.getResult().getType());
  SmallVector<double> divisors{1};
  for (auto [dim, size] : llvm::enumerate(type.getShape().drop_front(2))) {
    SmallVector<double> next;
    for (double outer : divisors)
      for (int64_t position = 0; position < size; ++position)
        next.push_back(outer * countTaps(op, dim, position));
    divisors = std::move(next);
  }
  return divisors;
}

} // namespace kiln
