//===- LayerStatistics.cpp - What a layer sees of all images ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LayerStatistics.h"

#include "StudentT.h"

#include <algorithm>
#include <cmath>

namespace kiln {

LayerStatistics::LayerStatistics(const NormLayer &layer)
    : layer(&layer), joints(static_cast<size_t>(layer.channels)),
      batchVariances(static_cast<size_t>(layer.channels)) {}

/// Welford's update of means and products, over images.
void LayerStatistics::addImage(size_t channel, double a, double b) {
  Joint &joint = joints[channel];
  auto n = static_cast<double>(images);
  double fromA = a - joint.meanA, fromB = b - joint.meanB;
  joint.meanA += fromA / n;
  joint.meanB += fromB / n;
  joint.aa += fromA * (a - joint.meanA);
  joint.ab += fromA * (b - joint.meanB);
  joint.bb += fromB * (b - joint.meanB);
}

void LayerStatistics::addBatch(const ImageMoments &batch) {
  auto channels = static_cast<size_t>(layer->channels);
  ChannelMoments merged = mergeImages(batch, channels);
  std::vector<double> variances = merged.unbiasedVariance();
  for (size_t c = 0; c < channels; ++c)
    batchVariances[c] += variances[c];
  ++batches;
  for (size_t i = 0, e = imageCount(batch, channels); i < e; ++i) {
    ++images;
    for (size_t c = 0; c < channels; ++c) {
      size_t at = i * channels + c;
      double origin = layer->tracks ? layer->runningMean[c] : 0;
      double a = batch.mean[at] - origin;
      addImage(c, a, batch.m2[at] / static_cast<double>(batch.count) + a * a);
    }
  }
  all.add(merged.count, merged.mean, merged.m2);
}

std::vector<double> LayerStatistics::meanBatchVariance() const {
  std::vector<double> means = batchVariances;
  for (double &value : means)
    value /= static_cast<double>(std::max<int64_t>(batches, 1));
  return means;
}

std::vector<double> LayerStatistics::varianceBetweenImages() const {
  std::vector<double> variances;
  for (const Joint &joint : joints)
    variances.push_back(
        images < 2 ? 0 : joint.aa / static_cast<double>(images - 1));
  return variances;
}

/// The variance is E[b] - E[a]^2; to first order its error over images is that
/// of b - 2 E[a] a (the delta method).
ChannelComparison LayerStatistics::compareChannel(size_t c,
                                                  double quantile) const {
  const Joint &joint = joints[c];
  double running = layer->runningVariance[c] + layer->epsilon;
  auto n = static_cast<double>(images);
  ChannelComparison result;
  result.batchMean = all.mean[c];
  result.batchVariance = all.m2[c] / static_cast<double>(all.count);
  // Negative or zero variances, which a file can hold, give no distance.
  if (!(running > 0))
    return result;
  double measured = result.batchVariance + layer->epsilon;
  result.distance =
      (result.batchMean - layer->runningMean[c]) / std::sqrt(running);
  result.ratio = measured / running;
  double ofMean = joint.aa / (n - 1) / n;
  double shift = joint.meanA;
  double ofVariance =
      (joint.bb - 4 * shift * joint.ab + 4 * shift * shift * joint.aa) /
      (n - 1) / n;
  result.distanceMargin = quantile * std::sqrt(std::max(ofMean, 0.0) / running);
  result.logRatioMargin =
      quantile * std::sqrt(std::max(ofVariance, 0.0)) / measured;
  result.isAlarm =
      std::abs(result.distance) - result.distanceMargin > kAlarmDistance ||
      std::abs(std::log(result.ratio)) - result.logRatioMargin >
          std::log(kAlarmRatio);
  return result;
}

LayerComparison LayerStatistics::compare(double level) const {
  LayerComparison comparison;
  if (!layer->tracks || images < 2)
    return comparison;
  double quantile = twoSidedQuantile(level, images - 1);
  for (size_t c = 0; c < joints.size(); ++c) {
    comparison.channels.push_back(compareChannel(c, quantile));
    comparison.alarms += comparison.channels.back().isAlarm;
  }
  comparison.isAlarm = comparison.alarms > 0 &&
                       static_cast<double>(comparison.alarms) >=
                           kAlarmShare * static_cast<double>(joints.size());
  return comparison;
}

} // namespace kiln
