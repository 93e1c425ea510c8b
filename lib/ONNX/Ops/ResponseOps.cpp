//===- ResponseOps.cpp - Normalising by magnitude from ONNX ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Statistics.h"

using namespace mlir;

namespace kiln::onnx_import {

/// The mean of `squares` [N, C, ...] over a window of `size` channels, zeros
/// counted: an average pooling over the channels as a spatial dimension.
static FailureOr<Value> channelMeans(NodeImporter &node, Value squares,
                                     int64_t size) {
  OpBuilder &b = node.builder();
  ArrayRef<int64_t> shape = shapeOf(squares);
  int64_t rest = 1;
  for (int64_t dim : shape.drop_front(2))
    rest *= dim;
  int64_t low = (size - 1) / 2;
  nn::AveragePoolOp::Properties properties;
  properties.kernel = b.getDenseI64ArrayAttr({size, 1});
  properties.strides = b.getDenseI64ArrayAttr({1, 1});
  properties.dilations = b.getDenseI64ArrayAttr({1, 1});
  properties.pad_low = b.getDenseI64ArrayAttr({low, 0});
  properties.pad_high = b.getDenseI64ArrayAttr({size - 1 - low, 0});
  properties.count_include_pad = b.getUnitAttr();
  Value flat =
      createReshape(b, node.loc(), squares, {shape[0], 1, shape[1], rest});
  auto pool = node.create<nn::AveragePoolOp>(flat, properties);
  if (failed(pool))
    return failure();
  return createReshape(b, node.loc(), pool->getResult(), shape);
}

/// input / (bias + alpha / size * sum of squares over channels) ^ beta
static LogicalResult importLRN(NodeImporter &node) {
  int64_t size = node.getInt("size", 0);
  if (failed(checkFloats(node)))
    return failure();
  if (node.rank(0) < 3 || size < 1 || size >= (int64_t{1} << 31))
    return node.error(ErrorCode::BadShape)
           << "input " << shapeText(node.shape(0)) << " must have rank 3 or "
           << "more, and size " << size << " must be at least 1";
  Value input = node.value(0);
  Value squares =
      mapElements(node, input, [](OpBuilder &b, Location loc, ValueRange args) {
        return createScalar(b, loc, BinaryKind::Mul, args[0], args[0]);
      });
  FailureOr<Value> means = channelMeans(node, squares, size);
  if (failed(means))
    return failure();
  double alpha = node.getFloat("alpha", 1e-4f);
  double beta = node.getFloat("beta", 0.75f);
  double bias = node.getFloat("bias", 1.0f);
  Value divisor = mapElements(
      node, *means, [&](OpBuilder &b, Location loc, ValueRange args) {
        Type type = args[0].getType();
        Value scaled = createScalar(b, loc, BinaryKind::Mul, args[0],
                                    createNumber(b, loc, type, alpha));
        Value sum = createScalar(b, loc, BinaryKind::Add, scaled,
                                 createNumber(b, loc, type, bias));
        return createScalar(b, loc, BinaryKind::Pow, sum,
                            createNumber(b, loc, type, beta));
      });
  return node.setResult(0, combine(node, BinaryKind::Div, input, divisor));
}

/// input / norm along an axis, or 0 where the norm is 0.
static LogicalResult importLpNorm(NodeImporter &node) {
  if (failed(checkFloats(node)))
    return failure();
  FailureOr<int64_t> axis =
      node.normalizeAxis(node.getInt("axis", -1), node.rank(0));
  if (failed(axis))
    return failure();
  int64_t p = node.getInt("p", 2);
  if (p != 1 && p != 2)
    return node.error(ErrorCode::BadAttribute)
           << "p is " << p << "; it must be 1 or 2";
  Value input = node.value(0);
  Value sum = reduceKeepingDims(
      node, input, *axis, BinaryKind::Add,
      [&](OpBuilder &b, Location loc, ValueRange args) {
        return p == 1 ? createScalar(b, loc, UnaryKind::Abs, args[0])
                      : createScalar(b, loc, BinaryKind::Mul, args[0], args[0]);
      });
  Value norm =
      p == 1 ? sum
             : mapElements(
                   node, sum, [](OpBuilder &b, Location loc, ValueRange args) {
                     return createScalar(b, loc, UnaryKind::Sqrt, args[0]);
                   });
  Value operands[] = {input, norm};
  Value result = createElementwise(
      node.builder(), node.loc(), node.shape(0), node.elementType(0), operands,
      [](OpBuilder &b, Location loc, ValueRange args) -> Value {
        Value zero = createNumber(b, loc, args[0].getType(), 0);
        Value isZero = createScalar(b, loc, BinaryKind::Equal, args[1], zero);
        Value quotient =
            createScalar(b, loc, BinaryKind::Div, args[0], args[1]);
        return arith::SelectOp::create(b, loc, isZero, zero, quotient);
      });
  return node.setResult(0, result);
}

ArrayRef<Operator> responseOperators() {
  static const Operator operators[] = {
      {"LRN", 1, kLatest, 1, 1, 1, "alpha:f beta:f bias:f size:i!", importLRN,
       "floats", "empty inputs are not taken"},
      {"LpNormalization", 1, kLatest, 1, 1, 1, "axis:i p:i", importLpNorm,
       "floats", "empty inputs are not taken"},
  };
  return operators;
}

} // namespace kiln::onnx_import
