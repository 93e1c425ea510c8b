//===- HostTensorTest.cpp - Tensors in host memory ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "kiln/Support/HostTensor.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

using namespace kiln;

TEST(HostTensor, CountsElementsWithoutOverflow) {
  using Shape = std::vector<int64_t>;
  EXPECT_EQ(elementCount(Shape{}), 1);
  EXPECT_EQ(elementCount(Shape{3, 0, 5}), 0);
  EXPECT_EQ(elementCount(Shape{3, 7, 5}), 105);
  EXPECT_EQ(elementCount(Shape{3, -1}), std::nullopt);
  EXPECT_EQ(elementCount(Shape{int64_t{1} << 40, int64_t{1} << 40}),
            std::nullopt);
}

TEST(HostTensor, RoundsHalfTypesToNearestEven) {
  // 2049 lies between the f16 values 2048 and 2050; 2048 is even.
  std::vector<double> values = {2049, 2051, -65504, 1e6, 6e-8};
  HostTensor tensor = HostTensor::fromDoubles(ElementType::F16, {5}, values);
  std::vector<double> back = tensor.toDoubles();
  EXPECT_EQ(back[0], 2048);
  EXPECT_EQ(back[1], 2052);
  EXPECT_EQ(back[2], -65504);
  EXPECT_EQ(back[3], std::numeric_limits<double>::infinity());
  EXPECT_EQ(back[4], std::ldexp(1.0, -24));

  HostTensor wide =
      HostTensor::fromDoubles(ElementType::BF16, {1}, std::vector{257.0});
  EXPECT_EQ(wide.toDoubles()[0], 256);
}

TEST(HostTensor, ClampsIntegers) {
  std::vector<double> values = {-1e30, 1e30, 2.5,
                                std::numeric_limits<double>::quiet_NaN()};
  std::vector<double> back =
      HostTensor::fromDoubles(ElementType::I8, {2, 2}, values).toDoubles();
  EXPECT_EQ(back, (std::vector<double>{-128, 127, 2, 0}));
  back = HostTensor::fromDoubles(ElementType::U64, {4}, values).toDoubles();
  EXPECT_EQ(back[0], 0);
  EXPECT_EQ(back[1], std::ldexp(1.0, 64));
}

TEST(HostTensor, KeepsBoolToZeroAndOne) {
  HostTensor tensor = HostTensor::fromDoubles(ElementType::Bool, {3},
                                              std::vector{0.0, 0.25, -7.0});
  EXPECT_EQ(tensor.toDoubles(), (std::vector<double>{0, 1, 1}));
  EXPECT_EQ(tensor.data.size(), 3u);
}
