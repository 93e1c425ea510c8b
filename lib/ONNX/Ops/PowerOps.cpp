//===- PowerOps.cpp - Pow from ONNX ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Elementwise.h"

#include "kiln/Dialect/NN/Utils/Constants.h"

using namespace mlir;

namespace kiln::onnx_import {

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

/// Operands of any two number types; the result has the base's. An integer to
/// the power of a float is computed in f64.
static LogicalResult createRuntimePower(NodeImporter &node,
                                        ArrayRef<int64_t> shape) {
  OpBuilder &b = node.builder();
  Type type = node.elementType(0), other = node.elementType(1);
  if (type.isInteger(1) || other.isInteger(1))
    return node.unsupported("element type i1 is not taken");
  Value base = node.value(0),
        exponent = createReshape(b, node.loc(), node.value(1), shape);
  if (isa<FloatType>(type) || !isa<FloatType>(other))
    return createBinary(node, BinaryKind::Pow, base,
                        other == type
                            ? exponent
                            : createTensorCast(b, node.loc(), exponent, type));
  auto together = broadcastShapes(node.shape(0), shape);
  if (!together || failed(node.checkSize(*together)))
    return node.error(ErrorCode::BadShape)
           << "operands of shapes " << shapeText(node.shape(0)) << " and "
           << shapeText(shape) << " do not broadcast";
  Value operands[] = {
      createTensorCast(b, node.loc(), base, b.getF64Type()),
      createTensorCast(b, node.loc(), exponent, b.getF64Type())};
  Value power = createElementwise(
      b, node.loc(), *together, b.getF64Type(), operands,
      [](OpBuilder &inner, Location loc, ValueRange args) {
        return createScalar(inner, loc, BinaryKind::Pow, args[0], args[1]);
      });
  return node.setResult(0, createTensorCast(b, node.loc(), power, type));
}

/// The exponent may have another element type, from opset 12 on.
static LogicalResult importPow(NodeImporter &node) {
  TensorRef base = node.host(0), exponent = node.host(1);
  auto type = dyn_cast<FloatType>(node.elementType(0));
  if (base && exponent && (type || !isFloat(exponent->type))) {
    HostTensor cast = castHost(*exponent, base->type);
    if (auto result = evaluate(BinaryKind::Pow, *base, cast))
      return node.setResult(0, std::move(*result));
  }
  FailureOr<SmallVector<int64_t>> shape = alignedShape(node);
  if (failed(shape))
    return failure();
  if (!exponent || !type)
    return createRuntimePower(node, *shape);
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

ArrayRef<Operator> powerOperators() {
  static const Operator operators[] = {
      {"Pow", 1, 6, 2, 2, 1, "axis:i broadcast:i", importPow,
       "floats ints uints"},
      {"Pow", 7, kLatest, 2, 2, 1, "", importPow, "floats ints uints"},
  };
  return operators;
}

} // namespace kiln::onnx_import
