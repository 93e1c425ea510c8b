//===- CompareTest.cpp - Differences between tensors ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "kiln/Support/Compare.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

using namespace kiln;

static constexpr double kInf = std::numeric_limits<double>::infinity();
static constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

static Difference compare(const std::vector<double> &actual,
                          const std::vector<double> &expected, double rtol = 0,
                          double atol = 0) {
  return compareElements(actual, expected, ElementType::F32, rtol, atol);
}

TEST(Compare, EqualElementsDoNotDiffer) {
  Difference d = compare({1.5, kNaN, kInf, -0.0}, {1.5, kNaN, kInf, 0.0});
  EXPECT_EQ(d.maxAbs, 0);
  EXPECT_EQ(d.outside, 0);
  EXPECT_EQ(d.worstIndex, -1);
  EXPECT_EQ(d.maxExpected, 1.5);
}

TEST(Compare, FindsTheWorstElement) {
  Difference d = compare({1.0, 2.5, -3.0}, {1.0, 2.0, -4.0}, 0, 0.75);
  EXPECT_EQ(d.maxAbs, 1.0);
  EXPECT_EQ(d.worstIndex, 2);
  EXPECT_EQ(d.maxRel, 0.25);
  EXPECT_EQ(d.outside, 1);
}

TEST(Compare, CountsUnitsInTheLastPlace) {
  float next = std::nextafter(std::nextafter(3.0f, 4.0f), 4.0f);
  EXPECT_EQ(compare({next}, {3.0}).maxUlp, 2);
  // The spacing of subnormal numbers is the least subnormal.
  double least = std::numeric_limits<float>::denorm_min();
  EXPECT_EQ(compare({3 * least}, {0.0}).maxUlp, 3);
}

TEST(Compare, NumbersAgainstNaNOrInfinityAreOutside) {
  EXPECT_EQ(compare({kNaN}, {1.0}, 1, 1e30).outside, 1);
  EXPECT_EQ(compare({1.0}, {kNaN}, 1, 1e30).outside, 1);
  EXPECT_EQ(compare({-kInf}, {kInf}, 1, 1e30).outside, 1);
  EXPECT_EQ(compare({1.0}, {kInf}, 1, 1e30).outside, 1);
  EXPECT_EQ(compare({kNaN}, {1.0}).maxAbs, kInf);
}
