//===- GenericBuilder.cpp - Short ways to linalg.generic ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "GenericBuilder.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace kiln {

Value buildGeneric(OpBuilder &builder, Location loc,
                   ArrayRef<MappedTensor> inputs, MappedTensor init,
                   ElementFn body) {
  SmallVector<Value> values;
  SmallVector<AffineMap> maps;
  for (const MappedTensor &input : inputs) {
    values.push_back(input.value);
    maps.push_back(input.map);
  }
  maps.push_back(init.map);
  SmallVector<utils::IteratorType> iterators;
  for (unsigned loop = 0; loop < init.map.getNumDims(); ++loop)
    iterators.push_back(init.map.isFunctionOfDim(loop)
                            ? utils::IteratorType::parallel
                            : utils::IteratorType::reduction);
  auto generic = linalg::GenericOp::create(
      builder, loc, init.value.getType(), values, init.value, maps, iterators,
      [&](OpBuilder &inner, Location at, ValueRange arguments) {
        linalg::YieldOp::create(inner, at, body(inner, at, arguments));
      });
  return generic.getResult(0);
}

Value buildParallel(OpBuilder &builder, Location loc, RankedTensorType type,
                    ArrayRef<MappedTensor> inputs, ElementFn body) {
  auto identity = builder.getMultiDimIdentityMap(type.getRank());
  return buildGeneric(builder, loc, inputs,
                      {createEmpty(builder, loc, type), identity}, body);
}

Value createEmpty(OpBuilder &builder, Location loc, RankedTensorType type) {
  return tensor::EmptyOp::create(builder, loc, type.getShape(),
                                 type.getElementType());
}

Value createScalar(OpBuilder &builder, Location loc, Type type, double value) {
  TypedAttr attr;
  if (auto floating = dyn_cast<FloatType>(type))
    attr = builder.getFloatAttr(floating, value);
  else
    attr = builder.getIntegerAttr(type, static_cast<int64_t>(value));
  return arith::ConstantOp::create(builder, loc, attr);
}

Value createFilled(OpBuilder &builder, Location loc, RankedTensorType type,
                   double value) {
  Value scalar = createScalar(builder, loc, type.getElementType(), value);
  return linalg::FillOp::create(builder, loc, scalar,
                                createEmpty(builder, loc, type))
      .getResult(0);
}

Value buildMaximum(OpBuilder &builder, Location loc, Value value, Value soFar) {
  Value greater = arith::CmpFOp::create(builder, loc, arith::CmpFPredicate::OGT,
                                        value, soFar);
  Value isNaN = arith::CmpFOp::create(builder, loc, arith::CmpFPredicate::UNO,
                                      value, value);
  Value take = arith::OrIOp::create(builder, loc, greater, isNaN);
  return arith::SelectOp::create(builder, loc, take, value, soFar);
}

} // namespace kiln
