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
  case UnaryKind::Ceil:
    return math::CeilOp::create(b, loc, x);
  case UnaryKind::Cos:
    return math::CosOp::create(b, loc, x);
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
  case UnaryKind::Sqrt:
    return math::SqrtOp::create(b, loc, x);
  case UnaryKind::Not:
    return {};
  }
  return {};
}

Value createScalar(OpBuilder &b, Location loc, UnaryKind kind, Value x) {
  Type type = x.getType();
  if (isa<FloatType>(type))
    return createFloat(b, loc, kind, x);
  if (type.isInteger(1) && kind == UnaryKind::Not)
    return arith::XOrIOp::create(b, loc, x, createNumber(b, loc, type, 1));
  if (!type.isSignlessInteger() || type.isInteger(1))
    return {};
  if (kind == UnaryKind::Neg)
    return arith::SubIOp::create(b, loc, createNumber(b, loc, type, 0), x);
  if (kind == UnaryKind::Abs)
    return arith::MaxSIOp::create(
        b, loc, x,
        arith::SubIOp::create(b, loc, createNumber(b, loc, type, 0), x));
  return {};
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

/// Division is left out: a divisor of zero at run time would trap.
static Value createInt(OpBuilder &b, Location loc, BinaryKind kind, Value x,
                       Value y) {
  auto compare = [&](arith::CmpIPredicate predicate) -> Value {
    return arith::CmpIOp::create(b, loc, predicate, x, y);
  };
  switch (kind) {
  case BinaryKind::Add:
    return arith::AddIOp::create(b, loc, x, y);
  case BinaryKind::Sub:
    return arith::SubIOp::create(b, loc, x, y);
  case BinaryKind::Mul:
    return arith::MulIOp::create(b, loc, x, y);
  case BinaryKind::Max:
    return arith::MaxSIOp::create(b, loc, x, y);
  case BinaryKind::Min:
    return arith::MinSIOp::create(b, loc, x, y);
  case BinaryKind::Equal:
    return compare(arith::CmpIPredicate::eq);
  case BinaryKind::Greater:
    return compare(arith::CmpIPredicate::sgt);
  case BinaryKind::GreaterOrEqual:
    return compare(arith::CmpIPredicate::sge);
  case BinaryKind::Less:
    return compare(arith::CmpIPredicate::slt);
  case BinaryKind::LessOrEqual:
    return compare(arith::CmpIPredicate::sle);
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
                   Value y) {
  Type type = x.getType();
  if (isa<FloatType>(type))
    return createFloat(b, loc, kind, x, y);
  if (type.isInteger(1))
    return createBool(b, loc, kind, x, y);
  return type.isSignlessInteger() ? createInt(b, loc, kind, x, y) : Value();
}

Value createCast(OpBuilder &b, Location loc, Value x, Type to) {
  Type from = x.getType();
  if (isa<FloatType>(from) && isa<FloatType>(to)) {
    // bf16 and f16 have one width: go through f32.
    if (from.getIntOrFloatBitWidth() == to.getIntOrFloatBitWidth()) {
      x = arith::ExtFOp::create(b, loc, b.getF32Type(), x);
      from = b.getF32Type();
    }
    return from.getIntOrFloatBitWidth() < to.getIntOrFloatBitWidth()
               ? arith::ExtFOp::create(b, loc, to, x).getResult()
               : arith::TruncFOp::create(b, loc, to, x).getResult();
  }
  if (isa<FloatType>(to))
    return from.isInteger(1)
               ? arith::UIToFPOp::create(b, loc, to, x).getResult()
               : arith::SIToFPOp::create(b, loc, to, x).getResult();
  if (isa<FloatType>(from) && to.isInteger(1))
    return arith::CmpFOp::create(b, loc, arith::CmpFPredicate::UNE, x,
                                 createNumber(b, loc, from, 0));
  if (isa<FloatType>(from))
    return arith::FPToSIOp::create(b, loc, to, x);
  if (to.isInteger(1))
    return arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ne, x,
                                 createNumber(b, loc, from, 0));
  if (from.isInteger(1))
    return arith::ExtUIOp::create(b, loc, to, x);
  return from.getIntOrFloatBitWidth() < to.getIntOrFloatBitWidth()
             ? arith::ExtSIOp::create(b, loc, to, x).getResult()
             : arith::TruncIOp::create(b, loc, to, x).getResult();
}

} // namespace kiln::onnx_import
