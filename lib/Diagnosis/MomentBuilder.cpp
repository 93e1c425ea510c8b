//===- MomentBuilder.cpp - IR that computes means and variances ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MomentBuilder.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace kiln {
namespace {

using BodyFn = function_ref<Value(OpBuilder &, Location, ValueRange)>;

struct Operand {
  Value value;
  AffineMap map;
};

Value number(OpBuilder &builder, Location loc, double value) {
  return arith::ConstantOp::create(builder, loc,
                                   builder.getF64FloatAttr(value));
}

Value widen(OpBuilder &builder, Location loc, Value value) {
  if (value.getType().isF64())
    return value;
  return arith::ExtFOp::create(builder, loc, builder.getF64Type(), value);
}

/// A linalg.generic into `init`, the body's last argument, of which `map`
/// leaves out the loops that are reductions.
Value generic(OpBuilder &builder, Location loc, ArrayRef<Operand> inputs,
              Value init, AffineMap map, BodyFn body) {
  SmallVector<Value> values;
  SmallVector<AffineMap> maps;
  for (const Operand &input : inputs) {
    values.push_back(input.value);
    maps.push_back(input.map);
  }
  maps.push_back(map);
  SmallVector<utils::IteratorType> iterators;
  for (unsigned loop = 0; loop < map.getNumDims(); ++loop)
    iterators.push_back(map.isFunctionOfDim(loop)
                            ? utils::IteratorType::parallel
                            : utils::IteratorType::reduction);
  return linalg::GenericOp::create(
             builder, loc, init.getType(), values, init, maps, iterators,
             [&](OpBuilder &b, Location at, ValueRange arguments) {
               linalg::YieldOp::create(b, at, body(b, at, arguments));
             })
      .getResult(0);
}

Value empty(OpBuilder &builder, Location loc, ArrayRef<int64_t> shape) {
  return tensor::EmptyOp::create(builder, loc, shape, builder.getF64Type());
}

/// Sum of `term` of the inputs' elements over the loops that `map` leaves out.
Value sum(OpBuilder &builder, Location loc, ArrayRef<Operand> inputs,
          ArrayRef<int64_t> shape, AffineMap map, BodyFn term) {
  Value zeros = linalg::FillOp::create(builder, loc, number(builder, loc, 0),
                                       empty(builder, loc, shape))
                    .getResult(0);
  return generic(builder, loc, inputs, zeros, map,
                 [&](OpBuilder &b, Location at, ValueRange e) -> Value {
                   SmallVector<Value> wide;
                   for (Value value : e.drop_back())
                     wide.push_back(widen(b, at, value));
                   return arith::AddFOp::create(b, at, e.back(),
                                                term(b, at, wide),
                                                arith::FastMathFlags::reassoc);
                 });
}

Value divide(OpBuilder &builder, Location loc, Value value, int64_t by) {
  auto type = cast<RankedTensorType>(value.getType());
  AffineMap identity = builder.getMultiDimIdentityMap(type.getRank());
  return generic(builder, loc, {{value, identity}},
                 empty(builder, loc, type.getShape()), identity,
                 [&](OpBuilder &b, Location at, ValueRange e) -> Value {
                   Value divisor = number(b, at, static_cast<double>(by));
                   return arith::DivFOp::create(b, at, e[0], divisor);
                 });
}

Value squaredDistance(OpBuilder &b, Location at, Value value, Value from) {
  Value distance = arith::SubFOp::create(b, at, value, from);
  return arith::MulFOp::create(b, at, distance, distance);
}

} // namespace

RowMoments buildRowMoments(OpBuilder &builder, Location loc, Value input) {
  auto type = cast<RankedTensorType>(input.getType());
  ArrayRef<int64_t> shape = type.getShape();
  int64_t count = 1;
  for (int64_t size : shape.drop_front(2))
    count *= size;
  AffineMap all = builder.getMultiDimIdentityMap(type.getRank());
  AffineMap row =
      AffineMap::get(type.getRank(), 0,
                     {builder.getAffineDimExpr(0), builder.getAffineDimExpr(1)},
                     builder.getContext());
  Value total = sum(builder, loc, {{input, all}}, shape.take_front(2), row,
                    [](OpBuilder &, Location, ValueRange e) { return e[0]; });
  Value mean = divide(builder, loc, total, count);
  Value m2 = sum(builder, loc, {{input, all}, {mean, row}}, shape.take_front(2),
                 row, [](OpBuilder &b, Location at, ValueRange e) {
                   return squaredDistance(b, at, e[0], e[1]);
                 });
  return {mean, m2, count};
}

BatchMoments buildBatchMoments(OpBuilder &builder, Location loc,
                               const RowMoments &rows) {
  auto type = cast<RankedTensorType>(rows.mean.getType());
  int64_t numRows = type.getDimSize(0);
  SmallVector<int64_t> shape{type.getDimSize(1)};
  // Loops: channel, row.
  AffineExpr c = builder.getAffineDimExpr(0), n = builder.getAffineDimExpr(1);
  AffineMap element = AffineMap::get(2, 0, {n, c}, builder.getContext());
  AffineMap channel = AffineMap::get(2, 0, c);
  Value total = sum(builder, loc, {{rows.mean, element}}, shape, channel,
                    [](OpBuilder &, Location, ValueRange e) { return e[0]; });
  Value mean = divide(builder, loc, total, numRows);
  Value squares = sum(
      builder, loc, {{rows.mean, element}, {rows.m2, element}, {mean, channel}},
      shape, channel, [&](OpBuilder &b, Location at, ValueRange e) -> Value {
        Value between = squaredDistance(b, at, e[0], e[2]);
        Value size = number(b, at, static_cast<double>(rows.count));
        Value weighted = arith::MulFOp::create(b, at, between, size);
        return arith::AddFOp::create(b, at, e[1], weighted);
      });
  return {mean, divide(builder, loc, squares, numRows * rows.count)};
}

Value buildChoice(OpBuilder &builder, Location loc, Value flag, Value ifSet,
                  Value otherwise) {
  auto type = cast<RankedTensorType>(ifSet.getType());
  AffineMap identity = builder.getMultiDimIdentityMap(1);
  AffineMap first = AffineMap::get(1, 0, builder.getAffineConstantExpr(0));
  return generic(
      builder, loc, {{flag, first}, {ifSet, identity}, {otherwise, identity}},
      empty(builder, loc, type.getShape()), identity,
      [](OpBuilder &b, Location at, ValueRange e) -> Value {
        Value isSet = arith::CmpFOp::create(b, at, arith::CmpFPredicate::UNE,
                                            e[0], number(b, at, 0));
        return arith::SelectOp::create(b, at, isSet, e[1], e[2]);
      });
}

} // namespace kiln
