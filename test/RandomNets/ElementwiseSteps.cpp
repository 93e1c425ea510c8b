//===- ElementwiseSteps.cpp - Elementwise linalg.generic ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Steps.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;

namespace kiln::test {

/// A value whose shape broadcasts to that of `x`, of one element type: each
/// dimension, aligned at the end, the same or 1. Null where there is none.
static Value broadcastPartner(NetBuilder &net, Value x) {
  ArrayRef<int64_t> shape = shapeOf(x);
  SmallVector<Value> partners;
  for (Value value : net.values()) {
    ArrayRef<int64_t> own = shapeOf(value);
    if (value == x || own.size() > shape.size() ||
        elementTypeOf(value) != elementTypeOf(x))
      continue;
    if (llvm::all_of(llvm::zip_equal(own, shape.take_back(own.size())),
                     [](auto pair) {
                       auto [a, b] = pair;
                       return a == b || a == 1;
                     }))
      partners.push_back(value);
  }
  return partners.empty() ? Value() : net.random.chooseFrom(partners);
}

/// Two activations: Add, Sub, Max and Min as they are, a product or quotient
/// of bounded ones.
static void binaryOfTwo(NetBuilder &net) {
  Value x = net.source();
  Value y = broadcastPartner(net, x);
  if (!y)
    return;
  BinaryKind kind = net.random.choose(
      {BinaryKind::Add, BinaryKind::Add, BinaryKind::Sub, BinaryKind::Max,
       BinaryKind::Min, BinaryKind::Mul, BinaryKind::Div});
  if (kind == BinaryKind::Mul)
    y = bounded(net, y);
  if (kind == BinaryKind::Div)
    y = net.elementwise("divisor", bounded(net, y),
                        [](OpBuilder &b, Location loc, ValueRange args) {
                          return createScalar(
                              b, loc, BinaryKind::Add, args[0],
                              createNumber(b, loc, args[0].getType(), 1.5));
                        });
  // At times the larger value is the second operand.
  if (shapeOf(x) == shapeOf(y) && net.random.chance(50))
    std::swap(x, y);
  net.add(net.binary(kind, x, y));
}

/// |x| + shift: where a function is defined for positive numbers alone.
static Value positive(OpBuilder &b, Location loc, Value x, double shift) {
  return createScalar(b, loc, BinaryKind::Add,
                      createScalar(b, loc, UnaryKind::Abs, x),
                      createNumber(b, loc, x.getType(), shift));
}

/// One function of an element, on a domain where it is well-conditioned.
static Value makeFunction(OpBuilder &b, Location loc, Value x, int64_t which) {
  switch (which) {
  case 0:
    return createScalar(b, loc, UnaryKind::Abs, x);
  case 1:
    return createScalar(b, loc, UnaryKind::Neg, x);
  case 2:
    return createScalar(b, loc, UnaryKind::Sqrt, positive(b, loc, x, 0.25));
  case 3:
    return createScalar(b, loc, UnaryKind::Log, positive(b, loc, x, 0.25));
  case 4:
    return createScalar(b, loc, UnaryKind::Reciprocal,
                        positive(b, loc, x, 0.5));
  case 5:
    return createScalar(b, loc, UnaryKind::Sin, x);
  case 6:
    return createScalar(b, loc, UnaryKind::Cos, x);
  case 7:
    return createScalar(b, loc, UnaryKind::Erf, x);
  case 8:
    return createScalar(b, loc, BinaryKind::Pow, positive(b, loc, x, 0.25),
                        createNumber(b, loc, x.getType(), 0.7));
  case 9:
    return math::RsqrtOp::create(b, loc, positive(b, loc, x, 0.25));
  case 10:
    return math::TanhOp::create(b, loc, x);
  case 11:
    return math::Log1pOp::create(b, loc,
                                 createScalar(b, loc, UnaryKind::Abs, x));
  default: { // exp(-|x|)
    Value abs = createScalar(b, loc, UnaryKind::Abs, x);
    return createScalar(b, loc, UnaryKind::Exp,
                        createScalar(b, loc, UnaryKind::Neg, abs));
  }
  }
}

static void function(NetBuilder &net) {
  int64_t which = net.random.pick(0, 12);
  net.add(net.elementwise("function", net.source(),
                          [&](OpBuilder &b, Location loc, ValueRange args) {
                            return makeFunction(b, loc, args[0], which);
                          }));
}

/// A payload of several operations on three operands, two of them constants.
static void longPayload(NetBuilder &net) {
  Value x = net.source();
  Type type = elementTypeOf(x);
  ArrayRef<int64_t> shape = shapeOf(x);
  SmallVector<int64_t> row(shape.take_back(net.random.pick(0, shape.size())));
  Value scale = net.constant(row, -1, 1, type);
  Value shift = net.constant(shape, -1, 1, type);
  net.add(net.elementwise(
      "payload", {x, scale, shift},
      [](OpBuilder &b, Location loc, ValueRange args) -> Value {
        Value y = createScalar(b, loc, BinaryKind::Mul, args[0], args[1]);
        y = createScalar(b, loc, BinaryKind::Sub, y, args[2]);
        Value isLess = createScalar(b, loc, BinaryKind::Less, y, args[0]);
        // min(x, y), by a comparison.
        return arith::SelectOp::create(b, loc, isLess, y, args[0]);
      }));
}

/// To another element type; what follows computes in that one.
static void cast(NetBuilder &net) {
  Value x = net.source();
  OpBuilder &b = net.builder;
  Type from = elementTypeOf(x);
  Type to = from == net.elementType ? Type(b.getF32Type()) : net.elementType;
  if (from.isF32() && to.isF32())
    to = net.random.chance(30) ? Type(b.getF64Type()) : Type();
  if (!to)
    return;
  net.add(createElementwise(
      b, net.name("cast"), shapeOf(x), to, x,
      [&](OpBuilder &inner, Location loc, ValueRange args) {
        return onnx_import::createCast(inner, loc, args[0], to);
      }));
}

/// A copy of more dimensions or larger ones, as Expand makes it.
static void broadcast(NetBuilder &net) {
  Value x = net.source([](Value value) {
    return llvm::is_contained(shapeOf(value), 1) || shapeOf(value).size() < 4;
  });
  if (!x)
    return;
  SmallVector<int64_t> shape(shapeOf(x));
  for (int64_t &dim : shape)
    if (dim == 1 && net.random.chance(60))
      dim = net.random.pick(2, 5);
  if (shape.size() < 4 && net.random.chance(40))
    shape.insert(shape.begin(), net.random.pick(1, 3));
  if (sizeOf(shape) <= 3000)
    net.add(onnx_import::createBroadcast(net.builder, net.name("expand"), x,
                                         shape));
}

ArrayRef<Step> elementwiseSteps() {
  static constexpr Step steps[] = {{12, binaryOfTwo},
                                   {7, function},
                                   {3, longPayload},
                                   {4, cast},
                                   {2, broadcast}};
  return steps;
}

} // namespace kiln::test
