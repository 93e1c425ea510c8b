//===- Estimators.h - Statistics for inference, from batches ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Two estimators of what batch normalisation is to use in inference. For
// batches b of n_b elements a channel, with mean m_b and sum of squared
// distances M_b:
//
//   average   mean = sum w_b m_b,  variance = sum w_b M_b / (n_b - 1)
//             with w_b = n_b / sum n (by size) or 1 / number of batches (equal;
//             torch.optim.swa_utils.update_bn)
//   pooled    mean = sum n_b m_b / n,  variance = sum (M_b + n_b
//   (m_b-mean)^2)/n
//             the mean of variances and the variance of means, as one batch of
//             all images has them (Wu and Johnson, "Rethinking 'Batch' in
//             BatchNorm", 2021, section 3)
//
// Either variance can be had biased or unbiased.
//===----------------------------------------------------------------------===//

#ifndef KILN_DIAGNOSIS_ESTIMATORS_H
#define KILN_DIAGNOSIS_ESTIMATORS_H

#include "kiln/Diagnosis/Moments.h"
#include "kiln/Support/Result.h"

namespace kiln {

enum class Estimator { Average, Pooled };
enum class BatchWeight { BySize, Equal };
/// Squared distances over n, or over n - 1: of each batch (average), or of all
/// elements together (pooled).
enum class VarianceForm { Biased, Unbiased };

struct EstimatorOptions {
  Estimator estimator = Estimator::Pooled;
  BatchWeight weight = BatchWeight::BySize; ///< average only
  VarianceForm variance = VarianceForm::Biased;
};

/// What a normalisation uses, for each channel.
struct Statistics {
  std::vector<double> mean, variance;
};

/// Takes batches one by one; all arithmetic is in f64 and in the order given.
class StatisticsEstimator {
public:
  StatisticsEstimator(const EstimatorOptions &options, size_t channels)
      : options(options), channels(channels) {}

  /// One batch as the layer saw it. Fails (K0400) on moments that are not
  /// finite, and where n - 1 is 0 and the form asks to divide by it.
  Result<void> addBatch(const ImageMoments &batch);

  /// Fails (K0400) without a batch.
  Result<Statistics> estimate() const;

  /// How uncertain each mean is: its standard error in standard deviations of
  /// the layer's input. It counts images and not elements, because elements of
  /// one image are alike: the deviation of the images' means, over the root of
  /// their number. Infinite for a single image.
  std::vector<double> standardErrors() const;

  size_t batches() const { return batchCount; }
  size_t images() const { return imageTotal; }
  /// Elements a channel.
  int64_t elements() const { return pooled.count; }

private:
  void addToAverage(const ChannelMoments &batch);

  EstimatorOptions options;
  size_t channels;
  size_t batchCount = 0, imageTotal = 0;
  ChannelMoments pooled, imageMeans;
  Statistics average;
  double weightSum = 0;
};

} // namespace kiln

#endif // KILN_DIAGNOSIS_ESTIMATORS_H
