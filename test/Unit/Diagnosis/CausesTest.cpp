//===- CausesTest.cpp - From figures to causes ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "../../../lib/Diagnosis/Causes.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

using namespace kiln;

namespace {

/// A layer whose running statistics have `rest` of 0 and 1 left in them, over
/// data of means 1, 2, ... and variances 2, 4, ...
LayerDiagnosis lagging(double rest, int64_t channels) {
  LayerDiagnosis result;
  result.layer.name = "bn";
  result.layer.tracks = true;
  result.layer.channels = channels;
  result.layer.epsilon = 1e-5;
  for (int64_t c = 1; c <= channels; ++c) {
    auto mean = static_cast<double>(c), variance = 2 * mean;
    result.layer.runningMean.push_back((1 - rest) * mean);
    result.layer.runningVariance.push_back(rest + (1 - rest) * variance);
    ChannelComparison channel;
    channel.batchMean = mean;
    channel.batchVariance = variance;
    result.afterBatch.channels.push_back(channel);
  }
  return result;
}

Diagnosis diagnosisOf(LayerDiagnosis layer) {
  Diagnosis diagnosis;
  diagnosis.batch = 32;
  diagnosis.firstAfterBatch = 0;
  diagnosis.layers.push_back(std::move(layer));
  return diagnosis;
}

} // namespace

TEST(Causes, LaggingStatisticsAreFitted) {
  std::optional<Cause> cause =
      findLaggingStatistics(diagnosisOf(lagging(0.25, 6)));
  ASSERT_TRUE(cause);
  EXPECT_NE(cause->evidence.find("lie 75 %"), std::string::npos)
      << cause->evidence;
  EXPECT_FALSE(findLaggingStatistics(diagnosisOf(lagging(0, 6))));
}

/// Sound but for one channel, which these data never reach.
TEST(Causes, OneConstantChannelIsNoLag) {
  LayerDiagnosis layer = lagging(0, 8);
  for (double mean : {0.0, 3.0}) {
    layer.afterBatch.channels[7].batchMean = mean;
    layer.afterBatch.channels[7].batchVariance = 1e-9;
    layer.layer.runningMean[7] = mean * 0.5;
    layer.layer.runningVariance[7] = 0.5;
    EXPECT_FALSE(findLaggingStatistics(diagnosisOf(layer))) << mean;
  }
}

TEST(Causes, StatisticsThatAreNoNumbersNameNoLag) {
  for (double bad : {std::numeric_limits<double>::quiet_NaN(),
                     std::numeric_limits<double>::infinity()}) {
    LayerDiagnosis layer = lagging(0.25, 6);
    layer.layer.runningMean[2] = bad;
    EXPECT_FALSE(findLaggingStatistics(diagnosisOf(layer)));
  }
}

TEST(Causes, TrackingIsOffInTrainingModeAlone) {
  LayerDiagnosis layer = lagging(0, 2);
  layer.layer.tracks = false;
  EXPECT_FALSE(findTrackingOff(diagnosisOf(layer)));
  layer.layer.isTraining = true;
  EXPECT_TRUE(findTrackingOff(diagnosisOf(layer)));
}

TEST(Causes, SmallBatchesMustFit) {
  Diagnosis diagnosis;
  diagnosis.batchSizes = {{8, 0.1, 0.09}, {4, 0.2, 0.07}, {2, 0.3, 0.05}};
  EXPECT_TRUE(findSmallBatches(diagnosis));
  // The nearest of bad fits.
  for (BatchSizeFigures &figures : diagnosis.batchSizes)
    figures.varianceMismatch *= 10;
  EXPECT_FALSE(findSmallBatches(diagnosis));
}

TEST(Causes, BehindFewImagesInTrainingNoShiftIsSeen) {
  Diagnosis diagnosis = diagnosisOf(lagging(0, 2));
  diagnosis.layers[0].afterBatch.isAlarm = true;
  EXPECT_TRUE(findDomainShift(diagnosis));
  diagnosis.batch = 4;
  EXPECT_FALSE(findDomainShift(diagnosis));
  diagnosis.layers[0].afterEval.isAlarm = true;
  EXPECT_TRUE(findDomainShift(diagnosis));
}

TEST(Causes, ALossIsToldOfWhatStandsBeforeIt) {
  Diagnosis diagnosis;
  diagnosis.activations = {
      {ActivationFact::Kind::AtOutput, "softmax", "node", "y"}};
  std::vector<Cause> causes =
      findLossCauses(diagnosis, Loss::BinaryCrossEntropyOfLogits);
  ASSERT_EQ(causes.size(), 1u);
  EXPECT_EQ(causes[0].id, "softmax-before-loss");
  EXPECT_EQ(causes[0].title, "A softmax stands before a loss over logits");
}
