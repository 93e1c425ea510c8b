//===- RepeatChannels.cpp - The same channels several times ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RepeatChannels.h"

#include "Operands.h"
#include "kiln/Dialect/NN/IR/NN.h"
#include "kiln/Dialect/NN/Utils/Constants.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace kiln::cpu {

Value repeatAlong(OpBuilder &builder, Value value, unsigned dim,
                  int64_t times) {
  auto type = cast<RankedTensorType>(value.getType());
  SmallVector<int64_t> shape(type.getShape());
  int64_t size = shape[dim];
  shape[dim] *= times;
  if (nn::getConstant(value))
    if (Value constant =
            repackConstant(builder, value, shape, [&](ArrayRef<int64_t> index) {
              int64_t from = 0;
              for (auto [i, extent] : llvm::enumerate(type.getShape()))
                from = from * extent + (i == dim ? index[i] % size : index[i]);
              return from;
            }))
      return constant;
  SmallVector<Value> copies(times, value);
  return tensor::ConcatOp::create(builder, value.getLoc(), dim, copies);
}

Operation *cloneElementwise(OpBuilder &builder, Operation *op,
                            IRMapping &mapping, RankedTensorType type) {
  if (auto generic = dyn_cast<linalg::GenericOp>(op))
    mapping.map(generic.getDpsInitOperand(0)->get(),
                tensor::EmptyOp::create(builder, op->getLoc(), type.getShape(),
                                        type.getElementType())
                    .getResult());
  Operation *copy = builder.clone(*op, mapping);
  copy->getResult(0).setType(type);
  return copy;
}

static void repeatChannels(OpBuilder &builder, linalg::GenericOp op,
                           int64_t times) {
  for (OpOperand *operand : op.getDpsInputOperands()) {
    if (operand->get().getParentBlock() == op->getBlock())
      continue;
    for (auto [i, expr] :
         llvm::enumerate(op.getMatchingIndexingMap(operand).getResults()))
      if (expr == builder.getAffineDimExpr(1))
        operand->set(repeatAlong(builder, operand->get(), i, times));
  }
}

void repeatChannels(OpBuilder &builder, Operation *op, int64_t times) {
  if (auto generic = dyn_cast<linalg::GenericOp>(op))
    return repeatChannels(builder, generic, times);
  if (auto prelu = dyn_cast<nn::PReluOp>(op)) {
    Value slope = prelu.getSlope();
    // One slope serves any number of channels.
    if (prelu.getSlope().getType().getNumElements() > 1)
      prelu.getSlopeMutable().assign(repeatAlong(builder, slope, 0, times));
    return;
  }
  auto affine = dyn_cast<nn::ChannelAffineOp>(op);
  if (!affine)
    return;
  SmallVector<double> scale, shift;
  for (int64_t i = 0; i < times; ++i) {
    llvm::append_range(scale, affine.getScale());
    llvm::append_range(shift, affine.getShift());
  }
  affine.setScale(scale);
  affine.setShift(shift);
}

} // namespace kiln::cpu
