//===- PredicateOps.cpp - Tests of single elements from ONNX ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Reductions.h"

using namespace mlir;

namespace kiln::onnx_import {

namespace {
/// Which of the special values count.
struct Special {
  bool nan = false, positive = false, negative = false;

  bool holds(double x) const {
    return (nan && std::isnan(x)) || (positive && x == kInfinity) ||
           (negative && x == -kInfinity);
  }

  static constexpr double kInfinity = std::numeric_limits<double>::infinity();
};
} // namespace

static Value createTest(OpBuilder &b, Location loc, Value x, Special special) {
  Value result = createNumber(b, loc, b.getI1Type(), 0);
  auto add = [&](Value test) {
    result = arith::OrIOp::create(b, loc, result, test);
  };
  auto equals = [&](double number) {
    return createScalar(b, loc, BinaryKind::Equal, x,
                        createNumber(b, loc, x.getType(), number));
  };
  if (special.nan)
    add(arith::CmpFOp::create(b, loc, arith::CmpFPredicate::UNO, x, x));
  if (special.positive)
    add(equals(Special::kInfinity));
  if (special.negative)
    add(equals(-Special::kInfinity));
  return result;
}

static LogicalResult importTest(NodeImporter &node, Special special) {
  if (TensorRef known = node.host(0)) {
    std::vector<double> values = known->toDoubles();
    for (double &value : values)
      value = special.holds(value);
    return node.setResult(
        0, HostTensor::fromDoubles(ElementType::Bool, known->shape, values));
  }
  return node.setResult(
      0, createElementwise(node.builder(), node.loc(), node.shape(0),
                           node.builder().getI1Type(), node.value(0),
                           [&](OpBuilder &b, Location loc, ValueRange args) {
                             return createTest(b, loc, args[0], special);
                           }));
}

static LogicalResult importIsNaN(NodeImporter &node) {
  return importTest(node, {.nan = true});
}

static LogicalResult importIsInf(NodeImporter &node) {
  return importTest(node, {.positive = node.getInt("detect_positive", 1) != 0,
                           .negative = node.getInt("detect_negative", 1) != 0});
}

ArrayRef<Operator> predicateOperators() {
  static const Operator operators[] = {
      {"IsInf", 10, kLatest, 1, 1, 1, "detect_negative:i detect_positive:i",
       importIsInf, "floats"},
      {"IsNaN", 9, kLatest, 1, 1, 1, "", importIsNaN, "floats"},
  };
  return operators;
}

} // namespace kiln::onnx_import
