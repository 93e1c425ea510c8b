//===- ElementwiseOps.cpp - Elementwise arithmetic from ONNX ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "NodeImporter.h"

#include "kiln/Dialect/NN/Utils/Constants.h"

using namespace mlir;

namespace kiln::onnx_import {

/// True if createScalar has the operation for elements of this type.
static bool isBuildable(UnaryKind kind, Type type) {
  if (isa<FloatType>(type))
    return kind != UnaryKind::Not;
  if (type.isInteger(1))
    return kind == UnaryKind::Not;
  return type.isSignlessInteger() &&
         (kind == UnaryKind::Neg || kind == UnaryKind::Abs);
}

static bool isBuildable(BinaryKind kind, Type type) {
  if (isa<FloatType>(type))
    return !isLogical(kind);
  if (type.isInteger(1))
    return isLogical(kind) || kind == BinaryKind::Equal;
  return type.isSignlessInteger() && !isLogical(kind) &&
         kind != BinaryKind::Div && kind != BinaryKind::Pow;
}

static std::string typeText(Type type) {
  std::string text;
  llvm::raw_string_ostream(text) << type;
  return text;
}

template <UnaryKind kind> static LogicalResult importUnary(NodeImporter &node) {
  if (TensorRef known = node.host(0))
    if (std::optional<HostTensor> result = evaluate(kind, *known))
      return node.setResult(0, std::move(*result));
  Type type = node.elementType(0);
  if (!isBuildable(kind, type))
    return node.unsupported("element type " + typeText(type) + " is not taken");
  return node.setResult(
      0, createElementwise(node.builder(), node.loc(), node.shape(0), type,
                           node.value(0),
                           [](OpBuilder &b, Location loc, ValueRange args) {
                             return createScalar(b, loc, kind, args[0]);
                           }));
}

//===----------------------------------------------------------------------===//
// Two operands
//===----------------------------------------------------------------------===//

/// The second operand's shape. Before opset 7 it had to equal the first's, or,
/// with `broadcast`, was laid along it from dimension `axis` on (by default at
/// the end); trailing ones say the same in numpy's terms.
static FailureOr<SmallVector<int64_t>> alignedShape(NodeImporter &node) {
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

static LogicalResult createBinary(NodeImporter &node, BinaryKind kind,
                                  Value lhs, Value rhs) {
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
  if (!isBuildable(kind, type))
    return node.unsupported("element type " + typeText(type) + " is not taken");
  if (failed(node.checkSize(*shape)))
    return failure();
  Type resultType = isComparison(kind) ? node.builder().getI1Type() : type;
  Value operands[] = {lhs, rhs};
  return node.setResult(
      0, createElementwise(
             node.builder(), node.loc(), *shape, resultType, operands,
             [&](OpBuilder &b, Location loc, ValueRange args) {
               return createScalar(b, loc, kind, args[0], args[1]);
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

/// Small whole powers are products: cheaper, and exact where the result is.
static Value createPower(NodeImporter &node, int64_t exponent) {
  return createElementwise(
      node.builder(), node.loc(), node.shape(0), node.elementType(0),
      node.value(0), [&](OpBuilder &b, Location loc, ValueRange args) {
        Value result = args[0];
        for (int64_t i = 1; i < exponent; ++i)
          result = createScalar(b, loc, BinaryKind::Mul, result, args[0]);
        return result;
      });
}

/// The exponent may have another element type, from opset 12 on.
static LogicalResult importPow(NodeImporter &node) {
  TensorRef base = node.host(0), exponent = node.host(1);
  auto type = dyn_cast<FloatType>(node.elementType(0));
  if (base && exponent) {
    HostTensor cast = castHost(*exponent, base->type);
    if (auto result = evaluate(BinaryKind::Pow, *base, cast))
      return node.setResult(0, std::move(*result));
  }
  Type other = node.elementType(1);
  if (!exponent && type && other != type && !other.isUnsignedInteger()) {
    Value cast = createElementwise(
        node.builder(), node.loc(), node.shape(1), type, node.value(1),
        [&](OpBuilder &b, Location loc, ValueRange args) {
          return createCast(b, loc, args[0], type);
        });
    return createBinary(node, BinaryKind::Pow, node.value(0), cast);
  }
  if (!exponent || !type)
    return importBinary<BinaryKind::Pow>(node);
  FailureOr<SmallVector<int64_t>> shape = alignedShape(node);
  if (failed(shape))
    return failure();
  std::vector<double> values = exponent->toDoubles();
  bool isOne =
      values.size() == 1 && shape->size() <= static_cast<size_t>(node.rank(0));
  if (isOne && (values[0] == 1 || values[0] == 2 || values[0] == 3))
    return node.setResult(0,
                          createPower(node, static_cast<int64_t>(values[0])));
  Value right = nn::createConstant(node.builder(), node.loc(),
                                   RankedTensorType::get(*shape, type), values);
  return createBinary(node, BinaryKind::Pow, node.value(0), right);
}

//===----------------------------------------------------------------------===//
// Any number of operands, and selection
//===----------------------------------------------------------------------===//

/// The common shape of all inputs, which have one float type.
static FailureOr<SmallVector<int64_t>> commonShape(NodeImporter &node) {
  SmallVector<int64_t> shape;
  for (size_t i = 0; i < node.numInputs(); ++i) {
    if (!node.hasInput(i))
      return node.error(ErrorCode::BadModel) << "input " << i << " is absent";
    auto wider = broadcastShapes(shape, node.shape(i));
    if (!wider || node.elementType(i) != node.elementType(0))
      return node.error(ErrorCode::BadShape)
             << "input " << i << " of shape " << shapeText(node.shape(i))
             << " does not fit the inputs before it";
    shape = *wider;
  }
  if (failed(node.checkSize(shape)))
    return failure();
  return shape;
}

template <BinaryKind kind, bool isMean = false>
static LogicalResult importVariadic(NodeImporter &node) {
  FailureOr<SmallVector<int64_t>> shape = commonShape(node);
  if (failed(shape))
    return failure();
  if (!isMean && node.numInputs() == 2 && node.host(0) && node.host(1))
    if (auto result = evaluate(kind, *node.host(0), *node.host(1)))
      return node.setResult(0, std::move(*result));
  Type type = node.elementType(0);
  if (!isBuildable(kind, type) || (isMean && !isa<FloatType>(type)))
    return node.unsupported("element type " + typeText(type) + " is not taken");
  SmallVector<Value> operands;
  for (size_t i = 0; i < node.numInputs(); ++i)
    operands.push_back(node.value(i));
  return node.setResult(
      0,
      createElementwise(node.builder(), node.loc(), *shape, type, operands,
                        [&](OpBuilder &b, Location loc, ValueRange args) {
                          Value result = args[0];
                          for (Value arg : args.drop_front())
                            result = createScalar(b, loc, kind, result, arg);
                          if (isMean)
                            result = createScalar(
                                b, loc, BinaryKind::Mul, result,
                                createNumber(b, loc, type, 1.0 / args.size()));
                          return result;
                        }));
}

static LogicalResult importWhere(NodeImporter &node) {
  auto branches = broadcastShapes(node.shape(1), node.shape(2));
  auto shape =
      branches ? broadcastShapes(node.shape(0), *branches) : std::nullopt;
  if (!shape || node.elementType(1) != node.elementType(2) ||
      !node.elementType(0).isInteger(1))
    return node.error(ErrorCode::BadShape)
           << "condition " << shapeText(node.shape(0)) << " and branches "
           << shapeText(node.shape(1)) << ", " << shapeText(node.shape(2))
           << " do not fit, or differ in element type";
  if (failed(node.checkSize(*shape)))
    return failure();
  if (node.host(0) && node.host(1) && node.host(2)) {
    HostTensor condition = broadcastHost(*node.host(0), *shape);
    HostTensor result = broadcastHost(*node.host(1), *shape);
    HostTensor other = broadcastHost(*node.host(2), *shape);
    size_t width = elementSize(result.type);
    for (auto [i, isSet] : llvm::enumerate(condition.data))
      if (isSet == std::byte{0})
        std::copy_n(&other.data[i * width], width, &result.data[i * width]);
    return node.setResult(0, std::move(result));
  }
  if (node.elementType(1).isUnsignedInteger())
    return node.unsupported("unsigned element types are not taken");
  Value operands[] = {node.value(0), node.value(1), node.value(2)};
  return node.setResult(
      0, createElementwise(
             node.builder(), node.loc(), *shape, node.elementType(1), operands,
             [](OpBuilder &b, Location loc, ValueRange args) -> Value {
               return arith::SelectOp::create(b, loc, args[0], args[1],
                                              args[2]);
             }));
}

#define KILN_UNARY(NAME, SINCE, KIND)                                          \
  {NAME, SINCE, kLatest, 1, 1, 1, "", importUnary<UnaryKind::KIND>}
#define KILN_BINARY(NAME, SINCE, KIND)                                         \
  {NAME,                                                                       \
   SINCE,                                                                      \
   6,                                                                          \
   2,                                                                          \
   2,                                                                          \
   1,                                                                          \
   "axis:i broadcast:i",                                                       \
   importBinary<BinaryKind::KIND>},                                            \
  {                                                                            \
    NAME, 7, kLatest, 2, 2, 1, "", importBinary<BinaryKind::KIND>              \
  }

ArrayRef<Operator> elementwiseOperators() {
  static const Operator operators[] = {
      KILN_UNARY("Abs", 1, Abs),
      KILN_UNARY("Ceil", 1, Ceil),
      KILN_UNARY("Cos", 7, Cos),
      KILN_UNARY("Erf", 9, Erf),
      KILN_UNARY("Exp", 1, Exp),
      KILN_UNARY("Floor", 1, Floor),
      KILN_UNARY("Log", 1, Log),
      KILN_UNARY("Neg", 1, Neg),
      KILN_UNARY("Not", 1, Not),
      KILN_UNARY("Reciprocal", 1, Reciprocal),
      KILN_UNARY("Round", 11, Round),
      KILN_UNARY("Sign", 9, Sign),
      KILN_UNARY("Sin", 7, Sin),
      KILN_UNARY("Sqrt", 1, Sqrt),
      KILN_BINARY("Add", 1, Add),
      KILN_BINARY("And", 1, And),
      KILN_BINARY("Div", 1, Div),
      KILN_BINARY("Equal", 1, Equal),
      KILN_BINARY("Greater", 1, Greater),
      KILN_BINARY("Less", 1, Less),
      KILN_BINARY("Mul", 1, Mul),
      KILN_BINARY("Or", 1, Or),
      KILN_BINARY("Sub", 1, Sub),
      KILN_BINARY("Xor", 1, Xor),
      {"GreaterOrEqual", 12, kLatest, 2, 2, 1, "",
       importBinary<BinaryKind::GreaterOrEqual>},
      {"LessOrEqual", 12, kLatest, 2, 2, 1, "",
       importBinary<BinaryKind::LessOrEqual>},
      {"Max", 1, kLatest, 1, kVariadic, 1, "", importVariadic<BinaryKind::Max>},
      {"Mean", 1, kLatest, 1, kVariadic, 1, "",
       importVariadic<BinaryKind::Add, /*isMean=*/true>},
      {"Min", 1, kLatest, 1, kVariadic, 1, "", importVariadic<BinaryKind::Min>},
      {"Pow", 1, 6, 2, 2, 1, "axis:i broadcast:i", importPow},
      {"Pow", 7, kLatest, 2, 2, 1, "", importPow},
      {"Sum", 1, kLatest, 1, kVariadic, 1, "", importVariadic<BinaryKind::Add>},
      {"Where", 9, kLatest, 3, 3, 1, "", importWhere},
  };
  return operators;
}

#undef KILN_UNARY
#undef KILN_BINARY

} // namespace kiln::onnx_import
