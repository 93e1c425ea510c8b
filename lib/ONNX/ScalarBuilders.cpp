//===- ScalarBuilders.cpp - Arithmetic of one element ---*- C++ -*-===//
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

/// x > 0 ? 1 : x < 0 ? -1 : x, which keeps NaN and signed zeros.
static Value createSign(OpBuilder &b, Location loc, Value x) {
  Value zero = createNumber(b, loc, x.getType(), 0);
  Value isPositive =
      arith::CmpFOp::create(b, loc, arith::CmpFPredicate::OGT, x, zero);
  Value isNegative =
      arith::CmpFOp::create(b, loc, arith::CmpFPredicate::OLT, x, zero);
  Value rest = arith::SelectOp::create(
      b, loc, isNegative, createNumber(b, loc, x.getType(), -1), x);
  return arith::SelectOp::create(b, loc, isPositive,
                                 createNumber(b, loc, x.getType(), 1), rest);
}

static Value createFloat(OpBuilder &b, Location loc, UnaryKind kind, Value x) {
  switch (kind) {
  case UnaryKind::Abs:
    return math::AbsFOp::create(b, loc, x);
  case UnaryKind::Acos:
    return math::AcosOp::create(b, loc, x);
  case UnaryKind::Acosh:
    return math::AcoshOp::create(b, loc, x);
  case UnaryKind::Asin:
    return math::AsinOp::create(b, loc, x);
  case UnaryKind::Asinh:
    return math::AsinhOp::create(b, loc, x);
  case UnaryKind::Atan:
    return math::AtanOp::create(b, loc, x);
  case UnaryKind::Atanh:
    return math::AtanhOp::create(b, loc, x);
  case UnaryKind::Ceil:
    return math::CeilOp::create(b, loc, x);
  case UnaryKind::Cos:
    return math::CosOp::create(b, loc, x);
  case UnaryKind::Cosh:
    return math::CoshOp::create(b, loc, x);
  case UnaryKind::Erf:
    return math::ErfOp::create(b, loc, x);
  case UnaryKind::Exp:
    return math::ExpOp::create(b, loc, x);
  case UnaryKind::Floor:
    return math::FloorOp::create(b, loc, x);
  case UnaryKind::Log:
    return math::LogOp::create(b, loc, x);
  case UnaryKind::Neg:
    return arith::NegFOp::create(b, loc, x);
  case UnaryKind::Reciprocal:
    return arith::DivFOp::create(b, loc, createNumber(b, loc, x.getType(), 1),
                                 x);
  case UnaryKind::Round:
    return math::RoundEvenOp::create(b, loc, x);
  case UnaryKind::Sign:
    return createSign(b, loc, x);
  case UnaryKind::Sin:
    return math::SinOp::create(b, loc, x);
  case UnaryKind::Sinh:
    return math::SinhOp::create(b, loc, x);
  case UnaryKind::Sqrt:
    return math::SqrtOp::create(b, loc, x);
  case UnaryKind::Tan:
    return math::TanOp::create(b, loc, x);
  case UnaryKind::BitwiseNot:
  case UnaryKind::Not:
    return {};
  }
  return {};
}

Value createScalar(OpBuilder &b, Location loc, UnaryKind kind, Value x,
                   bool isUnsigned) {
  Type type = x.getType();
  if (isa<FloatType>(type))
    return createFloat(b, loc, kind, x);
  if (type.isInteger(1))
    return kind == UnaryKind::Not
               ? arith::XOrIOp::create(b, loc, x, createNumber(b, loc, type, 1))
                     .getResult()
               : Value();
  return createInteger(b, loc, kind, x, isUnsigned);
}

static Value createFloat(OpBuilder &b, Location loc, BinaryKind kind, Value x,
                         Value y) {
  auto compare = [&](arith::CmpFPredicate predicate) -> Value {
    return arith::CmpFOp::create(b, loc, predicate, x, y);
  };
  switch (kind) {
  case BinaryKind::Add:
    return arith::AddFOp::create(b, loc, x, y);
  case BinaryKind::Sub:
    return arith::SubFOp::create(b, loc, x, y);
  case BinaryKind::Mul:
    return arith::MulFOp::create(b, loc, x, y);
  case BinaryKind::Div:
    return arith::DivFOp::create(b, loc, x, y);
  case BinaryKind::Fmod:
    return arith::RemFOp::create(b, loc, x, y);
  case BinaryKind::Pow:
    return math::PowFOp::create(b, loc, x, y);
  case BinaryKind::Max:
    return arith::MaximumFOp::create(b, loc, x, y);
  case BinaryKind::Min:
    return arith::MinimumFOp::create(b, loc, x, y);
  case BinaryKind::Equal:
    return compare(arith::CmpFPredicate::OEQ);
  case BinaryKind::Greater:
    return compare(arith::CmpFPredicate::OGT);
  case BinaryKind::GreaterOrEqual:
    return compare(arith::CmpFPredicate::OGE);
  case BinaryKind::Less:
    return compare(arith::CmpFPredicate::OLT);
  case BinaryKind::LessOrEqual:
    return compare(arith::CmpFPredicate::OLE);
  default:
    return {};
  }
}

static Value createBool(OpBuilder &b, Location loc, BinaryKind kind, Value x,
                        Value y) {
  switch (kind) {
  case BinaryKind::And:
    return arith::AndIOp::create(b, loc, x, y);
  case BinaryKind::Or:
    return arith::OrIOp::create(b, loc, x, y);
  case BinaryKind::Xor:
    return arith::XOrIOp::create(b, loc, x, y);
  case BinaryKind::Equal:
    return arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq, x, y);
  default:
    return {};
  }
}

Value createScalar(OpBuilder &b, Location loc, BinaryKind kind, Value x,
                   Value y, bool isUnsigned) {
  Type type = x.getType();
  if (isa<FloatType>(type))
    return createFloat(b, loc, kind, x, y);
  if (type.isInteger(1))
    return createBool(b, loc, kind, x, y);
  return createInteger(b, loc, kind, x, y, isUnsigned);
}

bool hasScalar(UnaryKind kind, Type type) {
  if (isa<FloatType>(type))
    return kind != UnaryKind::Not && kind != UnaryKind::BitwiseNot;
  if (type.isInteger(1))
    return kind == UnaryKind::Not;
  switch (kind) {
  case UnaryKind::Neg:
    return !type.isUnsignedInteger();
  case UnaryKind::Abs:
  case UnaryKind::BitwiseNot:
  case UnaryKind::Sign:
    return isa<IntegerType>(type);
  default:
    return false;
  }
}

static bool isBitwise(BinaryKind kind) {
  return kind == BinaryKind::BitwiseAnd || kind == BinaryKind::BitwiseOr ||
         kind == BinaryKind::BitwiseXor;
}

bool hasScalar(BinaryKind kind, Type type) {
  if (isa<FloatType>(type))
    return !isLogical(kind) && !isBitwise(kind) && kind != BinaryKind::Mod;
  if (type.isInteger(1))
    return isLogical(kind) || kind == BinaryKind::Equal;
  return isa<IntegerType>(type) && !isLogical(kind);
}

} // namespace kiln::onnx_import
