//===- ContractionBuilder.cpp - Making cpu.contract ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ContractionBuilder.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace kiln::cpu {

AffineExpr ContractionBuilder::addParallel(int64_t size) {
  sizes.push_back(size);
  return builder.getAffineDimExpr(sizes.size() - 1);
}

AffineExpr ContractionBuilder::addReduction(int64_t size) {
  ++numReductions;
  return addParallel(size);
}

AffineMap ContractionBuilder::mapTo(ArrayRef<AffineExpr> position) const {
  return AffineMap::get(sizes.size(), 0, position, builder.getContext());
}

Value ContractionBuilder::create(const Operand &lhs, const Operand &rhs,
                                 ArrayRef<int64_t> shape,
                                 ArrayRef<AffineExpr> position,
                                 ArrayRef<Operand> extras,
                                 const Epilogue &epilogue) {
  SmallVector<AffineMap> maps;
  SmallVector<Value> values, summed;
  // A sum of nothing reads nothing: no kernel is given an empty tensor.
  bool isEmpty =
      llvm::is_contained(ArrayRef(sizes).take_back(numReductions), 0);
  auto one = RankedTensorType::get({1}, epilogue.getType().getElementType());
  for (const Operand *operand : {&lhs, &rhs}) {
    summed.push_back(isEmpty ? arith::ConstantOp::create(
                                   builder, loc, builder.getZeroAttr(one))
                             : operand->value);
    maps.push_back(isEmpty ? mapTo(builder.getAffineConstantExpr(0))
                           : mapTo(operand->position));
  }
  for (const Operand &extra : extras) {
    maps.push_back(mapTo(extra.position));
    values.push_back(extra.value);
  }
  SmallVector<Value> prologueValues;
  bool hasPrologue = prologue && !isEmpty;
  if (hasPrologue) {
    for (const Prologue::Extra &extra : prologue->getExtras())
      prologueValues.push_back(extra.value);
    auto operand = cast<RankedTensorType>(summed[transformed].getType());
    llvm::append_range(maps, prologue->extraMaps(operand.getRank(), /*dim=*/1));
  }
  maps.push_back(mapTo(position));
  Value empty = tensor::EmptyOp::create(builder, loc, shape,
                                        epilogue.getType().getElementType());
  if (order.empty())
    llvm::append_range(
        order, llvm::seq<int64_t>(0, static_cast<int64_t>(sizes.size()) -
                                         numReductions));
  auto op = ContractOp::create(
      builder, loc, empty.getType(), summed[0], summed[1], values,
      prologueValues, empty, sizes, numReductions, tile.rows,
      tile.vectors, tile.lanes, unrolled, order,
      builder.getAffineMapArrayAttr(maps), hasPrologue ? transformed : 0);
  if (hasPrologue)
    prologue->build(builder, op.getPrologue());
  epilogue.build(builder, op.getBody());
  return op.getResult();
}

} // namespace kiln::cpu
