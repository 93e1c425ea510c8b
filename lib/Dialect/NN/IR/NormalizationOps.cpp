//===- NormalizationOps.cpp - Shapes and constraints of normalisation ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Window.h"
#include "kiln/Dialect/NN/IR/NN.h"

#include "llvm/ADT/STLExtras.h"
#include <cmath>

using namespace mlir;
using namespace kiln::nn;

/// Both forms: constraints C1 to C3 by label prefix.
static LogicalResult checkBatchNorm(StringRef name, std::optional<Location> loc,
                                    RankedTensorType input,
                                    ValueRange parameters, double epsilon) {
  if (input.getRank() < 2)
    return constraintError(loc,
                           "(" + name + "-C1) expects input of rank 2 or more");
  int64_t channels = input.getDimSize(1);
  for (Value parameter : parameters) {
    if (!parameter)
      continue;
    int64_t size = cast<RankedTensorType>(parameter.getType()).getDimSize(0);
    if (!ShapedType::isDynamic(size) && !ShapedType::isDynamic(channels) &&
        size != channels)
      return constraintError(loc, "(" + name + "-C2) expects parameters of " +
                                      Twine(channels) + " elements, got " +
                                      Twine(size));
  }
  if (!std::isfinite(epsilon) || epsilon < 0)
    return constraintError(
        loc, "(" + name + "-C3) expects a finite epsilon of at least 0");
  return success();
}

LogicalResult BatchNormInferenceOp::inferReturnTypes(
    MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
    SmallVectorImpl<Type> &types) {
  auto input = cast<RankedTensorType>(adaptor.getInput().getType());
  types.push_back(input);
  return checkBatchNorm("batch_norm_inference", loc, input,
                        adaptor.getOperands().drop_front(),
                        adaptor.getEpsilon().convertToDouble());
}

/// Elements a channel, or nothing where the shape is not known.
static std::optional<int64_t> elementsPerChannel(RankedTensorType type) {
  int64_t count = 1;
  for (auto [i, size] : llvm::enumerate(type.getShape())) {
    if (i == 1)
      continue;
    if (ShapedType::isDynamic(size))
      return std::nullopt;
    count *= size;
  }
  return count;
}

LogicalResult BatchNormTrainingOp::inferReturnTypes(
    MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
    SmallVectorImpl<Type> &types) {
  auto input = cast<RankedTensorType>(adaptor.getInput().getType());
  if (failed(checkBatchNorm("batch_norm_training", loc, input,
                            {adaptor.getScale(), adaptor.getOffset(),
                             adaptor.getRunningMean(),
                             adaptor.getRunningVariance()},
                            adaptor.getEpsilon().convertToDouble())))
    return failure();
  bool hasRunning = adaptor.getRunningMean() != nullptr;
  if (hasRunning != (adaptor.getRunningVariance() != nullptr) ||
      (adaptor.getTracksStatistics() && !hasRunning))
    return constraintError(
        loc, "(batch_norm_training-C4) expects running mean and variance "
             "together, and both where statistics are tracked");
  auto momentum = adaptor.getMomentum();
  bool hasCount = adaptor.getBatchesTracked() != nullptr;
  if (hasRunning ? momentum.has_value() == hasCount
                 : momentum.has_value() || hasCount)
    return constraintError(
        loc, "(batch_norm_training-C5) expects either momentum or the number "
             "of batches tracked with running statistics, and neither without");
  if (momentum) {
    double m = momentum->convertToDouble();
    if (!(m >= 0 && m <= 1))
      return constraintError(
          loc, "(batch_norm_training-C6) expects momentum in [0, 1]");
  }
  std::optional<int64_t> count = elementsPerChannel(input);
  if (adaptor.getUnbiasedVariance() && count == 1)
    return constraintError(
        loc, "(batch_norm_training-C7) expects more than one element a channel "
             "for an unbiased variance: the variance of one value divides by "
             "zero; give a larger batch, or use eval mode");

  auto statistics = cast<RankedTensorType>(
      (hasRunning ? adaptor.getRunningMean() : adaptor.getScale()).getType());
  types.append({input, statistics, statistics});
  return success();
}

LogicalResult ChannelAffineOp::verify() {
  RankedTensorType type = getInput().getType();
  int64_t axis = getAxis();
  if (axis < 0 || axis >= type.getRank() || type.isDynamicDim(axis))
    return emitOpError("(channel_affine-C1) expects axis to be a static "
                       "dimension of the input");
  auto channels = static_cast<size_t>(type.getDimSize(axis));
  if (getScale().size() != channels || getShift().size() != channels)
    return emitOpError("(channel_affine-C2) expects ")
           << channels << " scales and shifts, got " << getScale().size()
           << " and " << getShift().size();
  auto finite = [](double v) { return std::isfinite(v); };
  if (!llvm::all_of(getScale(), finite) || !llvm::all_of(getShift(), finite))
    return emitOpError("(channel_affine-C3) expects finite scales and shifts");
  return success();
}
