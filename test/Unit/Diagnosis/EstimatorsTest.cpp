//===- EstimatorsTest.cpp - Statistics against brute force ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "kiln/Diagnosis/Estimators.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

using namespace kiln;

namespace {

constexpr size_t kChannels = 3;

/// Elements [images x channels x positions] of one batch.
struct Batch {
  size_t images, positions;
  std::vector<double> elements;

  double at(size_t image, size_t channel, size_t position) const {
    return elements[(image * kChannels + channel) * positions + position];
  }
  std::vector<double> ofChannel(size_t channel) const {
    std::vector<double> all;
    for (size_t i = 0; i < images; ++i)
      for (size_t p = 0; p < positions; ++p)
        all.push_back(at(i, channel, p));
    return all;
  }
  /// Of each image by itself.
  ImageMoments moments() const {
    ImageMoments result;
    result.count = static_cast<int64_t>(positions);
    for (size_t i = 0; i < images; ++i)
      for (size_t c = 0; c < kChannels; ++c) {
        double sum = 0, squares = 0;
        for (size_t p = 0; p < positions; ++p)
          sum += at(i, c, p);
        double mean = sum / static_cast<double>(positions);
        for (size_t p = 0; p < positions; ++p)
          squares += (at(i, c, p) - mean) * (at(i, c, p) - mean);
        result.mean.push_back(mean);
        result.m2.push_back(squares);
      }
    return result;
  }
};

/// Channels of different means and deviations; each image has a mean of its
/// own, so that variances within and between images both count.
Batch randomBatch(std::mt19937 &random, size_t images, size_t positions) {
  std::normal_distribution<double> normal;
  Batch batch{images, positions, {}};
  for (size_t i = 0; i < images; ++i)
    for (size_t c = 0; c < kChannels; ++c) {
      double mean = 3.0 * static_cast<double>(c) - 2.0 + normal(random);
      for (size_t p = 0; p < positions; ++p)
        batch.elements.push_back(mean + (0.5 + static_cast<double>(c)) *
                                            normal(random));
    }
  return batch;
}

struct MeanAndSquares {
  long double mean = 0, squares = 0;
};

MeanAndSquares bruteForce(const std::vector<double> &elements) {
  MeanAndSquares result;
  for (double e : elements)
    result.mean += e;
  result.mean /= static_cast<long double>(elements.size());
  for (double e : elements)
    result.squares += (e - result.mean) * (e - result.mean);
  return result;
}

std::vector<Batch> unequalBatches(unsigned seed) {
  std::mt19937 random(seed);
  std::vector<Batch> batches;
  for (size_t images : {4, 7, 1, 5})
    batches.push_back(randomBatch(random, images, 6));
  return batches;
}

Statistics estimated(const EstimatorOptions &options,
                     const std::vector<Batch> &batches) {
  StatisticsEstimator estimator(options, kChannels);
  for (const Batch &batch : batches)
    EXPECT_TRUE(bool(estimator.addBatch(batch.moments())));
  Result<Statistics> result = estimator.estimate();
  EXPECT_TRUE(bool(result));
  return result ? *result : Statistics{};
}

void expectNear(double actual, long double expected) {
  EXPECT_NEAR(actual, static_cast<double>(expected),
              1e-13 * (1 + std::abs(static_cast<double>(expected))));
}

TEST(Moments, MergedImagesAreOneSet) {
  std::mt19937 random(11);
  Batch batch = randomBatch(random, 9, 5);
  ChannelMoments merged = mergeImages(batch.moments(), kChannels);
  EXPECT_EQ(merged.count, 45);
  for (size_t c = 0; c < kChannels; ++c) {
    MeanAndSquares exact = bruteForce(batch.ofChannel(c));
    expectNear(merged.mean[c], exact.mean);
    expectNear(merged.m2[c], exact.squares);
  }
}

TEST(Moments, PartOfTheImages) {
  std::mt19937 random(12);
  Batch batch = randomBatch(random, 6, 4);
  Batch part{2, 4, {}};
  part.elements.assign(batch.elements.begin() + 3 * kChannels * 4,
                       batch.elements.begin() + 5 * kChannels * 4);
  ChannelMoments merged = mergeImages(batch.moments(), kChannels, 3, 2);
  for (size_t c = 0; c < kChannels; ++c)
    expectNear(merged.m2[c], bruteForce(part.ofChannel(c)).squares);
}

/// E[x^2] - E[x]^2 would have no digit left.
TEST(Moments, LargeMeanKeepsItsVariance) {
  ChannelMoments merged;
  double a = 1e8, b = 1e8 + 1e-2, zero = 0;
  for (int i = 0; i < 500; ++i) {
    merged.add(1, {&a, 1}, {&zero, 1});
    merged.add(1, {&b, 1}, {&zero, 1});
  }
  double half = (b - a) / 2; // as stored
  EXPECT_NEAR(merged.biasedVariance()[0] / (half * half), 1.0, 1e-6);
}

TEST(Estimators, PooledIsOneBatchOfAllImages) {
  std::vector<Batch> batches = unequalBatches(21);
  for (VarianceForm form : {VarianceForm::Biased, VarianceForm::Unbiased}) {
    Statistics statistics =
        estimated({Estimator::Pooled, BatchWeight::BySize, form}, batches);
    for (size_t c = 0; c < kChannels; ++c) {
      std::vector<double> all;
      for (const Batch &batch : batches)
        for (double e : batch.ofChannel(c))
          all.push_back(e);
      MeanAndSquares exact = bruteForce(all);
      auto n = static_cast<long double>(all.size());
      expectNear(statistics.mean[c], exact.mean);
      expectNear(statistics.variance[c],
                 exact.squares / (form == VarianceForm::Biased ? n : n - 1));
    }
  }
}

TEST(Estimators, AverageOfBatches) {
  std::vector<Batch> batches = unequalBatches(22);
  for (BatchWeight weight : {BatchWeight::BySize, BatchWeight::Equal})
    for (VarianceForm form : {VarianceForm::Biased, VarianceForm::Unbiased}) {
      Statistics statistics =
          estimated({Estimator::Average, weight, form}, batches);
      for (size_t c = 0; c < kChannels; ++c) {
        long double mean = 0, variance = 0, weights = 0;
        for (const Batch &batch : batches) {
          std::vector<double> elements = batch.ofChannel(c);
          MeanAndSquares exact = bruteForce(elements);
          auto n = static_cast<long double>(elements.size());
          long double w = weight == BatchWeight::Equal ? 1 : n;
          weights += w;
          mean += w * exact.mean;
          variance +=
              w * exact.squares / (form == VarianceForm::Biased ? n : n - 1);
        }
        expectNear(statistics.mean[c], mean / weights);
        expectNear(statistics.variance[c], variance / weights);
      }
    }
}

/// Two batches of the same variance v and means -d and d: the average does not
/// see d, the pooled estimate is v + d^2.
TEST(Estimators, PooledAddsTheVarianceOfMeans) {
  ImageMoments low{4, {-3}, {8}}, high{4, {3}, {8}};
  for (auto [estimator, expected] : {std::pair(Estimator::Average, 2.0),
                                     std::pair(Estimator::Pooled, 11.0)}) {
    StatisticsEstimator sums(
        {estimator, BatchWeight::BySize, VarianceForm::Biased}, 1);
    ASSERT_TRUE(bool(sums.addBatch(low)));
    ASSERT_TRUE(bool(sums.addBatch(high)));
    Result<Statistics> statistics = sums.estimate();
    ASSERT_TRUE(bool(statistics));
    EXPECT_EQ(statistics->mean[0], 0.0);
    EXPECT_EQ(statistics->variance[0], expected);
    EXPECT_EQ(sums.batches(), 2u);
    EXPECT_EQ(sums.images(), 2u);
    EXPECT_EQ(sums.elements(), 8);
  }
}

/// Many elements of few images make no mean certain.
TEST(Estimators, StandardErrorsCountImages) {
  std::vector<Batch> batches = unequalBatches(23);
  StatisticsEstimator estimator({}, kChannels);
  for (const Batch &batch : batches)
    ASSERT_TRUE(bool(estimator.addBatch(batch.moments())));
  for (size_t c = 0; c < kChannels; ++c) {
    std::vector<double> means, all;
    for (const Batch &batch : batches) {
      ImageMoments moments = batch.moments();
      for (size_t i = 0; i < batch.images; ++i)
        means.push_back(moments.mean[i * kChannels + c]);
      for (double e : batch.ofChannel(c))
        all.push_back(e);
    }
    auto images = static_cast<long double>(means.size());
    long double between = bruteForce(means).squares / (images - 1);
    long double within =
        bruteForce(all).squares / static_cast<long double>(all.size());
    expectNear(estimator.standardErrors()[c],
               std::sqrt(between / images / within));
  }
  StatisticsEstimator one({}, 1);
  ASSERT_TRUE(bool(one.addBatch({1000, {1}, {5}})));
  EXPECT_EQ(one.standardErrors()[0], INFINITY);
}

TEST(Estimators, OneElementHasNoUnbiasedVariance) {
  ImageMoments one{1, {5}, {0}};
  StatisticsEstimator average(
      {Estimator::Average, BatchWeight::Equal, VarianceForm::Unbiased}, 1);
  Result<void> added = average.addBatch(one);
  ASSERT_FALSE(bool(added));
  EXPECT_EQ(added.error().code, ErrorCode::BadStatistics);
  StatisticsEstimator pooled(
      {Estimator::Pooled, BatchWeight::BySize, VarianceForm::Unbiased}, 1);
  ASSERT_TRUE(bool(pooled.addBatch(one)));
  EXPECT_FALSE(bool(pooled.estimate()));
}

TEST(Estimators, RefusesWhatIsNotFiniteAndNothing) {
  StatisticsEstimator estimator({}, 1);
  EXPECT_FALSE(bool(estimator.estimate()));
  EXPECT_FALSE(bool(estimator.addBatch({4, {NAN}, {1}})));
  EXPECT_FALSE(bool(estimator.addBatch({4, {1}, {INFINITY}})));
  EXPECT_FALSE(bool(estimator.estimate()));
}

} // namespace
