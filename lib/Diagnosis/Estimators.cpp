//===- Estimators.cpp - Statistics for inference, from batches ---*- C++ -*-===//
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "kiln/Diagnosis/Estimators.h"

#include "llvm/ADT/STLExtras.h"

#include <cassert>
#include <cmath>

namespace kiln {

static double varianceOf(const Moments &moments, VarianceForm form) {
  return form == VarianceForm::Unbiased ? moments.unbiasedVariance()
                                        : moments.variance();
}

void StatisticsEstimator::addToAverage(const std::vector<Moments> &batch) {
  double weight = options.weight == BatchWeight::Equal
                      ? 1.0
                      : static_cast<double>(batch[0].count);
  average.mean.resize(batch.size());
  average.variance.resize(batch.size());
  weightSum += weight;
  double share = weight / weightSum;
  for (auto [c, moments] : llvm::enumerate(batch)) {
    double variance = varianceOf(moments, options.variance);
    average.mean[c] += share * (moments.mean - average.mean[c]);
    average.variance[c] += share * (variance - average.variance[c]);
  }
}

Result<void> StatisticsEstimator::addBatch(const ImageMoments &batch) {
  std::vector<Moments> merged = batch.merge();
  assert(merged.size() == pooled.size() && "a batch of another layer");
  if (merged.empty() || merged[0].count == 0)
    return {};
  if (!llvm::all_of(merged, [](const Moments &m) {
        return std::isfinite(m.mean) && std::isfinite(m.m2);
      }))
    return Error{ErrorCode::BadStatistics,
                 "the layer's input is infinite or NaN in batch " +
                     std::to_string(batchCount)};
  if (options.estimator == Estimator::Average &&
      options.variance == VarianceForm::Unbiased && merged[0].count == 1)
    return Error{ErrorCode::BadStatistics,
                 "batch " + std::to_string(batchCount) +
                     " has one element a channel, and n / (n - 1) is not "
                     "defined; take larger batches"};
  ++batchCount;
  imageTotal += batch.images;
  for (auto [all, moments] : llvm::zip_equal(pooled, merged))
    all.merge(moments);
  if (options.estimator == Estimator::Average)
    addToAverage(merged);
  return {};
}

Result<Statistics> StatisticsEstimator::estimate() const {
  if (batchCount == 0)
    return Error{ErrorCode::BadStatistics,
                 "there is no image to estimate from"};
  if (options.estimator == Estimator::Average)
    return average;
  if (options.variance == VarianceForm::Unbiased && elements() == 1)
    return Error{ErrorCode::BadStatistics,
                 "one element a channel has no unbiased variance"};
  Statistics statistics;
  for (const Moments &moments : pooled) {
    statistics.mean.push_back(moments.mean);
    statistics.variance.push_back(varianceOf(moments, options.variance));
  }
  return statistics;
}

} // namespace kiln
