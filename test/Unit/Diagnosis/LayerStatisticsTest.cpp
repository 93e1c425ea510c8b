//===- LayerStatisticsTest.cpp - Distances, ratios and alarms ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "../../../lib/Diagnosis/LayerStatistics.h"
#include "../../../lib/Diagnosis/StudentT.h"

#include <cmath>
#include <gtest/gtest.h>
#include <random>

using namespace kiln;

namespace {

NormLayer layerOf(std::vector<double> mean, std::vector<double> variance) {
  NormLayer layer;
  layer.channels = static_cast<int64_t>(mean.size());
  layer.elements = 9;
  layer.runningMean = std::move(mean);
  layer.runningVariance = std::move(variance);
  layer.epsilon = 1e-3;
  layer.tracks = true;
  return layer;
}

/// Images of 9 elements in one channel, with a mean of their own each:
/// `between` is the deviation of these, `within` that inside an image.
ImageMoments images(std::mt19937 &rng, size_t count, size_t channels,
                    double mean, double between, double within) {
  std::normal_distribution<double> normal;
  ImageMoments moments{9, {}, {}};
  for (size_t i = 0; i < count * channels; ++i) {
    double own = mean + between * normal(rng), sum = 0, squares = 0;
    std::vector<double> values;
    for (int k = 0; k < 9; ++k)
      sum += values.emplace_back(own + within * normal(rng)) / 9;
    for (double value : values)
      squares += (value - sum) * (value - sum);
    moments.mean.push_back(sum);
    moments.m2.push_back(squares);
  }
  return moments;
}

} // namespace

// Tables of Student's distribution (two-sided).
TEST(StudentT, Quantiles) {
  EXPECT_NEAR(twoSidedQuantile(0.05, 1), 12.7062, 1e-4);
  EXPECT_NEAR(twoSidedQuantile(0.05, 10), 2.22814, 1e-5);
  EXPECT_NEAR(twoSidedQuantile(0.01, 7), 3.49948, 1e-5);
  EXPECT_NEAR(twoSidedQuantile(0.001, 30), 3.64596, 1e-5);
  EXPECT_NEAR(twoSidedQuantile(0.05, 100000), 1.95999, 1e-4);
}

TEST(LayerStatistics, DistanceAndRatioAreThoseOfAllElements) {
  NormLayer layer = layerOf({10, -4}, {4, 0.25});
  LayerStatistics statistics(layer);
  // Two batches: element means 12 and -4, by hand.
  statistics.addBatch({9, {11, -3, 12, -5}, {9, 4.5, 18, 9}});
  statistics.addBatch({9, {13, -4}, {27, 1.8}});
  LayerComparison comparison = statistics.compare(0.05);
  ASSERT_EQ(comparison.channels.size(), 2u);
  const ChannelComparison &first = comparison.channels[0];
  EXPECT_NEAR(first.batchMean, 12, 1e-12);
  double variance = (9 + 18 + 27 + 9 * (1 + 0 + 1)) / 27.0;
  EXPECT_NEAR(first.batchVariance, variance, 1e-12);
  EXPECT_NEAR(first.distance, 2 / std::sqrt(4.001), 1e-12);
  EXPECT_NEAR(first.ratio, (variance + 1e-3) / 4.001, 1e-12);
  // Three images with means 11, 12, 13: the mean's error is 1 / sqrt(3).
  EXPECT_NEAR(first.distanceMargin,
              twoSidedQuantile(0.05, 2) / std::sqrt(3 * 4.001), 1e-9);
  EXPECT_NEAR(comparison.channels[1].distance, 0, 1e-12);
  // Unbiased, of batches of 18 and of 9 elements, averaged.
  EXPECT_NEAR(statistics.meanBatchVariance()[0],
              ((9 + 18 + 18 * 0.25) / 17 + 27.0 / 8) / 2, 1e-12);
  EXPECT_NEAR(statistics.varianceBetweenImages()[0], 1, 1e-12);
}

/// The same images with a hundred times as many pixels are not surer of their
/// mean.
TEST(LayerStatistics, ErrorsCountImages) {
  NormLayer layer = layerOf({0}, {1});
  LayerStatistics few(layer), many(layer);
  few.addBatch({9, {-1, 1, 0.5}, {9, 9, 9}});
  many.addBatch({900, {-1, 1, 0.5}, {900, 900, 900}});
  EXPECT_NEAR(few.compare(0.05).channels[0].distanceMargin,
              many.compare(0.05).channels[0].distanceMargin, 1e-12);
}

TEST(LayerStatistics, TheMarginOfTheVarianceIsThatOfRepeatedSampling) {
  // 400 experiments of 60 images each, a mean of 3 away from the running one.
  std::mt19937 rng(5);
  NormLayer layer = layerOf({-3}, {1.5});
  double sum = 0, squares = 0, margins = 0;
  constexpr int kExperiments = 400;
  for (int i = 0; i < kExperiments; ++i) {
    LayerStatistics statistics(layer);
    statistics.addBatch(images(rng, 60, 1, 0, 0.8, 1.1));
    ChannelComparison channel = statistics.compare(0.05).channels[0];
    double log = std::log(channel.ratio);
    sum += log / kExperiments;
    squares += log * log / kExperiments;
    margins += channel.logRatioMargin / kExperiments;
  }
  double deviation = std::sqrt(squares - sum * sum);
  EXPECT_NEAR(margins / twoSidedQuantile(0.05, 59), deviation, 0.1 * deviation);
}

TEST(LayerStatistics, AlarmsNeedATenthOfTheChannels) {
  std::mt19937 rng(7);
  for (size_t shifted : {2, 3}) {
    SCOPED_TRACE(shifted);
    std::vector<double> means(21, 0.0), variances(21, 0.64 + 1.21);
    // A distance of 0.5 deviations, proven by 200 images.
    std::fill_n(means.begin(), shifted, 0.5 * std::sqrt(1.85));
    NormLayer layer = layerOf(means, variances);
    LayerStatistics statistics(layer);
    statistics.addBatch(images(rng, 200, 21, 0, 0.8, 1.1));
    LayerComparison comparison = statistics.compare(0.05 / 21);
    EXPECT_EQ(comparison.alarms, shifted);
    EXPECT_EQ(comparison.isAlarm, shifted == 3);
  }
}

TEST(LayerStatistics, FewImagesProveNothing) {
  std::mt19937 rng(9);
  NormLayer layer = layerOf({0.5, 0.5, 0.5}, {1.85, 1.85, 1.85});
  LayerStatistics statistics(layer);
  statistics.addBatch(images(rng, 4, 3, 0, 0.8, 1.1));
  EXPECT_EQ(statistics.compare(0.05 / 3).alarms, 0u);
}
