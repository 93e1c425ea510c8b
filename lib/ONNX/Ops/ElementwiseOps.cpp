//===- ElementwiseOps.cpp - Elementwise arithmetic from ONNX ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Elementwise.h"

using namespace mlir;

namespace kiln::onnx_import {

std::string typeText(Type type) {
  std::string text;
  llvm::raw_string_ostream(text) << type;
  return text;
}

template <UnaryKind kind> static LogicalResult importUnary(NodeImporter &node) {
  if (TensorRef known = node.host(0))
    if (std::optional<HostTensor> result = evaluate(kind, *known))
      return node.setResult(0, std::move(*result));
  Type type = node.elementType(0);
  if (!hasScalar(kind, type))
    return node.unsupported("element type " + typeText(type) + " is not taken");
  return node.setResult(
      0, createElementwise(node.builder(), node.loc(), node.shape(0), type,
                           node.value(0),
                           [&](OpBuilder &b, Location loc, ValueRange args) {
                             return createScalar(b, loc, kind, args[0],
                                                 type.isUnsignedInteger());
                           }));
}

//===----------------------------------------------------------------------===//
// Two operands
//===----------------------------------------------------------------------===//

/// Before opset 7 it had to equal the first's, or,
/// with `broadcast`, was laid along it from dimension `axis` on (by default at
/// the end); trailing ones say the same in numpy's terms.
FailureOr<SmallVector<int64_t>> alignedShape(NodeImporter &node) {
  ArrayRef<int64_t> lhs = node.shape(0), rhs = node.shape(1);
  if (node.opset() >= 7)
    return llvm::to_vector(rhs);
  auto fail = [&] {
    return node.error(ErrorCode::BadShape)
           << "operands of shapes " << shapeText(lhs) << " and "
           << shapeText(rhs) << " do not fit (broadcast "
           << node.getInt("broadcast", 0) << ")";
  };
  if (node.getInt("broadcast", 0) == 0) {
    if (lhs != rhs)
      return fail();
    return llvm::to_vector(rhs);
  }
  if (rhs.size() > lhs.size())
    return fail();
  auto rank = static_cast<int64_t>(lhs.size());
  int64_t axis = rank - static_cast<int64_t>(rhs.size());
  if (node.hasAttr("axis") && !rhs.empty()) {
    FailureOr<int64_t> given = node.normalizeAxis(node.getInt("axis", 0), rank);
    if (failed(given))
      return failure();
    axis = *given;
  }
  if (axis + rhs.size() > lhs.size())
    return fail();
  SmallVector<int64_t> shape(rhs);
  shape.append(lhs.size() - axis - rhs.size(), 1);
  auto together = broadcastShapes(lhs, shape);
  if (!together || ArrayRef(*together) != lhs)
    return fail();
  return shape;
}

LogicalResult createBinary(NodeImporter &node, BinaryKind kind, Value lhs,
                           Value rhs) {
  auto shape = broadcastShapes(shapeOf(lhs), shapeOf(rhs));
  if (!shape)
    return node.error(ErrorCode::BadShape)
           << "operands of shapes " << shapeText(shapeOf(lhs)) << " and "
           << shapeText(shapeOf(rhs)) << " do not broadcast";
  Type type = elementTypeOf(lhs);
  if (type != elementTypeOf(rhs))
    return node.error(ErrorCode::BadModel)
           << "operands have element types " << type << " and "
           << elementTypeOf(rhs);
  if (!hasScalar(kind, type))
    return node.unsupported("element type " + typeText(type) + " is not taken");
  if (failed(node.checkSize(*shape)))
    return failure();
  Type resultType = isComparison(kind) ? node.builder().getI1Type() : type;
  Value operands[] = {lhs, rhs};
  return node.setResult(
      0, createElementwise(node.builder(), node.loc(), *shape, resultType,
                           operands,
                           [&](OpBuilder &b, Location loc, ValueRange args) {
                             return createScalar(b, loc, kind, args[0], args[1],
                                                 type.isUnsignedInteger());
                           }));
}

template <BinaryKind kind>
static LogicalResult importBinary(NodeImporter &node) {
  FailureOr<SmallVector<int64_t>> shape = alignedShape(node);
  if (failed(shape))
    return failure();
  TensorRef lhs = node.host(0), rhs = node.host(1);
  if (lhs && rhs) {
    auto together = broadcastShapes(lhs->shape, *shape);
    if (together && failed(node.checkSize(*together)))
      return failure();
    if (auto result = evaluate(kind, *lhs, reshapeHost(*rhs, *shape)))
      return node.setResult(0, std::move(*result));
  }
  // A reshaped constant stays a constant, so that folding recognises it.
  Value right = node.value(1);
  if (ArrayRef(*shape) != node.shape(1))
    right = rhs ? node.createConstant(reshapeHost(*rhs, *shape))
                : createReshape(node.builder(), node.loc(), right, *shape);
  return createBinary(node, kind, node.value(0), right);
}

/// Integers by default with the sign of the divisor, floats (and integers with
/// fmod) with that of the dividend.
static LogicalResult importMod(NodeImporter &node) {
  if (node.getInt("fmod", 0) != 0)
    return importBinary<BinaryKind::Fmod>(node);
  if (isa<FloatType>(node.elementType(0)))
    return node.error(ErrorCode::BadAttribute)
           << "fmod must be 1 for element type "
           << typeText(node.elementType(0));
  return importBinary<BinaryKind::Mod>(node);
}

#define KILN_UNARY(NAME, SINCE, KIND, TYPES)                                   \
  {NAME, SINCE, kLatest, 1, 1, 1, "", importUnary<UnaryKind::KIND>, TYPES}
#define KILN_BINARY(NAME, SINCE, KIND, TYPES)                                  \
  {NAME,                                                                       \
   SINCE,                                                                      \
   6,                                                                          \
   2,                                                                          \
   2,                                                                          \
   1,                                                                          \
   "axis:i broadcast:i",                                                       \
   importBinary<BinaryKind::KIND>,                                             \
   TYPES},                                                                     \
  {                                                                            \
    NAME, 7, kLatest, 2, 2, 1, "", importBinary<BinaryKind::KIND>, TYPES       \
  }

ArrayRef<Operator> elementwiseOperators() {
  static const Operator operators[] = {
      KILN_UNARY("Abs", 1, Abs, "floats ints uints"),
      KILN_UNARY("Acos", 7, Acos, "floats"),
      KILN_UNARY("Acosh", 9, Acosh, "floats"),
      KILN_UNARY("Asin", 7, Asin, "floats"),
      KILN_UNARY("Asinh", 9, Asinh, "floats"),
      KILN_UNARY("Atan", 7, Atan, "floats"),
      KILN_UNARY("Atanh", 9, Atanh, "floats"),
      KILN_UNARY("BitwiseNot", 18, BitwiseNot, "ints uints"),
      KILN_UNARY("Ceil", 1, Ceil, "floats"),
      KILN_UNARY("Cos", 7, Cos, "floats"),
      KILN_UNARY("Cosh", 9, Cosh, "floats"),
      KILN_UNARY("Erf", 9, Erf, "floats"),
      KILN_UNARY("Exp", 1, Exp, "floats"),
      KILN_UNARY("Floor", 1, Floor, "floats"),
      KILN_UNARY("Log", 1, Log, "floats"),
      KILN_UNARY("Neg", 1, Neg, "floats ints"),
      KILN_UNARY("Not", 1, Not, "bool"),
      KILN_UNARY("Reciprocal", 1, Reciprocal, "floats"),
      KILN_UNARY("Round", 11, Round, "floats"),
      KILN_UNARY("Sign", 9, Sign, "floats ints uints"),
      KILN_UNARY("Sin", 7, Sin, "floats"),
      KILN_UNARY("Sinh", 9, Sinh, "floats"),
      KILN_UNARY("Sqrt", 1, Sqrt, "floats"),
      KILN_UNARY("Tan", 7, Tan, "floats"),
      KILN_BINARY("Add", 1, Add, "floats ints uints"),
      KILN_BINARY("And", 1, And, "bool"),
      KILN_BINARY("Div", 1, Div, "floats ints uints"),
      KILN_BINARY("Equal", 1, Equal, "any"),
      KILN_BINARY("Greater", 1, Greater, "floats ints uints"),
      KILN_BINARY("Less", 1, Less, "floats ints uints"),
      KILN_BINARY("Mul", 1, Mul, "floats ints uints"),
      KILN_BINARY("Or", 1, Or, "bool"),
      KILN_BINARY("Sub", 1, Sub, "floats ints uints"),
      KILN_BINARY("Xor", 1, Xor, "bool"),
      {"BitwiseAnd", 18, kLatest, 2, 2, 1, "",
       importBinary<BinaryKind::BitwiseAnd>, "ints uints"},
      {"BitwiseOr", 18, kLatest, 2, 2, 1, "",
       importBinary<BinaryKind::BitwiseOr>, "ints uints"},
      {"BitwiseXor", 18, kLatest, 2, 2, 1, "",
       importBinary<BinaryKind::BitwiseXor>, "ints uints"},
      {"GreaterOrEqual", 12, kLatest, 2, 2, 1, "",
       importBinary<BinaryKind::GreaterOrEqual>, "floats ints uints"},
      {"LessOrEqual", 12, kLatest, 2, 2, 1, "",
       importBinary<BinaryKind::LessOrEqual>, "floats ints uints"},
      {"Mod", 10, kLatest, 2, 2, 1, "fmod:i", importMod, "floats ints uints"},
  };
  return operators;
}

#undef KILN_UNARY
#undef KILN_BINARY

} // namespace kiln::onnx_import
