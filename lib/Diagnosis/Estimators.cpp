//===- Estimators.cpp - Statistics for inference, from batches ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "kiln/Diagnosis/Estimators.h"

#include <algorithm>
#include <cmath>

namespace kiln {

static bool areFinite(const std::vector<double> &values) {
  return std::ranges::all_of(values, [](double v) { return std::isfinite(v); });
}

void StatisticsEstimator::addToAverage(const ChannelMoments &batch) {
  std::vector<double> variance = options.variance == VarianceForm::Unbiased
                                     ? batch.unbiasedVariance()
                                     : batch.biasedVariance();
  double weight = options.weight == BatchWeight::Equal
                      ? 1.0
                      : static_cast<double>(batch.count);
  average.mean.resize(channels);
  average.variance.resize(channels);
  weightSum += weight;
  double share = weight / weightSum;
  for (size_t c = 0; c < channels; ++c) {
    average.mean[c] += share * (batch.mean[c] - average.mean[c]);
    average.variance[c] += share * (variance[c] - average.variance[c]);
  }
}

Result<void> StatisticsEstimator::addBatch(const ImageMoments &batch) {
  ChannelMoments merged = mergeImages(batch, channels);
  if (merged.count == 0)
    return {};
  if (!areFinite(merged.mean) || !areFinite(merged.m2))
    return Error{ErrorCode::BadStatistics,
                 "the layer's input is infinite or NaN in batch " +
                     std::to_string(batchCount)};
  if (options.estimator == Estimator::Average &&
      options.variance == VarianceForm::Unbiased && merged.count == 1)
    return Error{ErrorCode::BadStatistics,
                 "batch " + std::to_string(batchCount) +
                     " has one element a channel, and n / (n - 1) is not "
                     "defined; take larger batches"};
  ++batchCount;
  imageTotal += imageCount(batch, channels);
  ImageMoments means{1, batch.mean, std::vector<double>(batch.mean.size())};
  ChannelMoments between = mergeImages(means, channels);
  imageMeans.add(between.count, between.mean, between.m2);
  pooled.add(merged.count, merged.mean, merged.m2);
  if (options.estimator == Estimator::Average)
    addToAverage(merged);
  return {};
}

std::vector<double> StatisticsEstimator::standardErrors() const {
  std::vector<double> between = imageMeans.unbiasedVariance(),
                      within = pooled.biasedVariance(), errors;
  auto images = static_cast<double>(imageMeans.count);
  for (size_t c = 0; c < within.size(); ++c)
    errors.push_back(imageMeans.count < 2 ? INFINITY
                     : between[c] == 0
                         ? 0
                         : std::sqrt(between[c] / images / within[c]));
  return errors;
}

Result<Statistics> StatisticsEstimator::estimate() const {
  if (batchCount == 0)
    return Error{ErrorCode::BadStatistics,
                 "there is no image to estimate from"};
  if (options.estimator == Estimator::Average)
    return average;
  if (options.variance == VarianceForm::Biased)
    return Statistics{pooled.mean, pooled.biasedVariance()};
  if (pooled.count == 1)
    return Error{ErrorCode::BadStatistics,
                 "one element a channel has no unbiased variance"};
  return Statistics{pooled.mean, pooled.unbiasedVariance()};
}

} // namespace kiln
