//===- SetMode.cpp - One mode for all batch normalisations ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Ledger.h"
#include "kiln/Dialect/NN/Transforms/Passes.h"
#include "kiln/Support/Diagnostics.h"
#include "kiln/Support/Names.h"

namespace kiln::nn {
#define GEN_PASS_DEF_NNSETMODE
#include "kiln/Dialect/NN/Transforms/Passes.h.inc"
} // namespace kiln::nn

using namespace mlir;
using namespace kiln;
using namespace kiln::nn;

/// PyTorch's default, as the weight of the new batch.
static constexpr double kDefaultMomentum = 0.1;

static void warnOfTraining(BatchNormTrainingOp op) {
  InFlightDiagnostic warning =
      kiln::emitWarning(op.getLoc(), ErrorCode::TrainingMode)
      << "batch normalisation '" << escapeName(layerName(op))
      << "' is in training mode: its result depends "
         "on the whole batch, and it is never folded";
  if (op.getTracksStatistics())
    warning << "; --mode=eval uses its running statistics";
}

static void toInference(BatchNormTrainingOp op) {
  OpBuilder builder(op);
  auto inference = BatchNormInferenceOp::create(
      builder, op.getLoc(), op.getResult().getType(), op.getInput(),
      op.getScale(), op.getOffset(), op.getRunningMean(),
      op.getRunningVariance(), op.getEpsilonAttr());
  if (!op.getMean().use_empty() || !op.getVariance().use_empty())
    mlir::emitWarning(op.getLoc())
        << "batch normalisation '" << escapeName(layerName(op))
        << "': its updated statistics are used, and in eval mode they are the "
           "running ones, unchanged";
  op->replaceAllUsesWith(ValueRange{inference.getResult(), op.getRunningMean(),
                                    op.getRunningVariance()});
  setLedgerEntries(inference, ledgerEntries(op));
  op->erase();
}

static void toTraining(BatchNormInferenceOp op) {
  OpBuilder builder(op);
  Type statistics = op.getMean().getType();
  auto training = BatchNormTrainingOp::create(
      builder, op.getLoc(), op.getResult().getType(), statistics, statistics,
      op.getInput(), op.getScale(), op.getOffset(), op.getMean(),
      op.getVariance(), /*batches_tracked=*/Value(), op.getEpsilonAttr(),
      builder.getF64FloatAttr(kDefaultMomentum),
      /*tracks_statistics=*/builder.getUnitAttr(),
      /*unbiased_variance=*/UnitAttr());
  setLedgerEntries(training, ledgerEntries(op));
  op.getResult().replaceAllUsesWith(training.getResult());
  op->erase();
}

namespace {
class SetMode final : public kiln::nn::impl::NNSetModeBase<SetMode> {
  using NNSetModeBase::NNSetModeBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    if (mode == Mode::Train && module->hasAttr(kFoldedAttrName)) {
      emitError(module.getLoc(), ErrorCode::AlreadyFolded)
          << "the net's batch normalisations are folded into its weights, so "
             "it has no training mode; start again from the original file";
      return signalPassFailure();
    }
    module.walk([&](Operation *op) {
      if (auto training = dyn_cast<BatchNormTrainingOp>(op)) {
        if (mode == Mode::Keep)
          warnOfTraining(training);
        // Without running statistics there is nothing to infer with.
        if (mode == Mode::Eval && training.getTracksStatistics()) {
          toInference(training);
          ++numToInference;
        }
      } else if (auto inference = dyn_cast<BatchNormInferenceOp>(op);
                 inference && mode == Mode::Train) {
        toTraining(inference);
        ++numToTraining;
      }
    });
  }
};
} // namespace
