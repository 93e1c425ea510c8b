//===- CastBuilders.cpp - Conversions between element types ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Builders.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

#include <cmath>

using namespace mlir;

namespace kiln::onnx_import {

static bool isNarrowFloat(Type type) { return type.isF16() || type.isBF16(); }

static Value castFloat(OpBuilder &b, Location loc, Value x, Type to) {
  Type from = x.getType();
  if (from == to)
    return x;
  // bf16 and f16 have one width: go through f32.
  if (isNarrowFloat(from) && isNarrowFloat(to)) {
    x = arith::ExtFOp::create(b, loc, b.getF32Type(), x);
    from = b.getF32Type();
  }
  return from.getIntOrFloatBitWidth() < to.getIntOrFloatBitWidth()
             ? arith::ExtFOp::create(b, loc, to, x).getResult()
             : arith::TruncFOp::create(b, loc, to, x).getResult();
}

static Value castToFloat(OpBuilder &b, Location loc, Value x, Type to,
                         bool isUnsigned) {
  // By way of f64, whose rounding to 16 bits is then the only one for integers
  // below 2^53.
  Type type = isNarrowFloat(to) ? b.getF64Type() : to;
  Value number = isUnsigned || x.getType().isInteger(1)
                     ? arith::UIToFPOp::create(b, loc, type, x).getResult()
                     : arith::SIToFPOp::create(b, loc, type, x).getResult();
  return castFloat(b, loc, number, to);
}

static Value isOrdered(OpBuilder &b, Location loc,
                       arith::CmpFPredicate predicate, Value x, Value y) {
  return arith::CmpFOp::create(b, loc, predicate, x, y);
}

/// The IR gives no value to what lies outside the type: only what is inside is
/// converted. Both bounds, a power of two or 0, are floats.
static Value castToInteger(OpBuilder &b, Location loc, Value x,
                           IntegerType to) {
  if (isNarrowFloat(x.getType())) // f16 does not reach 2^31
    x = castFloat(b, loc, x, b.getF32Type());
  bool isUnsigned = to.isUnsigned();
  auto width = static_cast<int>(to.getWidth());
  Type type = x.getType(), storage = signlessType(to);
  Value least =
      createNumber(b, loc, type, isUnsigned ? 0 : -std::ldexp(1.0, width - 1));
  Value past =
      createNumber(b, loc, type, std::ldexp(1.0, width - (isUnsigned ? 0 : 1)));
  Value isTooLarge = isOrdered(b, loc, arith::CmpFPredicate::OGE, x, past);
  Value isTooSmall = isOrdered(b, loc, arith::CmpFPredicate::OLT, x, least);
  Value isInside = arith::AndIOp::create(
      b, loc, isOrdered(b, loc, arith::CmpFPredicate::OGE, x, least),
      isOrdered(b, loc, arith::CmpFPredicate::OLT, x, past));
  Value inside = arith::SelectOp::create(b, loc, isInside, x,
                                         createNumber(b, loc, type, 0));
  Value number =
      isUnsigned ? arith::FPToUIOp::create(b, loc, storage, inside).getResult()
                 : arith::FPToSIOp::create(b, loc, storage, inside);
  auto integer = [&](const APInt &value) -> Value {
    return arith::ConstantOp::create(b, loc, IntegerAttr::get(storage, value));
  };
  number = arith::SelectOp::create(
      b, loc, isTooLarge,
      integer(isUnsigned ? APInt::getMaxValue(width)
                         : APInt::getSignedMaxValue(width)),
      number);
  if (isUnsigned)
    return number;
  return arith::SelectOp::create(
      b, loc, isTooSmall, integer(APInt::getSignedMinValue(width)), number);
}

Value createCast(OpBuilder &b, Location loc, Value x, Type to,
                 bool isUnsigned) {
  Type from = x.getType();
  if (isa<FloatType>(to))
    return isa<FloatType>(from) ? castFloat(b, loc, x, to)
                                : castToFloat(b, loc, x, to, isUnsigned);
  if (isa<FloatType>(from)) {
    if (!to.isInteger(1))
      return castToInteger(b, loc, x, cast<IntegerType>(to));
    Value zero = createNumber(b, loc, from, 0);
    return arith::CmpFOp::create(b, loc, arith::CmpFPredicate::UNE, x, zero);
  }
  to = signlessType(to);
  unsigned have = from.getIntOrFloatBitWidth(),
           want = to.getIntOrFloatBitWidth();
  if (have == want)
    return x;
  if (want == 1)
    return arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ne, x,
                                 createNumber(b, loc, from, 0));
  if (have > want)
    return arith::TruncIOp::create(b, loc, to, x);
  return isUnsigned || have == 1
             ? arith::ExtUIOp::create(b, loc, to, x).getResult()
             : arith::ExtSIOp::create(b, loc, to, x);
}

Value createTensorCast(OpBuilder &b, Location loc, Value tensor, Type to) {
  bool isUnsigned = elementTypeOf(tensor).isUnsignedInteger();
  return createElementwise(b, loc, shapeOf(tensor), to, tensor,
                           [&](OpBuilder &inner, Location at, ValueRange args) {
                             return createCast(inner, at, args[0], to,
                                               isUnsigned);
                           });
}

} // namespace kiln::onnx_import
