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
#include "llvm/Support/MathExtras.h"
#include <cmath>
#include <limits>

using namespace mlir;
using namespace kiln::nn;

/// Constraints C1 to C3, whose numbers the two forms share. `operands` are the
/// input and what is given per channel.
static LogicalResult checkBatchNorm(StringRef name, std::optional<Location> loc,
                                    TypeRange operands,
                                    const APFloat &epsilon) {
  auto fail = [&](int constraint, const Twine &message) {
    return constraintError(
        loc, "(" + name + "-C" + Twine(constraint) + ") " + message, operands);
  };
  auto input = cast<RankedTensorType>(operands.front());
  if (input.getRank() < 2)
    return fail(1, "expects an input of rank 2 or more");
  int64_t channels = input.getDimSize(1);
  for (Type type : operands.drop_front()) {
    int64_t size = cast<RankedTensorType>(type).getDimSize(0);
    if (!ShapedType::isDynamic(size) && !ShapedType::isDynamic(channels) &&
        size != channels)
      return fail(2, "expects parameters of " + Twine(channels) +
                         " elements, got " + Twine(size));
  }
  if (!epsilon.isFinite() || (epsilon.isNegative() && !epsilon.isZero()))
    return fail(3, "expects a finite epsilon of at least 0");
  return success();
}

LogicalResult BatchNormInferenceOp::inferReturnTypes(
    MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
    SmallVectorImpl<Type> &types) {
  types.push_back(adaptor.getInput().getType());
  return checkBatchNorm("batch_norm_inference", loc,
                        adaptor.getOperands().getTypes(), adaptor.getEpsilon());
}

/// Elements a channel (at most 2^63 - 1), or nothing where the shape is not
/// known.
static std::optional<int64_t> elementsPerChannel(RankedTensorType type) {
  int64_t count = 1;
  for (auto [i, size] : llvm::enumerate(type.getShape())) {
    if (i == 1)
      continue;
    if (ShapedType::isDynamic(size))
      return std::nullopt;
    if (llvm::MulOverflow(count, size, count))
      count = std::numeric_limits<int64_t>::max();
  }
  return count;
}

/// Constraints C4 to C6: which statistics are given, and how they are blended.
static LogicalResult
checkRunning(BatchNormTrainingOp::Adaptor op,
             function_ref<LogicalResult(const Twine &)> fail) {
  bool hasRunning = op.getRunningMean() != nullptr;
  if (hasRunning != (op.getRunningVariance() != nullptr) ||
      (op.getTracksStatistics() && !hasRunning))
    return fail("(batch_norm_training-C4) expects running mean and variance "
                "together, and both where statistics are tracked");
  std::optional<APFloat> momentum = op.getMomentum();
  bool hasCount = op.getBatchesTracked() != nullptr;
  if (hasRunning ? momentum.has_value() == hasCount
                 : momentum.has_value() || hasCount)
    return fail("(batch_norm_training-C5) expects either momentum or the "
                "number of batches tracked with running statistics, and "
                "neither without");
  // Written so that NaN fails.
  if (momentum &&
      !(momentum->convertToDouble() >= 0 && momentum->convertToDouble() <= 1))
    return fail("(batch_norm_training-C6) expects momentum in [0, 1]");
  return success();
}

LogicalResult BatchNormTrainingOp::inferReturnTypes(
    MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
    SmallVectorImpl<Type> &types) {
  SmallVector<Type> perChannel;
  for (Value operand :
       {adaptor.getInput(), adaptor.getScale(), adaptor.getOffset(),
        adaptor.getRunningMean(), adaptor.getRunningVariance()})
    if (operand)
      perChannel.push_back(operand.getType());
  auto fail = [&](const Twine &message) {
    return constraintError(loc, message, perChannel);
  };
  if (failed(checkBatchNorm("batch_norm_training", loc, perChannel,
                            adaptor.getEpsilon())) ||
      failed(checkRunning(adaptor, fail)))
    return failure();
  std::optional<int64_t> count =
      elementsPerChannel(cast<RankedTensorType>(perChannel.front()));
  if (count == 0)
    return fail("(batch_norm_training-C7) expects at least one element a "
                "channel to take statistics of");
  if (adaptor.getUnbiasedVariance() && count == 1)
    return fail("(batch_norm_training-C7) expects more than one element a "
                "channel for an unbiased variance: the variance of one value "
                "divides by zero; give a larger batch, or use eval mode");

  if (adaptor.getRunningMean())
    types.append({perChannel[0], perChannel[3], perChannel[4]});
  else
    types.append({perChannel[0], perChannel[1], perChannel[1]});
  return success();
}

LogicalResult ChannelAffineOp::verify() {
  RankedTensorType type = getInput().getType();
  int64_t axis = getAxis();
  if (axis < 0 || axis >= type.getRank() || type.isDynamicDim(axis))
    return emitOpError("(channel_affine-C1) expects axis (")
           << axis << ") to be a static dimension of " << type;
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
