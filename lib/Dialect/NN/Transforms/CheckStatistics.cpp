//===- CheckStatistics.cpp - Statistics that make no function ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "BatchNormConstants.h"
#include "Ledger.h"
#include "kiln/Dialect/NN/Transforms/Passes.h"
#include "kiln/Dialect/NN/Utils/Constants.h"
#include "kiln/Support/Diagnostics.h"
#include "kiln/Support/Names.h"

namespace kiln::nn {
#define GEN_PASS_DEF_NNCHECKSTATISTICS
#include "kiln/Dialect/NN/Transforms/Passes.h.inc"
} // namespace kiln::nn

using namespace mlir;
using namespace kiln;
using namespace kiln::nn;

/// Layers that a warning names.
static constexpr size_t kMostNames = 3;

namespace {
/// A layer that tracks statistics, which are constants.
struct Tracked {
  Operation *op;
  SmallVector<double> mean, variance;
};
} // namespace

static std::optional<Tracked> readTracked(Operation *op) {
  Value mean, variance;
  if (auto inference = dyn_cast<BatchNormInferenceOp>(op)) {
    mean = inference.getMean();
    variance = inference.getVariance();
  } else if (auto training = dyn_cast<BatchNormTrainingOp>(op);
             training && training.getTracksStatistics()) {
    mean = training.getRunningMean();
    variance = training.getRunningVariance();
  }
  if (!mean)
    return std::nullopt;
  std::optional<SmallVector<double>> means = readAsF64(mean),
                                     variances = readAsF64(variance);
  if (!means || !variances)
    return std::nullopt;
  return Tracked{op, std::move(*means), std::move(*variances)};
}

/// As a layer's statistics are before any training.
static bool isFresh(const Tracked &layer) {
  auto isAll = [](ArrayRef<double> values, double value) {
    return llvm::all_of(values, [=](double each) { return each == value; });
  };
  return !layer.mean.empty() && isAll(layer.mean, 0) &&
         isAll(layer.variance, 1);
}

static void warnOfFresh(ArrayRef<Tracked> layers) {
  SmallVector<Operation *> fresh;
  for (const Tracked &layer : layers)
    if (isFresh(layer))
      fresh.push_back(layer.op);
  if (fresh.empty())
    return;
  InFlightDiagnostic warning = kiln::emitWarning(
      fresh.front()->getLoc(), ErrorCode::SuspiciousStatistics);
  warning << fresh.size() << " of " << layers.size()
          << " batch normalisations (";
  for (auto [i, op] : llvm::enumerate(ArrayRef(fresh).take_front(kMostNames)))
    warning << (i ? ", '" : "'") << escapeName(layerName(op)) << "'";
  warning << (fresh.size() > kMostNames ? ", ...)" : ")")
          << ": the running statistics are 0 and 1 in every channel, as before "
             "any training; was the net trained, and exported with them?";
}

static void warnOfVariances(const Tracked &layer) {
  auto warn = [&](function_ref<bool(double)> isOdd, StringRef what,
                  StringRef then) {
    auto first = llvm::find_if(layer.variance, isOdd);
    if (first == layer.variance.end())
      return;
    kiln::emitWarning(layer.op->getLoc(), ErrorCode::SuspiciousStatistics)
        << "batch normalisation '" << escapeName(layerName(layer.op))
        << "': the running variance is " << what << " in "
        << llvm::count_if(layer.variance, isOdd) << " of "
        << layer.variance.size() << " channels (the first is channel "
        << first - layer.variance.begin() << "); " << then;
  };
  warn([](double variance) { return variance == 0; }, "0",
       "whatever came in there in training was constant, and anything else is "
       "divided by the root of epsilon alone");
  // In inference that is an error.
  if (isa<BatchNormTrainingOp>(layer.op))
    warn([](double variance) { return !(variance >= 0); },
         "negative or not a number", "eval mode would refuse the net");
}

namespace {
struct CheckStatistics final
    : kiln::nn::impl::NNCheckStatisticsBase<CheckStatistics> {
  void runOnOperation() override {
    bool isBad = false;
    getOperation().walk([&](BatchNormInferenceOp op) {
      std::optional<BatchNormConstants> constants = readBatchNormConstants(op);
      isBad |= constants && failed(checkStatistics(op, *constants));
    });
    if (isBad)
      return signalPassFailure();
    SmallVector<Tracked> layers;
    getOperation().walk([&](Operation *op) {
      if (std::optional<Tracked> layer = readTracked(op))
        layers.push_back(std::move(*layer));
    });
    warnOfFresh(layers);
    llvm::for_each(layers, warnOfVariances);
  }
};
} // namespace
