//===- Canonicalize.cpp - Canonical forms ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Window.h"
#include "kiln/Dialect/NN/IR/NN.h"

#include "mlir/IR/Matchers.h"
#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace kiln::nn;

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
    if (pad.getNofold() || !pad.getSourceType().hasStaticShape())
      return rewriter.notifyMatchFailure(op, "padding must stay, or its "
                                             "source's shape is not static");
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
    if (!allWithin(padLow, 0) || !allWithin(padHigh, 0))
      return rewriter.notifyMatchFailure(op, "padding is too large");
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
