//===- GatherBuilders.cpp - Entries by their indices ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Builders.h"

#include "kiln/Dialect/NN/Utils/Constants.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace kiln::onnx_import {

Value createPosition(OpBuilder &builder, Location loc, Value index,
                     int64_t size) {
  Type type = builder.getIndexType();
  Value at = arith::IndexCastOp::create(builder, loc, type, index);
  Value zero = createNumber(builder, loc, type, 0);
  Value isNegative =
      arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::slt, at, zero);
  Value fromEnd = arith::AddIOp::create(
      builder, loc, at,
      createNumber(builder, loc, type, static_cast<double>(size)));
  at = arith::SelectOp::create(builder, loc, isNegative, fromEnd, at);
  at = arith::MaxSIOp::create(builder, loc, at, zero);
  return arith::MinSIOp::create(
      builder, loc, at,
      createNumber(builder, loc, type, static_cast<double>(size - 1)));
}

/// Makes the position along `axis` from the element of the indices.
using PositionFn =
    llvm::function_ref<Value(OpBuilder &, Location, Value index)>;

static Value createGather(OpBuilder &builder, Location loc, Value input,
                          int64_t axis, Value indices, PositionFn position) {
  ArrayRef<int64_t> from = shapeOf(input), by = shapeOf(indices);
  SmallVector<int64_t> shape(from.take_front(axis));
  llvm::append_range(shape, by);
  llvm::append_range(shape, from.drop_front(axis + 1));
  SmallVector<AffineExpr> dims;
  for (size_t i = 0; i < by.size(); ++i)
    dims.push_back(builder.getAffineDimExpr(axis + i));
  AffineMap maps[] = {
      AffineMap::get(shape.size(), 0, dims, builder.getContext()),
      builder.getMultiDimIdentityMap(shape.size())};
  SmallVector<utils::IteratorType> loops(shape.size(),
                                         utils::IteratorType::parallel);
  Value init =
      tensor::EmptyOp::create(builder, loc, shape, elementTypeOf(input));
  auto generic = linalg::GenericOp::create(
      builder, loc, TypeRange{init.getType()}, indices, init, maps, loops,
      [&](OpBuilder &inner, Location at, ValueRange args) {
        SmallVector<Value> place;
        for (int64_t i = 0, e = from.size(); i < e; ++i) {
          int64_t loop = i < axis ? i : i + static_cast<int64_t>(by.size()) - 1;
          place.push_back(i == axis ? position(inner, at, args[0])
                                    : linalg::IndexOp::create(inner, at, loop));
        }
        Value element = tensor::ExtractOp::create(inner, at, input, place);
        linalg::YieldOp::create(inner, at, element);
      });
  return generic.getResult(0);
}

Value createGather(OpBuilder &builder, Location loc, Value input, int64_t axis,
                   Value indices) {
  int64_t size = shapeOf(input)[axis];
  return createGather(builder, loc, input, axis, indices,
                      [size](OpBuilder &inner, Location at, Value index) {
                        return createPosition(inner, at, index, size);
                      });
}

Value createTake(OpBuilder &builder, Location loc, Value input, int64_t axis,
                 ArrayRef<int64_t> indices) {
  auto type = RankedTensorType::get(static_cast<int64_t>(indices.size()),
                                    builder.getI64Type());
  SmallVector<double> numbers(indices.begin(), indices.end());
  Value table = nn::createConstant(builder, loc, type, numbers);
  return createGather(builder, loc, input, axis, table,
                      [](OpBuilder &inner, Location at, Value index) -> Value {
                        return arith::IndexCastOp::create(
                            inner, at, inner.getIndexType(), index);
                      });
}

} // namespace kiln::onnx_import
