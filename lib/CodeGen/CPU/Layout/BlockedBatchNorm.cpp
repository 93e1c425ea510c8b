//===- BlockedBatchNorm.cpp - Batch normalisation over blocks of channels ---*-
//C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "BlockedBatchNorm.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace kiln::cpu {

static ElementwiseChain::Extra extraOf(BatchNormOp op, unsigned i) {
  return {op.getExtras()[i], op.getMap(i)};
}

bool canBlockBatchNorm(BatchNormOp op) {
  if (op.getBlocked() || op.getShape().size() != 4)
    return false;
  for (unsigned i = 0, e = op.getExtras().size(); i < e; ++i)
    if (!canBlockExtra(extraOf(op, i)))
      return false;
  return true;
}

BatchNormOp lowerBlockedBatchNorm(OpBuilder &builder, BatchNormOp op) {
  Location loc = op.getLoc();
  auto lanes = static_cast<int64_t>(op.getLanes());
  RankedTensorType type =
      blockedType(cast<RankedTensorType>(op.getOut().getType()), lanes);
  SmallVector<Value> extras;
  SmallVector<AffineMap> maps;
  for (unsigned i = 0, e = op.getExtras().size(); i < e; ++i) {
    BlockedExtra blocked = blockExtra(builder, loc, extraOf(op, i), lanes);
    extras.push_back(blocked.value);
    maps.push_back(blocked.map);
  }
  Value out = tensor::EmptyOp::create(builder, loc, type.getShape(),
                                      type.getElementType());
  auto kernel = BatchNormOp::create(
      builder, loc,
      TypeRange{type, op.getMean().getType(), op.getVariance().getType()},
      packChannels(builder, loc, op.getInput(), lanes), op.getScale(),
      op.getOffset(), extras, out, op.getMean(), op.getVariance(),
      op.getEpsilonAttr(), op.getLanesAttr(), builder.getUnitAttr(),
      builder.getAffineMapArrayAttr(maps));
  kernel.getBody().takeBody(op.getBody());
  return kernel;
}

} // namespace kiln::cpu
