//===- Folds.cpp - Folds and canonical forms ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "kiln/Dialect/NN/IR/NN.h"

#include "mlir/IR/Matchers.h"
#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace kiln::nn;

/// relu(relu(x)) is relu(x).
OpFoldResult ReluOp::fold(FoldAdaptor) {
  if (getInput().getDefiningOp<ReluOp>())
    return getInput();
  return {};
}

/// A range within which the producer's values lie already has no effect.
OpFoldResult ClipOp::fold(FoldAdaptor) {
  auto inner = getInput().getDefiningOp<ClipOp>();
  if (inner && inner.getMinimum() >= getMinimum() &&
      inner.getMaximum() <= getMaximum())
    return getInput();
  return {};
}

OpFoldResult ChannelAffineOp::fold(FoldAdaptor) {
  bool isIdentity = llvm::all_of(getScale(), [](double s) { return s == 1; }) &&
                    llvm::all_of(getShift(), [](double s) { return s == 0; });
  return isIdentity ? OpFoldResult(getInput()) : OpFoldResult();
}

OpFoldResult ChannelShuffleOp::fold(FoldAdaptor) {
  auto groups = static_cast<int64_t>(getGroups());
  // One group, or groups of one channel: the channels stay where they are.
  if (groups == 1 || groups == getInput().getType().getDimSize(1))
    return getInput();
  return {};
}

namespace {
/// Draws a `tensor.pad` of zeros over spatial dimensions into the
/// convolution's own padding (F2: zero value, not negative, spatial only).
struct FoldPadIntoConv final : OpRewritePattern<ConvOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(ConvOp op,
                                PatternRewriter &rewriter) const override {
    auto pad = op.getInput().getDefiningOp<tensor::PadOp>();
    if (!pad)
      return rewriter.notifyMatchFailure(op, "input is not padded");
    Value value = pad.getConstantPaddingValue();
    if (!value || !matchPattern(value, m_PosZeroFloat()))
      return rewriter.notifyMatchFailure(op, "padding is not zero");
    if (!pad.getLow().empty() || !pad.getHigh().empty())
      return rewriter.notifyMatchFailure(op, "padding is not static");
    ArrayRef<int64_t> low = pad.getStaticLow(), high = pad.getStaticHigh();
    auto negative = [](int64_t v) { return v < 0; };
    if (llvm::any_of(low, negative) || llvm::any_of(high, negative))
      return rewriter.notifyMatchFailure(op, "padding crops");
    if (low[0] || low[1] || high[0] || high[1])
      return rewriter.notifyMatchFailure(op, "pads the batch or the channels");

    SmallVector<int64_t> padLow(op.getPadLow()), padHigh(op.getPadHigh());
    for (size_t i = 0; i < padLow.size(); ++i) {
      padLow[i] += low[i + 2];
      padHigh[i] += high[i + 2];
    }
    rewriter.modifyOpInPlace(op, [&] {
      op.getInputMutable().assign(pad.getSource());
      op.setPadLow(padLow);
      op.setPadHigh(padHigh);
    });
    return success();
  }
};
} // namespace

void ConvOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                         MLIRContext *context) {
  patterns.add<FoldPadIntoConv>(context);
}
