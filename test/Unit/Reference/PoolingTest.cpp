//===- PoolingTest.cpp - Pooling and channel shuffle by hand ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Support/Interpret.h"

#include <limits>

using namespace kiln::test;

namespace {

/// One-dimensional pooling of `data`, whose size the IR does not know.
Tensor pool(llvm::StringRef op, llvm::StringRef attributes,
            std::vector<double> data) {
  std::string text = functionOf({"tensor<1x1x?xf32>"}, "tensor<1x1x?xf32>",
                                ("%y = nn." + op + " %0 {" + attributes +
                                 "} : (tensor<1x1x?xf32>) -> tensor<1x1x?xf32>")
                                    .str());
  auto size = static_cast<int64_t>(data.size());
  auto results = interpretText(text, {{{1, 1, size}, std::move(data)}});
  return results.empty() ? Tensor() : results.front();
}

Tensor row(std::vector<double> data) {
  auto size = static_cast<int64_t>(data.size());
  return {{1, 1, size}, std::move(data)};
}

constexpr const char *kWindow3Stride2 =
    "kernel = array<i64: 3>, strides = array<i64: 2>, dilations = array<i64: "
    "1>, pad_low = array<i64: 1>, pad_high = array<i64: 1>";

TEST(ReferenceMaxPool, PaddingIsBelowEverything) {
  expectNear(pool("max_pool", kWindow3Stride2, {-5, -2, -7, -3, -9, -8}),
             row({-2, -2, -3}));
}

TEST(ReferenceMaxPool, NanIsKept) {
  double nan = std::nan("");
  expectNear(pool("max_pool", kWindow3Stride2, {1, nan, 2, 3, 4, 5}),
             row({nan, nan, 5}));
  expectNear(pool("max_pool", kWindow3Stride2, {nan, 9, 2, 3, 4, 5}),
             row({nan, 9, 5}));
}

TEST(ReferenceMaxPool, DilationAndCeilMode) {
  // Windows of elements 0 and 2 apart, stride 3: starts 0, 3 and, rounded up,
  // 6 of 7 elements.
  std::string dilated = "kernel = array<i64: 2>, strides = array<i64: 3>, "
                        "dilations = array<i64: 2>, pad_low = array<i64: 0>, "
                        "pad_high = array<i64: 0>";
  std::vector<double> data = {4, 9, 1, 2, 8, 3, 5};
  expectNear(pool("max_pool", dilated, data), row({4, 3}));
  expectNear(pool("max_pool", dilated + ", ceil_mode", data), row({4, 3, 5}));
}

TEST(ReferenceMaxPool, CeilModeDropsAWindowInThePadding) {
  // 3 elements, padding 1 on each side, kernel 2, stride 2: rounded up, a third
  // window would start at the high padding.
  std::string text = "kernel = array<i64: 2>, strides = array<i64: 2>, "
                     "dilations = array<i64: 1>, pad_low = array<i64: 1>, "
                     "pad_high = array<i64: 1>, ceil_mode";
  expectNear(pool("max_pool", text, {1, 2, 3}), row({1, 3}));
}

TEST(ReferenceAveragePool, DivisorWithAndWithoutPadding) {
  std::vector<double> data = {6, 12, 3, 9, 30};
  expectNear(pool("average_pool", kWindow3Stride2, data), row({9, 8, 19.5}));
  expectNear(pool("average_pool",
                  std::string(kWindow3Stride2) + ", count_include_pad", data),
             row({6, 8, 13}));
}

TEST(ReferenceAveragePool, CeilModeNeverCountsBeyondThePadding) {
  // 6 elements, padding 1 and 1: the window at 4 covers 5, 6 = padding and 7,
  // which is beyond it.
  std::string text = "kernel = array<i64: 3>, strides = array<i64: 3>, "
                     "dilations = array<i64: 1>, pad_low = array<i64: 1>, "
                     "pad_high = array<i64: 1>, ceil_mode";
  std::vector<double> data = {6, 12, 3, 9, 30, 8};
  expectNear(pool("average_pool", text, data), row({9, 14, 8}));
  expectNear(pool("average_pool", text + ", count_include_pad", data),
             row({6, 14, 4}));
}

TEST(ReferencePool, TwoDimensionsWithUnequalAttributes) {
  std::string text =
      functionOf({"tensor<1x2x3x4xf32>"}, "tensor<1x2x2x2xf32>",
                 R"(%y = nn.average_pool %0 {kernel = array<i64: 2, 3>,
           strides = array<i64: 1, 2>, dilations = array<i64: 1, 1>,
           pad_low = array<i64: 0, 1>, pad_high = array<i64: 0, 0>}
         : (tensor<1x2x3x4xf32>) -> tensor<1x2x2x2xf32>)");
  Tensor x{{1, 2, 3, 4}, {}};
  for (int i = 0; i < 24; ++i)
    x.data.push_back(i * i);
  Tensor y{{1, 2, 2, 2}, {}};
  for (int base : {0, 12})
    for (int p = 0; p < 2; ++p)
      for (int q = 0; q < 2; ++q) {
        double sum = 0, count = 0;
        for (int i = p; i < p + 2; ++i)
          for (int j = 2 * q - 1; j < 2 * q + 2; ++j)
            if (j >= 0 && j < 4) {
              sum += x.data[base + i * 4 + j];
              ++count;
            }
        y.data.push_back(sum / count);
      }
  expectNear(interpretText(text, {x}).at(0), y);
}

TEST(ReferenceGlobalPool, AverageAndMaximum) {
  for (std::string kind : {"average", "max"}) {
    std::string text = functionOf(
        {"tensor<1x2x1x3xf32>"}, "tensor<1x2x1x1xf32>",
        "%y = nn.global_" + kind +
            "_pool %0 : (tensor<1x2x1x3xf32>) -> tensor<1x2x1x1xf32>");
    Tensor x{{1, 2, 1, 3}, {1, 5, 3, -2, std::nan(""), -7}};
    expectNear(interpretText(text, {x}).at(0),
               {{1, 2, 1, 1}, {kind == "max" ? 5.0 : 3.0, std::nan("")}});
  }
}

TEST(ReferenceChannelShuffle, TwoGroupsOfThree) {
  std::string text = functionOf(
      {"tensor<1x6x2xf32>"}, "tensor<1x6x2xf32>",
      "%y = nn.channel_shuffle %0 {groups = 2 : i64} : tensor<1x6x2xf32>");
  Tensor x{{1, 6, 2}, {0, 1, 10, 11, 20, 21, 30, 31, 40, 41, 50, 51}};
  expectNear(interpretText(text, {x}).at(0),
             {{1, 6, 2}, {0, 1, 30, 31, 10, 11, 40, 41, 20, 21, 50, 51}});
}

TEST(ReferencePool, F24EmptyBatch) {
  std::string text =
      functionOf({"tensor<0x3x5x7xf32>"}, "tensor<0x3x1x1xf32>",
                 "%y = nn.global_average_pool %0 : (tensor<0x3x5x7xf32>) -> "
                 "tensor<0x3x1x1xf32>");
  EXPECT_TRUE(interpretText(text, {{{0, 3, 5, 7}, {}}}).at(0).data.empty());
}

} // namespace
