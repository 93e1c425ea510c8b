//===- BlockedCase.cpp - Kernels over channel blocks in unit tests ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "BlockedCase.h"

#include "Layout/Blocked.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "gtest/gtest.h"

#include <limits>

using namespace mlir;

namespace kiln::test {

Value packWithNaN(OpBuilder &builder, Value plain, int64_t lanes) {
  auto type = cast<RankedTensorType>(plain.getType());
  if (type.getDimSize(1) % lanes == 0)
    return cpu::packChannels(builder, plain.getLoc(), plain, lanes);
  RankedTensorType blocked = cpu::blockedType(type, lanes);
  Location loc = plain.getLoc();
  Value empty = tensor::EmptyOp::create(builder, loc, blocked.getShape(),
                                        blocked.getElementType());
  Value nan = arith::ConstantOp::create(
      builder, loc,
      builder.getFloatAttr(type.getElementType(),
                           std::numeric_limits<double>::quiet_NaN()));
  return linalg::PackOp::create(builder, loc, plain, empty,
                                ArrayRef<int64_t>{1},
                                {builder.getIndexAttr(lanes)}, nan)
      .getResult();
}

void replaceConvolution(ModuleOp module,
                        function_ref<Value(OpBuilder &, nn::ConvOp)> lower) {
  SmallVector<nn::ConvOp> convs;
  module.walk([&](nn::ConvOp conv) { convs.push_back(conv); });
  ASSERT_EQ(convs.size(), 1u);
  nn::ConvOp conv = convs.front();
  Operation *root = conv;
  if (isa<nn::FusedOp>(conv->getParentOp()))
    root = conv->getParentOp();
  OpBuilder builder(root);
  Value result = lower(builder, conv);
  ASSERT_TRUE(result);
  Value plain =
      cpu::unpackChannels(builder, conv.getLoc(), result, conv.getType());
  root->getResult(0).replaceAllUsesWith(plain);
  root->erase();
}

cpu::TargetDescription withVectors(unsigned bits, unsigned registers) {
  auto target = llvm::cantFail(cpu::describeTarget());
  target.vectorBits = std::min(bits, target.vectorBits);
  target.numVectorRegisters = std::min(registers, target.numVectorRegisters);
  return target;
}

} // namespace kiln::test
