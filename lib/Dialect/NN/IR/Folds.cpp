//===- Folds.cpp - Folds ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// What the canonicalizer may always do: nothing here rounds, and nothing
// touches a weight (that is the folding passes' work).
//===----------------------------------------------------------------------===//

#include "kiln/Dialect/NN/IR/NN.h"

using namespace mlir;
using namespace kiln::nn;

/// True if no element is below zero (NaN apart).
static bool isNonNegative(Value value) {
  if (auto clip = value.getDefiningOp<ClipOp>())
    return !clip.getMinimum().isNegative() || clip.getMinimum().isZero();
  return isa_and_nonnull<ReluOp, SigmoidOp, HardSigmoidOp, SoftplusOp,
                         SoftmaxOp>(value.getDefiningOp());
}

OpFoldResult ReluOp::fold(FoldAdaptor) {
  return isNonNegative(getInput()) ? OpFoldResult(getInput()) : OpFoldResult();
}

/// A range that holds all the input's values has no effect.
OpFoldResult ClipOp::fold(FoldAdaptor) {
  bool isBelowOpen = getMinimum().isInfinity() && getMinimum().isNegative();
  bool isAboveOpen = getMaximum().isInfinity() && !getMaximum().isNegative();
  if (isBelowOpen && isAboveOpen)
    return getInput();
  auto inner = getInput().getDefiningOp<ClipOp>();
  if (inner && inner.getMinimum() >= getMinimum() &&
      inner.getMaximum() <= getMaximum())
    return getInput();
  return {};
}

OpFoldResult LeakyReluOp::fold(FoldAdaptor) {
  return getAlpha().isExactlyValue(1) ? OpFoldResult(getInput())
                                      : OpFoldResult();
}

OpFoldResult ChannelAffineOp::fold(FoldAdaptor) {
  bool isIdentity = llvm::all_of(getScale(), [](double s) { return s == 1; }) &&
                    llvm::all_of(getShift(), [](double s) { return s == 0; });
  return isIdentity ? OpFoldResult(getInput()) : OpFoldResult();
}

OpFoldResult ChannelShuffleOp::fold(FoldAdaptor) {
  auto groups = static_cast<int64_t>(getGroups());
  int64_t channels = getInput().getType().getDimSize(1);
  // One group, or groups of one channel: the channels stay where they are.
  if (groups == 1 || groups == channels)
    return getInput();
  // Shuffling transposes [groups, channels / groups]; the other way back.
  auto inner = getInput().getDefiningOp<ChannelShuffleOp>();
  if (inner && static_cast<int64_t>(inner.getGroups()) == channels / groups)
    return inner.getInput();
  return {};
}

/// A window of one element that visits each element once.
template <typename Pool> static OpFoldResult foldPool(Pool op) {
  auto isOne = [](int64_t v) { return v == 1; };
  auto isZero = [](int64_t v) { return v == 0; };
  if (llvm::all_of(op.getKernel(), isOne) &&
      llvm::all_of(op.getStrides(), isOne) &&
      llvm::all_of(op.getPadLow(), isZero) &&
      llvm::all_of(op.getPadHigh(), isZero))
    return op.getInput();
  return {};
}

OpFoldResult MaxPoolOp::fold(FoldAdaptor) { return foldPool(*this); }
OpFoldResult AveragePoolOp::fold(FoldAdaptor) { return foldPool(*this); }

/// Nothing to reduce: each spatial dimension is of size 1 already.
template <typename Pool> static OpFoldResult foldGlobalPool(Pool op) {
  RankedTensorType type = op.getInput().getType();
  if (type == op.getResult().getType() &&
      llvm::all_of(type.getShape().drop_front(2),
                   [](int64_t size) { return size == 1; }))
    return op.getInput();
  return {};
}

OpFoldResult GlobalAveragePoolOp::fold(FoldAdaptor) {
  return foldGlobalPool(*this);
}
OpFoldResult GlobalMaxPoolOp::fold(FoldAdaptor) {
  return foldGlobalPool(*this);
}

/// A dimension of scale 1 that keeps its size stays as it is, unless a part of
/// it is cut out.
OpFoldResult ResizeOp::fold(FoldAdaptor) {
  RankedTensorType type = getInput().getType();
  if (type.hasStaticShape() && type == getResult().getType() &&
      llvm::all_of(getScales(), [](double s) { return s == 1; }) &&
      getCoordinates() != Coordinates::TfCropAndResize)
    return getInput();
  return {};
}
