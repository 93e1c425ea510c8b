//===- Prologue.cpp - What is done to a kernel's input first ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Prologue.h"

#include "kiln/CodeGen/CPU/IR/CPU.h"
#include "kiln/CodeGen/Elementwise.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"

using namespace mlir;

namespace kiln::cpu {

static bool fitsPrologue(Operation *op, int64_t channelDim) {
  Value source = op->getOperand(0);
  if (!nn::isElementwise(op) ||
      source.getType() != op->getResult(0).getType() ||
      !op->getResult(0).hasOneUse())
    return false;
  if (auto affine = dyn_cast<nn::ChannelAffineOp>(op))
    return static_cast<int64_t>(affine.getAxis()) == channelDim;
  if (isa<nn::PReluOp>(op))
    return channelDim == 1 &&
           op->getOperand(1).getParentBlock() != op->getBlock();
  auto generic = dyn_cast<linalg::GenericOp>(op);
  return !generic ||
         (generic.getNumDpsInputs() == 1 &&
          generic.getIndexingMapsArray().front().isIdentity() &&
          !generic.payloadUsesValueFromOperand(generic.getDpsInitOperand(0)));
}

SmallVector<Operation *> findPrologue(Operation *root, int64_t channelDim) {
  SmallVector<Operation *> ops;
  if (!isa<nn::FusedOp>(root->getParentOp()))
    return ops;
  Value value = root->getOperand(0);
  while (Operation *op = value.getDefiningOp()) {
    if (op->getBlock() != root->getBlock() || !fitsPrologue(op, channelDim))
      break;
    ops.push_back(op);
    value = op->getOperand(0);
  }
  std::reverse(ops.begin(), ops.end());
  return ops;
}

static Value sourceOf(Operation *root, int64_t channelDim) {
  SmallVector<Operation *> ops = findPrologue(root, channelDim);
  return ops.empty() ? root->getOperand(0) : ops.front()->getOperand(0);
}

Prologue::Prologue(OpBuilder &builder, Operation *root, int64_t channelDim)
    : ElementwiseChain(sourceOf(root, channelDim)), loc(root->getLoc()),
      channelDim(channelDim) {
  for (Operation *op : findPrologue(root, channelDim))
    addOp(builder, op);
  if (!ops.empty())
    loc = ops.front()->getLoc();
}

SmallVector<AffineMap> Prologue::extraMaps(int64_t rank, int64_t dim) const {
  SmallVector<AffineMap> maps;
  for (const Extra &extra : extras) {
    SmallVector<AffineExpr> results;
    for (AffineExpr expr : extra.map.getResults())
      results.push_back(isa<AffineDimExpr>(expr)
                            ? getAffineDimExpr(dim, expr.getContext())
                            : expr);
    maps.push_back(AffineMap::get(rank, 0, results, loc.getContext()));
  }
  return maps;
}

Value Prologue::apply(OpBuilder &builder, Value part) const {
  auto partType = cast<RankedTensorType>(part.getType());
  int64_t rank = partType.getRank();
  SmallVector<Value> inputs{part};
  SmallVector<AffineMap> maps{builder.getMultiDimIdentityMap(rank)};
  for (const Extra &extra : extras)
    inputs.push_back(extra.value);
  llvm::append_range(maps, extraMaps(rank, channelDim));
  maps.push_back(maps.front());
  Value empty = tensor::EmptyOp::create(builder, loc, partType.getShape(),
                                        partType.getElementType());
  auto generic = linalg::GenericOp::create(
      builder, loc, partType, inputs, empty, maps,
      SmallVector<utils::IteratorType>(rank, utils::IteratorType::parallel),
      [&](OpBuilder &inner, Location at, ValueRange arguments) {
        Block &block = *inner.getInsertionBlock();
        linalg::YieldOp::create(inner, at,
                                buildOps(inner, block, arguments.front(),
                                         ops.back()->getResult(0)));
      });
  return generic.getResult(0);
}

void Prologue::build(OpBuilder &builder, Region &region) const {
  OpBuilder::InsertionGuard guard(builder);
  SmallVector<Type> types{type.getElementType()};
  for (const Extra &extra : extras)
    types.push_back(getElementTypeOrSelf(extra.value.getType()));
  SmallVector<Location> locations(types.size(), loc);
  Block *block = builder.createBlock(&region, {}, types, locations);
  YieldOp::create(builder, loc,
                  buildOps(builder, *block, block->getArgument(0),
                           ops.back()->getResult(0)));
}

} // namespace kiln::cpu
