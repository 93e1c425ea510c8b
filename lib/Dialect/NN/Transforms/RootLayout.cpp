//===- RootLayout.cpp - Which weight meets which channel ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RootLayout.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace kiln::nn {

/// The operands of all three: input, weights and, where present, bias.
Value rootInput(Operation *root) { return root->getOperand(0); }
Value rootWeights(Operation *root) { return root->getOperand(1); }
Value rootBias(Operation *root) {
  return root->getNumOperands() > 2 ? root->getOperand(2) : Value();
}

template <typename ConvLikeOp>
static RootLayout layoutOfConvolution(ConvLikeOp op) {
  RootLayout layout;
  RankedTensorType input = op.getInput().getType();
  RankedTensorType weights = op.getWeights().getType();
  auto result = cast<RankedTensorType>(op.getResult().getType());
  layout.groups = static_cast<int64_t>(op.getGroups());
  layout.isTransposed = isa<ConvTransposeOp>(op.getOperation());
  layout.outputs = layout.isTransposed ? weights.getDimSize(1) * layout.groups
                                       : weights.getDimSize(0);
  layout.inputs = layout.isTransposed ? weights.getDimSize(0)
                                      : weights.getDimSize(1) * layout.groups;
  llvm::append_range(layout.inputSize, input.getShape().drop_front(2));
  llvm::append_range(layout.outputSize, result.getShape().drop_front(2));
  llvm::append_range(layout.kernel, weights.getShape().drop_front(2));
  for (int64_t k : layout.kernel)
    layout.taps *= k;
  llvm::append_range(layout.strides, op.getStrides());
  llvm::append_range(layout.dilations, op.getDilations());
  llvm::append_range(layout.padLow, op.getPadLow());
  llvm::append_range(layout.padHigh, op.getPadHigh());
  return layout;
}

RootLayout RootLayout::of(Operation *root) {
  return TypeSwitch<Operation *, RootLayout>(root)
      .Case<ConvOp, ConvTransposeOp>(
          [](auto op) { return layoutOfConvolution(op); })
      .Case<LinearOp>([](LinearOp op) {
        RootLayout layout;
        RankedTensorType weights = op.getWeights().getType();
        layout.outputs = weights.getDimSize(0);
        layout.inputs = weights.getDimSize(1);
        layout.inputAxis = layout.outputAxis =
            op.getInput().getType().getRank() - 1;
        return layout;
      });
}

bool RootLayout::isUnpadded() const {
  auto zero = [](int64_t v) { return v == 0; };
  return !isTransposed && llvm::all_of(padLow, zero) &&
         llvm::all_of(padHigh, zero);
}

bool RootLayout::hasStaticSpatialSizes() const {
  return llvm::none_of(inputSize, ShapedType::isDynamic) &&
         llvm::none_of(outputSize, ShapedType::isDynamic);
}

int64_t RootLayout::positions() const {
  int64_t count = 1;
  for (int64_t size : outputSize)
    count *= size;
  return count;
}

/// Whether tap `k` at result coordinate `p` meets the input along dimension d.
static bool isInside(const RootLayout &layout, size_t d, int64_t p, int64_t k) {
  int64_t offset = k * layout.dilations[d];
  if (!layout.isTransposed) {
    int64_t x = p * layout.strides[d] + offset - layout.padLow[d];
    return x >= 0 && x < layout.inputSize[d];
  }
  int64_t x = p + layout.padLow[d] - offset;
  return x >= 0 && x % layout.strides[d] == 0 &&
         x / layout.strides[d] < layout.inputSize[d];
}

SmallVector<bool> RootLayout::tapsInside(int64_t position) const {
  SmallVector<int64_t> coordinates(outputSize.size());
  for (size_t d = outputSize.size(); d-- > 0;) {
    coordinates[d] = position % outputSize[d];
    position /= outputSize[d];
  }
  SmallVector<bool> inside(taps, true);
  for (int64_t tap = 0; tap < taps; ++tap) {
    int64_t rest = tap;
    for (size_t d = kernel.size(); d-- > 0; rest /= kernel[d])
      if (!isInside(*this, d, coordinates[d], rest % kernel[d]))
        inside[tap] = false;
  }
  return inside;
}

} // namespace kiln::nn
