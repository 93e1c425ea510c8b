//===- IntegerBuilders.cpp - Arithmetic of one integer ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Builders.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;

namespace kiln::onnx_import {

using Predicate = arith::CmpIPredicate;

static Value isEqual(OpBuilder &b, Location loc, Value x, int64_t number) {
  Value other = createNumber(b, loc, x.getType(), static_cast<double>(number));
  return arith::CmpIOp::create(b, loc, Predicate::eq, x, other);
}

static Value leastOf(OpBuilder &b, Location loc, Type type) {
  unsigned width = type.getIntOrFloatBitWidth();
  return arith::ConstantOp::create(
      b, loc, IntegerAttr::get(type, APInt::getSignedMinValue(width)));
}

/// Quotient (towards zero) or rest. CPUs trap where there is none: by zero both
/// are 0, and the least number by -1 is itself.
static Value createDivision(OpBuilder &b, Location loc, Value x, Value y,
                            bool isUnsigned, bool givesRest) {
  Type type = x.getType();
  Value isZero = isEqual(b, loc, y, 0), traps = isZero;
  if (!isUnsigned) {
    Value isLeast =
        arith::CmpIOp::create(b, loc, Predicate::eq, x, leastOf(b, loc, type));
    Value overflows =
        arith::AndIOp::create(b, loc, isLeast, isEqual(b, loc, y, -1));
    traps = arith::OrIOp::create(b, loc, isZero, overflows);
  }
  Value divisor =
      arith::SelectOp::create(b, loc, traps, createNumber(b, loc, type, 1), y);
  if (givesRest) // of a division by 1 it is 0
    return isUnsigned ? arith::RemUIOp::create(b, loc, x, divisor).getResult()
                      : arith::RemSIOp::create(b, loc, x, divisor);
  Value quotient = isUnsigned
                       ? arith::DivUIOp::create(b, loc, x, divisor).getResult()
                       : arith::DivSIOp::create(b, loc, x, divisor);
  return arith::SelectOp::create(b, loc, isZero, createNumber(b, loc, type, 0),
                                 quotient);
}

/// The rest with the sign of the divisor, as in Python.
static Value createModulo(OpBuilder &b, Location loc, Value x, Value y,
                          bool isUnsigned) {
  Value rest = createDivision(b, loc, x, y, isUnsigned, /*givesRest=*/true);
  if (isUnsigned)
    return rest;
  Value zero = createNumber(b, loc, x.getType(), 0);
  Value isRest = arith::CmpIOp::create(b, loc, Predicate::ne, rest, zero);
  Value differ = arith::CmpIOp::create(
      b, loc, Predicate::slt, arith::XOrIOp::create(b, loc, rest, y), zero);
  return arith::SelectOp::create(b, loc,
                                 arith::AndIOp::create(b, loc, isRest, differ),
                                 arith::AddIOp::create(b, loc, rest, y), rest);
}

/// In 64 bits, of which the low ones are right for each width.
static Value createPower(OpBuilder &b, Location loc, Value x, Value y,
                         bool isUnsigned) {
  Type type = x.getType(), wide = b.getI64Type();
  Value base = createCast(b, loc, x, wide, isUnsigned);
  Value exponent = createCast(b, loc, y, wide, isUnsigned);
  Value isNegative = arith::CmpIOp::create(b, loc, Predicate::slt, exponent,
                                           createNumber(b, loc, wide, 0));
  Value isUndefined =
      arith::AndIOp::create(b, loc, isNegative, isEqual(b, loc, base, 0));
  exponent = arith::SelectOp::create(b, loc, isUndefined,
                                     createNumber(b, loc, wide, 1), exponent);
  Value power = math::IPowIOp::create(b, loc, base, exponent);
  return createCast(b, loc, power, type);
}

Value createInteger(OpBuilder &b, Location loc, UnaryKind kind, Value x,
                    bool isUnsigned) {
  Type type = x.getType();
  Value zero = createNumber(b, loc, type, 0);
  switch (kind) {
  case UnaryKind::Abs:
    if (isUnsigned)
      return x;
    return arith::MaxSIOp::create(b, loc, x,
                                  arith::SubIOp::create(b, loc, zero, x));
  case UnaryKind::BitwiseNot:
    return arith::XOrIOp::create(b, loc, x, createNumber(b, loc, type, -1));
  case UnaryKind::Neg:
    return arith::SubIOp::create(b, loc, zero, x);
  case UnaryKind::Sign: {
    Value one = createNumber(b, loc, type, 1);
    if (isUnsigned)
      return arith::MinUIOp::create(b, loc, x, one);
    Value atMost = arith::MinSIOp::create(b, loc, x, one);
    return arith::MaxSIOp::create(b, loc, atMost,
                                  createNumber(b, loc, type, -1));
  }
  default:
    return {};
  }
}

Value createInteger(OpBuilder &b, Location loc, BinaryKind kind, Value x,
                    Value y, bool isUnsigned) {
  auto compare = [&](Predicate ofSigned, Predicate ofUnsigned) -> Value {
    return arith::CmpIOp::create(b, loc, isUnsigned ? ofUnsigned : ofSigned, x,
                                 y);
  };
  switch (kind) {
  case BinaryKind::Add:
    return arith::AddIOp::create(b, loc, x, y);
  case BinaryKind::Sub:
    return arith::SubIOp::create(b, loc, x, y);
  case BinaryKind::Mul:
    return arith::MulIOp::create(b, loc, x, y);
  case BinaryKind::Div:
    return createDivision(b, loc, x, y, isUnsigned, /*givesRest=*/false);
  case BinaryKind::Fmod:
    return createDivision(b, loc, x, y, isUnsigned, /*givesRest=*/true);
  case BinaryKind::Mod:
    return createModulo(b, loc, x, y, isUnsigned);
  case BinaryKind::Pow:
    return createPower(b, loc, x, y, isUnsigned);
  case BinaryKind::BitwiseAnd:
    return arith::AndIOp::create(b, loc, x, y);
  case BinaryKind::BitwiseOr:
    return arith::OrIOp::create(b, loc, x, y);
  case BinaryKind::BitwiseXor:
    return arith::XOrIOp::create(b, loc, x, y);
  case BinaryKind::Max:
    return isUnsigned ? arith::MaxUIOp::create(b, loc, x, y).getResult()
                      : arith::MaxSIOp::create(b, loc, x, y);
  case BinaryKind::Min:
    return isUnsigned ? arith::MinUIOp::create(b, loc, x, y).getResult()
                      : arith::MinSIOp::create(b, loc, x, y);
  case BinaryKind::Equal:
    return compare(Predicate::eq, Predicate::eq);
  case BinaryKind::Greater:
    return compare(Predicate::sgt, Predicate::ugt);
  case BinaryKind::GreaterOrEqual:
    return compare(Predicate::sge, Predicate::uge);
  case BinaryKind::Less:
    return compare(Predicate::slt, Predicate::ult);
  case BinaryKind::LessOrEqual:
    return compare(Predicate::sle, Predicate::ule);
  default:
    return {};
  }
}

} // namespace kiln::onnx_import
