//===- BlockedElementwise.cpp - Elementwise loops over blocks ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "BlockedElementwise.h"

#include "kiln/CodeGen/Elementwise.h"
#include "kiln/Dialect/NN/Utils/Constants.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace kiln::cpu {

using Operand = ElementwiseChain::Extra;

/// What `op` reads, beside the scales and shifts that are its attributes.
static SmallVector<Operand> operandsOf(Operation *op) {
  SmallVector<Operand> operands;
  if (auto generic = dyn_cast<linalg::GenericOp>(op)) {
    for (OpOperand *input : generic.getDpsInputOperands())
      operands.push_back({input->get(), generic.getMatchingIndexingMap(input)});
    return operands;
  }
  MLIRContext *context = op->getContext();
  operands.push_back(
      {op->getOperand(0), AffineMap::getMultiDimIdentityMap(4, context)});
  if (auto prelu = dyn_cast<nn::PReluOp>(op)) {
    bool one = prelu.getSlope().getType().getNumElements() == 1;
    AffineExpr channel =
        one ? getAffineConstantExpr(0, context) : getAffineDimExpr(1, context);
    operands.push_back({prelu.getSlope(), AffineMap::get(4, 0, channel)});
  }
  return operands;
}

static void addParameters(OpBuilder &builder, nn::ChannelAffineOp affine,
                          SmallVectorImpl<Operand> &operands) {
  auto type = cast<RankedTensorType>(affine.getType());
  auto vector =
      RankedTensorType::get({type.getDimSize(1)}, type.getElementType());
  auto map = AffineMap::get(4, 0, builder.getAffineDimExpr(1));
  for (ArrayRef<double> values : {affine.getScale(), affine.getShift()})
    operands.push_back(
        {nn::createConstant(builder, affine.getLoc(), vector, values), map});
}

bool canBlockElementwise(Operation *op) {
  if (!nn::isElementwise(op))
    return false;
  auto type = dyn_cast<RankedTensorType>(op->getResult(0).getType());
  if (!type || type.getRank() != 4 || !isa<FloatType>(type.getElementType()))
    return false;
  if (auto affine = dyn_cast<nn::ChannelAffineOp>(op))
    if (affine.getAxis() != 1)
      return false;
  if (auto generic = dyn_cast<linalg::GenericOp>(op))
    if (generic.payloadUsesValueFromOperand(generic.getDpsInitOperand(0)))
      return false;
  return llvm::all_of(operandsOf(op), [&](const Operand &operand) {
    return getElementTypeOrSelf(operand.value.getType()) ==
               type.getElementType() &&
           isa<RankedTensorType>(operand.value.getType()) &&
           canBlockExtra(operand);
  });
}

Value lowerBlockedElementwise(OpBuilder &builder, Operation *op,
                              int64_t lanes) {
  Location loc = op->getLoc();
  SmallVector<Operand> operands = operandsOf(op);
  if (auto affine = dyn_cast<nn::ChannelAffineOp>(op))
    addParameters(builder, affine, operands);
  SmallVector<Value> inputs;
  SmallVector<AffineMap> maps;
  for (const Operand &operand : operands) {
    BlockedExtra blocked = blockExtra(builder, loc, operand, lanes);
    inputs.push_back(blocked.value);
    maps.push_back(blocked.map);
  }
  maps.push_back(builder.getMultiDimIdentityMap(5));
  RankedTensorType type =
      blockedType(cast<RankedTensorType>(op->getResult(0).getType()), lanes);
  Value empty = tensor::EmptyOp::create(builder, loc, type.getShape(),
                                        type.getElementType());
  SmallVector<utils::IteratorType> loops(5, utils::IteratorType::parallel);
  auto loop = linalg::GenericOp::create(
      builder, loc, TypeRange{type}, inputs, ValueRange{empty}, maps, loops,
      [&](OpBuilder &inner, Location innerLoc, ValueRange elements) {
        auto generic = dyn_cast<linalg::GenericOp>(op);
        Value element =
            generic ? cloneElementwiseBlock(inner, *generic.getBody(), elements)
                    : buildElementwise(inner, op, elements.drop_back());
        linalg::YieldOp::create(inner, innerLoc, element);
      });
  return loop.getResult(0);
}

} // namespace kiln::cpu
