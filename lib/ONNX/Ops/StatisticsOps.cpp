//===- StatisticsOps.cpp - Normalisations that use the input's own statistics
//---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Instance, layer and group normalisation and LRN have no operation of the nn
// dialect: they are written out as reductions and elementwise arithmetic.
//===----------------------------------------------------------------------===//

#include "Reductions.h"

#include <numeric>

using namespace mlir;

namespace kiln::onnx_import {

static Value combine(NodeImporter &node, BinaryKind kind, Value lhs,
                     Value rhs) {
  Value operands[] = {lhs, rhs};
  return createElementwise(
      node.builder(), node.loc(), *broadcastShapes(shapeOf(lhs), shapeOf(rhs)),
      elementTypeOf(lhs), operands,
      [&](OpBuilder &b, Location loc, ValueRange args) {
        return createScalar(b, loc, kind, args[0], args[1]);
      });
}

static Value meanOver(NodeImporter &node, Value input, ArrayRef<int64_t> axes,
                      BodyFn map) {
  double scale = 1.0 / static_cast<double>(countReduced(shapeOf(input), axes));
  Value sum = reduceKeepingDims(node, input, axes, BinaryKind::Add, map);
  return mapElements(
      node, sum, [&](OpBuilder &b, Location loc, ValueRange args) {
        return createScalar(b, loc, BinaryKind::Mul, args[0],
                            createNumber(b, loc, args[0].getType(), scale));
      });
}

namespace {
struct Normalized {
  Value result, mean, deviation;
};
} // namespace

/// (input - mean) / sqrt(variance + epsilon), in two passes: the variance of
/// the centred values loses nothing to a large mean.
static Normalized normalize(NodeImporter &node, Value input,
                            ArrayRef<int64_t> axes, double epsilon) {
  auto itself = [](OpBuilder &, Location, ValueRange args) { return args[0]; };
  auto square = [](OpBuilder &b, Location loc, ValueRange args) {
    return createScalar(b, loc, BinaryKind::Mul, args[0], args[0]);
  };
  Value mean = meanOver(node, input, axes, itself);
  Value centred = combine(node, BinaryKind::Sub, input, mean);
  Value variance = meanOver(node, centred, axes, square);
  Value deviation = mapElements(
      node, variance, [&](OpBuilder &b, Location loc, ValueRange args) {
        Value sum =
            createScalar(b, loc, BinaryKind::Add, args[0],
                         createNumber(b, loc, args[0].getType(), epsilon));
        return createScalar(b, loc, UnaryKind::Sqrt, sum);
      });
  return {combine(node, BinaryKind::Div, centred, deviation), mean, deviation};
}

static LogicalResult checkFloat(NodeImporter &node) {
  for (size_t i = 0; i < node.numInputs(); ++i)
    if (node.hasInput(i) && (!isa<FloatType>(node.elementType(i)) ||
                             node.elementType(i) != node.elementType(0)))
      return node.unsupported("inputs must be floats of one element type");
  if (node.type(0).getNumElements() == 0)
    return node.unsupported("an empty input is not taken");
  return success();
}

/// Input `i` of one value per channel, as [C, 1, 1...] for an input of `rank`.
static FailureOr<Value> perChannel(NodeImporter &node, size_t i,
                                   int64_t channels, int64_t rank) {
  if (node.rank(i) != 1 || node.shape(i)[0] != channels)
    return node.error(ErrorCode::BadShape)
           << "input " << i << " of shape " << shapeText(node.shape(i))
           << " must have " << channels << " elements";
  SmallVector<int64_t> shape(rank - 1, 1);
  shape[0] = channels;
  if (TensorRef known = node.host(i))
    return node.createConstant(reshapeHost(*known, shape));
  return createReshape(node.builder(), node.loc(), node.value(i), shape);
}

static LogicalResult scaleAndShift(NodeImporter &node, Value normal,
                                   int64_t scaleInput) {
  int64_t channels = shapeOf(normal)[1], rank = shapeOf(normal).size();
  FailureOr<Value> scale = perChannel(node, scaleInput, channels, rank);
  FailureOr<Value> shift = perChannel(node, scaleInput + 1, channels, rank);
  if (failed(scale) || failed(shift))
    return failure();
  Value scaled = combine(node, BinaryKind::Mul, normal, *scale);
  return node.setResult(0, combine(node, BinaryKind::Add, scaled, *shift));
}

static LogicalResult importInstanceNorm(NodeImporter &node) {
  if (failed(checkFloat(node)))
    return failure();
  if (node.rank(0) < 3)
    return node.error(ErrorCode::BadShape)
           << "input " << shapeText(node.shape(0))
           << " must have rank 3 or more";
  auto axes = llvm::to_vector(llvm::seq<int64_t>(2, node.rank(0)));
  return scaleAndShift(
      node,
      normalize(node, node.value(0), axes, node.getFloat("epsilon", 1e-5f))
          .result,
      1);
}

/// Scale and bias per channel; per group, before opset 21.
static LogicalResult importGroupNorm(NodeImporter &node) {
  if (failed(checkFloat(node)))
    return failure();
  int64_t groups = node.getInt("num_groups", 0);
  SmallVector<int64_t> shape(node.shape(0));
  if (shape.size() < 2 || groups < 1 || shape[1] % groups != 0)
    return node.error(ErrorCode::BadShape)
           << "num_groups " << groups << " does not divide the channels of "
           << shapeText(shape);
  SmallVector<int64_t> parts(shape);
  parts[1] = groups;
  parts.insert(parts.begin() + 2, shape[1] / groups);
  auto axes = llvm::to_vector(llvm::seq<int64_t>(2, parts.size()));
  OpBuilder &b = node.builder();
  Value split = createReshape(b, node.loc(), node.value(0), parts);
  Value normal =
      normalize(node, split, axes, node.getFloat("epsilon", 1e-5f)).result;
  if (node.opset() >= 21)
    return scaleAndShift(node, createReshape(b, node.loc(), normal, shape), 1);
  FailureOr<Value> scale = perChannel(node, 1, groups, parts.size());
  FailureOr<Value> shift = perChannel(node, 2, groups, parts.size());
  if (failed(scale) || failed(shift))
    return failure();
  Value scaled = combine(node, BinaryKind::Mul, normal, *scale);
  Value shifted = combine(node, BinaryKind::Add, scaled, *shift);
  return node.setResult(0, createReshape(b, node.loc(), shifted, shape));
}

/// Outputs 1 and 2 are the mean and the inverse deviation.
static LogicalResult importLayerNorm(NodeImporter &node) {
  if (failed(checkFloat(node)))
    return failure();
  FailureOr<int64_t> axis =
      node.normalizeAxis(node.getInt("axis", -1), node.rank(0));
  if (failed(axis))
    return failure();
  ArrayRef<int64_t> tail = node.shape(0).drop_front(*axis);
  for (size_t i : {1, 2})
    if (auto shape = node.hasInput(i) ? broadcastShapes(tail, node.shape(i))
                                      : SmallVector<int64_t>(tail);
        !shape || ArrayRef(*shape) != tail)
      return node.error(ErrorCode::BadShape)
             << "input " << i << " of shape " << shapeText(node.shape(i))
             << " does not broadcast to " << shapeText(tail);
  auto axes = llvm::to_vector(llvm::seq<int64_t>(*axis, node.rank(0)));
  Normalized normal =
      normalize(node, node.value(0), axes, node.getFloat("epsilon", 1e-5f));
  Value result = combine(node, BinaryKind::Mul, normal.result, node.value(1));
  if (node.hasInput(2))
    result = combine(node, BinaryKind::Add, result, node.value(2));
  if (node.hasOutput(1) && failed(node.setResult(1, normal.mean)))
    return failure();
  if (node.hasOutput(2)) {
    Value inverse = mapElements(
        node, normal.deviation,
        [](OpBuilder &b, Location loc, ValueRange args) {
          return createScalar(b, loc, UnaryKind::Reciprocal, args[0]);
        });
    if (failed(node.setResult(2, inverse)))
      return failure();
  }
  return node.setResult(0, result);
}

//===----------------------------------------------------------------------===//
// Local response normalisation
//===----------------------------------------------------------------------===//

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
  if (failed(checkFloat(node)))
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

ArrayRef<Operator> statisticsOperators() {
  static const Operator operators[] = {
      {"GroupNormalization", 18, kLatest, 3, 3, 1,
       "epsilon:f num_groups:i! stash_type:i", importGroupNorm},
      {"InstanceNormalization", 1, kLatest, 3, 3, 1, "epsilon:f",
       importInstanceNorm},
      {"LRN", 1, kLatest, 1, 1, 1, "alpha:f beta:f bias:f size:i!", importLRN},
      {"LayerNormalization", 17, kLatest, 2, 3, 3,
       "axis:i epsilon:f stash_type:i", importLayerNorm},
  };
  return operators;
}

} // namespace kiln::onnx_import
