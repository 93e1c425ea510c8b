//===- StatisticsOps.cpp - Normalisations that use the input's own statistics
//---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Instance, group and mean-variance normalisation have no operation of the nn
// dialect: they are written out as reductions and elementwise arithmetic.
//===----------------------------------------------------------------------===//

#include "Statistics.h"

using namespace mlir;

namespace kiln::onnx_import {

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
  Type type = elementTypeOf(normal);
  Value scaled =
      combine(node, BinaryKind::Mul, normal, castFloats(node, *scale, type));
  Value shifted =
      combine(node, BinaryKind::Add, scaled, castFloats(node, *shift, type));
  return node.setResult(0, castFloats(node, shifted, node.elementType(0)));
}

static LogicalResult importInstanceNorm(NodeImporter &node) {
  if (failed(checkFloats(node)))
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

/// Scale and bias per channel, all in the stash type; before opset 21 per group
/// and in the input's type.
static LogicalResult importGroupNorm(NodeImporter &node) {
  if (failed(checkFloats(node)))
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
  FailureOr<StashTypes> types = readStashType(node);
  if (failed(types))
    return failure();
  Value input = node.value(0);
  if (node.opset() >= 21)
    input = castFloats(node, input, types->arithmetic);
  Value split = createReshape(b, node.loc(), input, parts);
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

/// (input - mean) / (deviation + 1e-9), the small number standing outside the
/// root.
static LogicalResult importMeanVarianceNorm(NodeImporter &node) {
  if (failed(checkFloats(node)))
    return failure();
  SmallVector<int64_t> wanted(node.getInts("axes"));
  if (!node.hasAttr("axes"))
    wanted = {0, 2, 3};
  auto axes = node.normalizeAxes(wanted, node.rank(0));
  if (failed(axes))
    return failure();
  Value centred = centre(node, node.value(0), *axes).result;
  Value divisor = mapElements(
      node, meanSquareOver(node, centred, *axes),
      [](OpBuilder &b, Location loc, ValueRange args) {
        Value root = createScalar(b, loc, UnaryKind::Sqrt, args[0]);
        return createScalar(b, loc, BinaryKind::Add, root,
                            createNumber(b, loc, root.getType(), 1e-9));
      });
  return node.setResult(0, combine(node, BinaryKind::Div, centred, divisor));
}

ArrayRef<Operator> statisticsOperators() {
  static const Operator operators[] = {
      {"GroupNormalization", 18, 20, 3, 3, 1, "epsilon:f num_groups:i!",
       importGroupNorm, "floats", "empty inputs are not taken"},
      {"GroupNormalization", 21, kLatest, 3, 3, 1,
       "epsilon:f num_groups:i! stash_type:i", importGroupNorm, "floats",
       "empty inputs are not taken"},
      {"InstanceNormalization", 1, kLatest, 3, 3, 1, "epsilon:f",
       importInstanceNorm, "floats", "empty inputs are not taken"},
      {"MeanVarianceNormalization", 9, kLatest, 1, 1, 1, "axes:I",
       importMeanVarianceNorm, "floats",
       "empty inputs are not taken; the experimental form of opset 1 is not "
       "taken"},
  };
  return operators;
}

} // namespace kiln::onnx_import
