//===- LayerComparisonTest.cpp - Statistics before and after ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LayerComparison.h"

#include <gtest/gtest.h>

#include <cmath>

using namespace kiln;

namespace {

NormLayer threeChannels() {
  NormLayer layer;
  layer.name = "bn";
  layer.channels = 3;
  layer.tracks = true;
  layer.epsilon = 1;
  layer.runningMean = {0, 10, -4};
  layer.runningVariance = {3, 0, 8};
  return layer;
}

TEST(LayerComparison, ShiftsAreInNewDeviations) {
  // Deviations with epsilon: 2, 4, 1.
  LayerChange change =
      compareLayer(threeChannels(), {{2, 10, -7}, {3, 15, 0}}, {0, 0.2, 0.05});
  EXPECT_DOUBLE_EQ(change.greatestShift, 3);
  EXPECT_DOUBLE_EQ(change.rmsShift, std::sqrt((1.0 + 0 + 9) / 3));
  EXPECT_DOUBLE_EQ(change.leastRatio, 1.0 / 9);
  EXPECT_DOUBLE_EQ(change.medianRatio, 1);
  EXPECT_DOUBLE_EQ(change.greatestRatio, 16);
  EXPECT_DOUBLE_EQ(change.uncertainShare, 1.0 / 3);
  EXPECT_EQ(change.constantChannels, 1);
  EXPECT_EQ(change.before.mean, threeChannels().runningMean);
}

TEST(LayerComparison, WhatDoesNotTrackIsLeftAlone) {
  NormLayer layer = threeChannels();
  layer.tracks = false;
  LayerChange change = compareLayer(layer, {}, {});
  EXPECT_FALSE(change.tracks);
  EXPECT_EQ(change.medianRatio, 1);
}

RecalibrationReport reportOf(double uncertainShare, int64_t batch) {
  RecalibrationReport report;
  report.images = 20;
  report.batch = batch;
  report.layers.resize(1);
  report.layers[0].name = "bn";
  report.layers[0].tracks = true;
  report.layers[0].uncertainShare = uncertainShare;
  return report;
}

TEST(LayerComparison, WarnsOfWhatIsTooLittle) {
  RecalibrationReport fine = reportOf(0.1, 16);
  addWarnings(fine);
  EXPECT_TRUE(fine.warnings.empty());

  RecalibrationReport few = reportOf(0.11, 16);
  few.adapt = true;
  addWarnings(few);
  ASSERT_EQ(few.warnings.size(), 1u);
  EXPECT_NE(few.warnings[0].find("20 images of the other domain are too few"),
            std::string::npos);

  RecalibrationReport small = reportOf(0, 15);
  addWarnings(small);
  ASSERT_EQ(small.warnings.size(), 1u);
  EXPECT_NE(small.warnings[0].find("--order=layer-by-layer"),
            std::string::npos);
  small = reportOf(0, 1);
  small.order = StatisticsOrder::LayerByLayer;
  addWarnings(small);
  EXPECT_TRUE(small.warnings.empty());
}

TEST(LayerComparison, NamesAreSafeInJson) {
  RecalibrationReport report = reportOf(0, 16);
  report.layers[0].name = "a\"\xff\n";
  report.layers[0].after.mean = {NAN, INFINITY, 0.5};
  std::string json = toJson(report);
  EXPECT_NE(json.find("\"a\\\"\xEF\xBF\xBD\\n\""), std::string::npos) << json;
  EXPECT_EQ(json.find("nan"), std::string::npos);
  EXPECT_EQ(json.find("inf"), std::string::npos);
}

} // namespace
