//===- LayerComparison.cpp - Statistics before and after ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LayerComparison.h"

#include "kiln/Support/Names.h"

#include <algorithm>
#include <cmath>

namespace kiln {

LayerChange compareLayer(const NormLayer &layer, Statistics after,
                         const std::vector<double> &standardErrors) {
  LayerChange change;
  change.name = layer.name;
  change.channels = layer.channels;
  change.tracks = layer.tracks;
  if (!layer.tracks)
    return change;
  change.before = {layer.runningMean, layer.runningVariance};
  change.after = std::move(after);
  const auto &[oldMean, oldVariance] = change.before;
  const auto &[newMean, newVariance] = change.after;
  std::vector<double> ratios;
  double squares = 0;
  size_t uncertain = 0;
  for (size_t c = 0; c < newMean.size(); ++c) {
    double divisor = newVariance[c] + layer.epsilon;
    double shift = std::abs(newMean[c] - oldMean[c]) / std::sqrt(divisor);
    squares += shift * shift;
    change.greatestShift = std::max(change.greatestShift, shift);
    ratios.push_back(divisor / (oldVariance[c] + layer.epsilon));
    uncertain += standardErrors[c] > kUncertainMean;
    change.constantChannels += newVariance[c] == 0;
  }
  auto channels = static_cast<double>(newMean.size());
  change.rmsShift = std::sqrt(squares / channels);
  change.uncertainShare = static_cast<double>(uncertain) / channels;
  std::ranges::sort(ratios);
  change.leastRatio = ratios.front();
  change.medianRatio = ratios[ratios.size() / 2];
  change.greatestRatio = ratios.back();
  return change;
}

static std::string count(int64_t number, const std::string &noun) {
  return std::to_string(number) + " " + noun + (number == 1 ? "" : "s");
}

/// The worst layer in words, where a tenth of its channels is uncertain.
static void warnOfFewImages(RecalibrationReport &report) {
  auto worst =
      std::ranges::max_element(report.layers, {}, &LayerChange::uncertainShare);
  constexpr double kShare = 0.1;
  if (worst == report.layers.end() || worst->uncertainShare <= kShare)
    return;
  int percent = static_cast<int>(std::lround(100 * worst->uncertainShare));
  report.warnings.push_back(
      count(report.images, "image") +
      (report.adapt ? " of the other domain are too few: the means of "
                    : " are too few: the means of ") +
      std::to_string(percent) + " % of the channels of '" +
      escapeName(worst->name) +
      "' have a standard error of more than a tenth of a standard deviation; "
      "give more images");
}

/// A batch of B images lacks 1/B of the variance between images, and what
/// follows a layer sees it normalised so.
static void warnOfSmallBatches(RecalibrationReport &report) {
  constexpr int64_t kSmall = 16;
  if (report.order == StatisticsOrder::OnePass && report.batch < kSmall)
    report.warnings.push_back(
        "layers normalise by batches of " + count(report.batch, "image") +
        " while the statistics of those behind them are gathered; larger "
        "batches, or --order=layer-by-layer, give what evaluation sees");
}

void addWarnings(RecalibrationReport &report) {
  warnOfFewImages(report);
  warnOfSmallBatches(report);
  for (const LayerChange &layer : report.layers)
    if (layer.tracks && layer.constantChannels > 0)
      report.warnings.push_back(
          "'" + escapeName(layer.name) +
          "': " + count(layer.constantChannels, "channel") +
          " of one value in all of the data; with a variance of 0 the layer "
          "enlarges any other input by 1 / sqrt(epsilon)");
  for (const LayerChange &layer : report.layers)
    if (!layer.tracks)
      report.warnings.push_back(
          "'" + escapeName(layer.name) +
          "' has no statistics that are constants of the file and was left "
          "as it is");
  if (report.unusedImages > 0)
    report.warnings.push_back(count(report.unusedImages, "image") +
                              " left over from full batches were not used");
}

} // namespace kiln
