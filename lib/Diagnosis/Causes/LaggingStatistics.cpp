//===- LaggingStatistics.cpp - Running statistics that lag behind ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// A running average that starts at 0 and 1 and has not run long enough for its
// momentum m is, after k batches, mean = (1 - r) M and variance = r + (1 - r) V
// with r = (1 - m)^k, the same in all channels of the net. r is fitted by least
// squares, each difference relative to the greatest of the numbers in it: so no
// channel weighs more than another, a nearly constant one in particular.
//===----------------------------------------------------------------------===//

#include "../Causes.h"

#include <algorithm>
#include <cmath>

namespace kiln {

namespace {
/// Sums for one unknown: minimise sum (d - r x)^2.
struct Fit {
  double dd = 0, dx = 0, xx = 0;
  void add(double d, double x) {
    dd += d * d;
    dx += d * x;
    xx += x * x;
  }
  double slope() const { return xx > 0 ? dx / xx : 0; }
  /// Share of the squares that the fit explains.
  double explained() const {
    return dd > 0 && xx > 0 ? dx * dx / (dd * xx) : 0;
  }
};
} // namespace

static Fit fitLag(const Diagnosis &diagnosis) {
  Fit fit;
  for (const LayerDiagnosis &layer : diagnosis.layers) {
    if (!layer.layer.tracks)
      continue;
    for (size_t c = 0; c < layer.afterBatch.channels.size(); ++c) {
      if (std::ranges::count(layer.deadChannels, static_cast<int64_t>(c)))
        continue;
      const ChannelComparison &channel = layer.afterBatch.channels[c];
      double mean = channel.batchMean, variance = channel.batchVariance;
      double runningMean = layer.layer.runningMean[c],
             runningVariance = layer.layer.runningVariance[c];
      double spread = std::max(variance, runningVariance);
      double deviation = std::sqrt(spread + layer.layer.epsilon);
      double ofMeans =
          std::max({deviation, std::abs(mean), std::abs(runningMean)});
      double ofVariances = std::max(spread, 1.0);
      fit.add((mean - runningMean) / ofMeans, mean / ofMeans);
      fit.add((runningVariance - variance) / ofVariances,
              (1 - variance) / ofVariances);
    }
  }
  return fit;
}

std::optional<Cause> findLaggingStatistics(const Diagnosis &diagnosis) {
  if (diagnosis.firstAfterBatch < 0)
    return std::nullopt;
  Fit fit = fitLag(diagnosis);
  double rest = fit.slope();
  // Written so that NaN, as of an infinite statistic, names nothing.
  if (!(rest >= 0.03 && rest <= 0.97 && fit.explained() >= 0.9))
    return std::nullopt;
  return Cause{
      "momentum", "Running statistics lag behind",
      "Running means and variances lie " + shortNumber(100 * (1 - rest)) +
          " % of the way from their start (0 and 1) to those of the data, in "
          "all layers alike (this explains " +
          shortNumber(100 * fit.explained()) +
          " % of the differences): the running average has not come to its "
          "end. The momentum is too small for the number of batches, or its "
          "direction was mistaken: 0.1 in PyTorch is 0.9 in ONNX and Keras.",
      "Raise the momentum, use a cumulative average (momentum=None), or train "
      "longer; for these weights, estimate the statistics with kiln "
      "recalibrate.",
      0.9};
}

} // namespace kiln
