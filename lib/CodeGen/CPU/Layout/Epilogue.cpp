//===- Epilogue.cpp - What follows a convolution in its fused region ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Epilogue.h"

#include "kiln/CodeGen/CPU/IR/CPU.h"
#include "kiln/CodeGen/Elementwise.h"
#include "kiln/Dialect/NN/Utils/Constants.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"

using namespace mlir;

namespace kiln::cpu {

static bool genericFits(linalg::GenericOp generic, Type type) {
  Block &body = *generic.getBody();
  // Widening gives every value the same number of elements, but other element
  // types would need registers of another width.
  for (Value operand : generic->getOperands())
    if (getElementTypeOrSelf(operand.getType()) != type)
      return false;
  if (generic.hasIndexSemantics() || !canWiden(body) ||
      generic.payloadUsesValueFromOperand(generic.getDpsInitOperand(0)))
    return false;
  // A value made in the same region is there only at the element's position.
  for (OpOperand *input : generic.getDpsInputOperands())
    if (input->get().getParentBlock() == generic->getBlock() &&
        !generic.getMatchingIndexingMap(input).isIdentity())
      return false;
  return true;
}

bool fitsEpilogue(Operation *op, Type type) {
  if (!nn::isElementwise(op))
    return false;
  if (auto generic = dyn_cast<linalg::GenericOp>(op))
    return genericFits(generic, type);
  if (auto prelu = dyn_cast<nn::PReluOp>(op))
    return prelu.getSlope().getParentBlock() != op->getBlock();
  return true;
}

/// Operands that hold elements (not linalg's destination).
static OperandRange inputsOf(Operation *op) {
  if (auto generic = dyn_cast<linalg::GenericOp>(op))
    return generic.getInputs();
  return op->getOperands();
}

static AffineMap mapOf(Operation *op, unsigned operand, RankedTensorType type) {
  MLIRContext *context = op->getContext();
  if (auto generic = dyn_cast<linalg::GenericOp>(op))
    return generic.getIndexingMapsArray()[operand];
  auto prelu = dyn_cast<nn::PReluOp>(op);
  if (!prelu || operand == 0)
    return AffineMap::getMultiDimIdentityMap(type.getRank(), context);
  bool one = prelu.getSlope().getType().getNumElements() == 1;
  AffineExpr channel =
      one ? getAffineConstantExpr(0, context) : getAffineDimExpr(1, context);
  return AffineMap::get(type.getRank(), 0, channel);
}

/// Either no dimension of the operand follows the loops over a plane, or its
/// last ones follow them in order.
static bool takesWholePlanes(AffineMap map) {
  unsigned spatial = map.getNumDims() - 2, rank = map.getNumResults();
  unsigned moving = 0;
  for (auto [i, expr] : llvm::enumerate(map.getResults())) {
    auto dim = dyn_cast<AffineDimExpr>(expr);
    if (!dim || dim.getPosition() < 2)
      continue;
    if (i + spatial != dim.getPosition() - 2 + rank)
      return false;
    ++moving;
  }
  return moving == 0 || moving == spatial;
}

bool readsWholePlanes(Operation *op) {
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  for (auto [i, operand] : llvm::enumerate(inputsOf(op)))
    if (operand.getParentBlock() != op->getBlock() &&
        !takesWholePlanes(mapOf(op, i, type)))
      return false;
  auto affine = dyn_cast<nn::ChannelAffineOp>(op);
  return !affine || affine.getAxis() < 2;
}

ElementwiseChain::ElementwiseChain(Value source)
    : source(source), type(cast<RankedTensorType>(source.getType())) {}

void ElementwiseChain::addExtra(Operation *user, Value value, AffineMap map) {
  extras.push_back({value, map});
  users.push_back(user);
}

void ElementwiseChain::addOp(OpBuilder &builder, Operation *op) {
  ops.push_back(op);
  for (auto [i, operand] : llvm::enumerate(inputsOf(op)))
    if (operand != source && operand.getParentBlock() != op->getBlock())
      addExtra(op, operand, mapOf(op, i, type));
  auto affine = dyn_cast<nn::ChannelAffineOp>(op);
  if (!affine)
    return;
  auto vector = RankedTensorType::get({type.getDimSize(affine.getAxis())},
                                      type.getElementType());
  auto map = AffineMap::get(type.getRank(), 0,
                            builder.getAffineDimExpr(affine.getAxis()));
  for (ArrayRef<double> values : {affine.getScale(), affine.getShift()})
    addExtra(op, nn::createConstant(builder, op->getLoc(), vector, values),
             map);
}

SmallVector<Value>
ElementwiseChain::elementsOf(Operation *op, Block &block,
                             const DenseMap<Value, Value> &computed) const {
  SmallVector<Value> own, elements;
  for (auto [i, user] : llvm::enumerate(users))
    if (user == op)
      own.push_back(block.getArgument(i + 1));
  ArrayRef<Value> next = own;
  for (Value operand : inputsOf(op)) {
    if (Value value = computed.lookup(operand)) {
      elements.push_back(value);
    } else {
      elements.push_back(next.front());
      next = next.drop_front();
    }
  }
  llvm::append_range(elements, next); // channel_affine's scale and shift
  return elements;
}

Value ElementwiseChain::buildOps(OpBuilder &builder, Block &block,
                                 Value sourceElement, Value result) const {
  DenseMap<Value, Value> computed{{source, sourceElement}};
  for (Operation *op : ops) {
    SmallVector<Value> elements = elementsOf(op, block, computed);
    Value &value = computed[op->getResult(0)];
    if (auto generic = dyn_cast<linalg::GenericOp>(op)) {
      elements.push_back(elements.front()); // the unused destination
      value = cloneElementwiseBlock(builder, *generic.getBody(), elements);
    } else {
      value = buildElementwise(builder, op, elements);
    }
  }
  return computed.lookup(result);
}

SmallVector<ElementwiseChain::Extra> outsideOperands(Operation *root) {
  SmallVector<ElementwiseChain::Extra> operands;
  if (!isa<nn::FusedOp>(root->getParentOp()))
    return operands;
  auto type = cast<RankedTensorType>(root->getResult(0).getType());
  for (Operation *op = root->getNextNode();
       !op->hasTrait<OpTrait::IsTerminator>(); op = op->getNextNode())
    if (nn::isElementwise(op))
      for (auto [i, operand] : llvm::enumerate(inputsOf(op)))
        if (operand.getParentBlock() != op->getBlock())
          operands.push_back({operand, mapOf(op, i, type)});
  return operands;
}

Epilogue::Epilogue(OpBuilder &builder, Operation *root, Value bias,
                   unsigned biasDim)
    : ElementwiseChain(root->getResult(0)), root(root),
      hasBias(static_cast<bool>(bias)) {
  if (bias)
    addExtra(root, bias,
             AffineMap::get(type.getRank(), 0,
                            getAffineDimExpr(biasDim, root->getContext())));
  if (!isa<nn::FusedOp>(root->getParentOp()))
    return;
  for (Operation *op = root->getNextNode();
       !op->hasTrait<OpTrait::IsTerminator>(); op = op->getNextNode())
    if (nn::isElementwise(op))
      addOp(builder, op);
}

void Epilogue::build(OpBuilder &builder, Region &region) const {
  OpBuilder::InsertionGuard guard(builder);
  SmallVector<Type> types{type.getElementType()};
  for (const Extra &extra : extras)
    types.push_back(getElementTypeOrSelf(extra.value.getType()));
  SmallVector<Location> locations(types.size(), root->getLoc());
  Block *block = builder.createBlock(&region, {}, types, locations);
  Value value = block->getArgument(0);
  if (hasBias)
    value = arith::AddFOp::create(builder, root->getLoc(), value,
                                  block->getArgument(1));
  Value result = source;
  if (auto fused = dyn_cast<nn::FusedOp>(root->getParentOp()))
    result =
        cast<nn::YieldOp>(fused.getBody().front().getTerminator()).getValue();
  YieldOp::create(builder, root->getLoc(),
                  buildOps(builder, *block, value, result));
}

} // namespace kiln::cpu
