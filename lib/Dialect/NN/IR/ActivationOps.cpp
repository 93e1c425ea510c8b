//===- ActivationOps.cpp - Constraints of activations ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "kiln/Dialect/NN/IR/NN.h"

#include <cmath>

using namespace mlir;
using namespace kiln::nn;

static bool isFinite(const APFloat &value) { return value.isFinite(); }

LogicalResult ClipOp::verify() {
  // An unordered comparison (a NaN bound) fails, too.
  if (!(getMinimum().convertToDouble() <= getMaximum().convertToDouble()))
    return emitOpError("(clip-C1) expects bounds that are not NaN, and minimum "
                       "not above maximum");
  return success();
}

LogicalResult LeakyReluOp::verify() {
  if (!isFinite(getAlpha()))
    return emitOpError("(leaky_relu-C1) expects a finite alpha");
  return success();
}

LogicalResult PReluOp::verify() {
  RankedTensorType type = getInput().getType();
  RankedTensorType slope = getSlope().getType();
  if (type.getRank() < 2)
    return emitOpError("(prelu-C1) expects an input of rank 2 or more, got ")
           << type;
  int64_t count = slope.getDimSize(0), channels = type.getDimSize(1);
  if (count != 1 && !ShapedType::isDynamic(count) &&
      !ShapedType::isDynamic(channels) && count != channels)
    return emitOpError("(prelu-C2) expects one slope or ")
           << channels << ", got " << count;
  if (type.getElementType() != slope.getElementType())
    return emitOpError(
               "(prelu-C3) expects input and slope of one element type, got ")
           << type << " and " << slope;
  return success();
}

LogicalResult EluOp::verify() {
  if (!isFinite(getAlpha()))
    return emitOpError("(elu-C1) expects a finite alpha");
  return success();
}

LogicalResult SeluOp::verify() {
  if (!isFinite(getAlpha()) || !isFinite(getGamma()))
    return emitOpError("(selu-C1) expects a finite alpha and gamma");
  return success();
}

LogicalResult CeluOp::verify() {
  if (!isFinite(getAlpha()) || getAlpha().isZero())
    return emitOpError("(celu-C1) expects a finite alpha that is not zero");
  return success();
}

LogicalResult HardSigmoidOp::verify() {
  if (!isFinite(getAlpha()) || !isFinite(getBeta()))
    return emitOpError("(hard_sigmoid-C1) expects a finite alpha and beta");
  return success();
}

template <typename OpTy>
static LogicalResult verifyAxis(OpTy op, StringRef label) {
  auto axis = static_cast<int64_t>(op.getAxis());
  int64_t rank = op.getInput().getType().getRank();
  if (axis < 0 || axis >= rank)
    return op.emitOpError() << "(" << label << ") expects axis in [0, " << rank
                            << "), got " << axis;
  return success();
}

LogicalResult SoftmaxOp::verify() { return verifyAxis(*this, "softmax-C1"); }

LogicalResult LogSoftmaxOp::verify() {
  return verifyAxis(*this, "log_softmax-C1");
}
