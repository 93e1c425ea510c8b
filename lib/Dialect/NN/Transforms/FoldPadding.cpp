//===- FoldPadding.cpp - Zero padding into convolutions ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "kiln/Dialect/NN/Transforms/Passes.h"

#include "mlir/Transforms/WalkPatternRewriteDriver.h"

namespace kiln::nn {
#define GEN_PASS_DEF_NNFOLDPADDING
#include "kiln/Dialect/NN/Transforms/Passes.h.inc"
} // namespace kiln::nn

using namespace mlir;
using namespace kiln::nn;

namespace {
class FoldPadding final
    : public kiln::nn::impl::NNFoldPaddingBase<FoldPadding> {
  FrozenRewritePatternSet patterns;

  LogicalResult initialize(MLIRContext *context) override {
    RewritePatternSet set(context);
    ConvOp::getCanonicalizationPatterns(set, context);
    patterns = std::move(set);
    return success();
  }

  void runOnOperation() override {
    // No folds beside: an identity batch normalisation must reach the ledger.
    walkAndApplyPatterns(getOperation(), patterns);
    getOperation().walk([](tensor::PadOp pad) {
      if (!pad->use_empty())
        return;
      // A constant inside the body goes with it.
      Value value = pad.getConstantPaddingValue();
      auto outside = value ? value.getDefiningOp<arith::ConstantOp>()
                           : arith::ConstantOp();
      if (outside && pad->isProperAncestor(outside))
        outside = {};
      pad.erase();
      if (outside && outside->use_empty())
        outside.erase();
    });
  }
};
} // namespace
