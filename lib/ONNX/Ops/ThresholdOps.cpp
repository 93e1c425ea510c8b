//===- ThresholdOps.cpp - Selection by thresholds and maxima from ONNX ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Statistics.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"

using namespace mlir;

namespace kiln::onnx_import {

/// x + bias below -lambd, x - bias above lambd, else 0.
static LogicalResult importShrink(NodeImporter &node) {
  auto type = dyn_cast<FloatType>(node.elementType(0));
  if (!type)
    return node.unsupported("element types other than floats are not taken");
  double bias = node.getFloat("bias", 0.0f);
  double lambda = node.getFloat("lambd", 0.5f);
  auto body = [&](OpBuilder &b, Location loc, ValueRange args) -> Value {
    auto apply = [&](BinaryKind kind, double number) {
      return createScalar(b, loc, kind, args[0],
                          createNumber(b, loc, type, number));
    };
    Value high = arith::SelectOp::create(
        b, loc, apply(BinaryKind::Greater, lambda),
        apply(BinaryKind::Sub, bias), createNumber(b, loc, type, 0));
    return arith::SelectOp::create(b, loc, apply(BinaryKind::Less, -lambda),
                                   apply(BinaryKind::Add, bias), high);
  };
  return node.setResult(0, mapElements(node, node.value(0), body));
}

//===----------------------------------------------------------------------===//
// Hardmax
//===----------------------------------------------------------------------===//

/// The position along `axis`, in f64, which holds every index exactly.
static Value createIndex(OpBuilder &b, Location loc, int64_t axis) {
  Value index = arith::IndexCastOp::create(
      b, loc, b.getI64Type(), linalg::IndexOp::create(b, loc, axis));
  return arith::SIToFPOp::create(b, loc, b.getF64Type(), index);
}

/// Along `axis`, the position of the first element equal to `largest`; the
/// dimension stays with size 1.
static Value createFirstPosition(NodeImporter &node, Value input, Value largest,
                                 int64_t axis) {
  OpBuilder &b = node.builder();
  Type type = b.getF64Type();
  auto size = static_cast<double>(shapeOf(input)[axis]);
  Value operands[] = {input, largest};
  Value places = createElementwise(
      b, node.loc(), shapeOf(input), type, operands,
      [&](OpBuilder &b, Location loc, ValueRange args) -> Value {
        Value isLargest =
            createScalar(b, loc, BinaryKind::Equal, args[0], args[1]);
        return arith::SelectOp::create(b, loc, isLargest,
                                       createIndex(b, loc, axis),
                                       createNumber(b, loc, type, size));
      });
  return reduceKeepingDims(
      node, places, axis, BinaryKind::Min,
      [](OpBuilder &, Location, ValueRange args) { return args[0]; });
}

/// 1 at the first largest element along an axis, else 0.
static Value createHardmax(NodeImporter &node, Value input, int64_t axis) {
  Value largest = reduceKeepingDims(
      node, input, axis, BinaryKind::Max,
      [](OpBuilder &, Location, ValueRange args) { return args[0]; });
  Value first = createFirstPosition(node, input, largest, axis);
  Type type = elementTypeOf(input);
  return createElementwise(
      node.builder(), node.loc(), shapeOf(input), type, first,
      [&](OpBuilder &b, Location loc, ValueRange args) -> Value {
        Value isFirst = createScalar(b, loc, BinaryKind::Equal,
                                     createIndex(b, loc, axis), args[0]);
        return arith::SelectOp::create(b, loc, isFirst,
                                       createNumber(b, loc, type, 1),
                                       createNumber(b, loc, type, 0));
      });
}

/// Before opset 13 the dimensions from `axis` on are one.
static LogicalResult importHardmax(NodeImporter &node) {
  bool isCoerced = node.opset() < 13;
  FailureOr<int64_t> axis =
      node.normalizeAxis(node.getInt("axis", isCoerced ? 1 : -1), node.rank(0));
  if (failed(axis) || failed(checkFloats(node)))
    return failure();
  if (!isCoerced)
    return node.setResult(0, createHardmax(node, node.value(0), *axis));
  int64_t rows = 1, columns = 1;
  for (auto [i, size] : llvm::enumerate(node.shape(0)))
    (static_cast<int64_t>(i) < *axis ? rows : columns) *= size;
  OpBuilder &b = node.builder();
  Value flat = createReshape(b, node.loc(), node.value(0), {rows, columns});
  return node.setResult(0, createReshape(b, node.loc(),
                                         createHardmax(node, flat, 1),
                                         node.shape(0)));
}

ArrayRef<Operator> thresholdOperators() {
  static const Operator operators[] = {
      {"Hardmax", 1, kLatest, 1, 1, 1, "axis:i", importHardmax, "floats",
       "empty inputs are not taken"},
      {"Shrink", 9, kLatest, 1, 1, 1, "bias:f lambd:f", importShrink, "floats"},
  };
  return operators;
}

} // namespace kiln::onnx_import
