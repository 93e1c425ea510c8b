//===- CompareOutputTest.cpp - Comparing a case's outputs ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "kiln/Conformance/RunCase.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

using namespace kiln;
using namespace kiln::conformance;

namespace {

HostTensor make(ElementType type, std::vector<double> values) {
  auto size = static_cast<int64_t>(values.size());
  return HostTensor::fromDoubles(type, {size}, values);
}

bool agrees(const HostTensor &actual, const HostTensor &expected) {
  return !compareOutput(actual, expected, kBackendTolerance);
}

constexpr double kInf = std::numeric_limits<double>::infinity();

TEST(CompareOutput, BackendTolerance) {
  HostTensor expected = make(ElementType::F64, {100, -100, 0});
  EXPECT_TRUE(
      agrees(make(ElementType::F64, {100.0999, -100.0999, 9e-8}), expected));
  EXPECT_FALSE(agrees(make(ElementType::F64, {100.101, -100, 0}), expected));
  EXPECT_FALSE(agrees(make(ElementType::F64, {100, -100.101, 0}), expected));
  EXPECT_FALSE(agrees(make(ElementType::F64, {100, -100, 2e-7}), expected));
}

TEST(CompareOutput, NotANumberAndInfinity) {
  HostTensor expected = make(ElementType::F32, {NAN, kInf, -kInf});
  EXPECT_TRUE(agrees(expected, expected));
  EXPECT_FALSE(agrees(make(ElementType::F32, {0, kInf, -kInf}), expected));
  EXPECT_FALSE(agrees(make(ElementType::F32, {NAN, -kInf, -kInf}), expected));
  EXPECT_FALSE(agrees(make(ElementType::F32, {NAN, kInf, -3e38}), expected));
  EXPECT_FALSE(agrees(make(ElementType::F32, {NAN, kInf, NAN}), expected));
}

TEST(CompareOutput, IntegersAreExact) {
  HostTensor expected = make(ElementType::I32, {1000000, -7});
  EXPECT_TRUE(agrees(expected, expected));
  auto wrong = compareOutput(make(ElementType::I32, {1000000, -8}), expected,
                             kBackendTolerance);
  EXPECT_EQ(wrong, "element 1 is -8, expected -7");
  EXPECT_FALSE(agrees(make(ElementType::I32, {1000001, -7}), expected));
  EXPECT_FALSE(
      agrees(make(ElementType::Bool, {1}), make(ElementType::Bool, {0})));
}

TEST(CompareOutput, TypeAndShape) {
  HostTensor expected = make(ElementType::F32, {1, 2, 3, 4, 5, 6});
  HostTensor other = expected;
  other.shape = {2, 3};
  EXPECT_EQ(compareOutput(other, expected, kBackendTolerance),
            "is f32[2,3], expected f32[6]");
  EXPECT_FALSE(agrees(make(ElementType::F64, {1, 2, 3, 4, 5, 6}), expected));
}

/// The interpreter is held to a few units in the last place.
TEST(CompareOutput, InterpreterTolerance) {
  for (auto [type, spacing] : {std::pair(ElementType::F32, 0x1p-23),
                               std::pair(ElementType::F16, 0x1p-10),
                               std::pair(ElementType::BF16, 0x1p-7),
                               std::pair(ElementType::F64, 0x1p-52)}) {
    Tolerance tolerance = interpreterTolerance(type);
    HostTensor one = make(type, {1}), near = make(type, {1 + spacing});
    EXPECT_FALSE(compareOutput(near, one, tolerance));
    double far = type == ElementType::F64 ? 1 + 1e-11 : 1 + 200 * spacing;
    EXPECT_TRUE(compareOutput(make(type, {far}), one, tolerance));
  }
}

} // namespace
