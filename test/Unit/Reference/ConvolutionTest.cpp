//===- ConvolutionTest.cpp - Convolutions against the definition ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Support/Interpret.h"

using namespace kiln::test;

namespace {

/// 2-d convolution as written in the operation's description, by scattering
/// nothing and sharing nothing with the interpreter.
struct Conv2D {
  int64_t strides[2], dilations[2], padLow[2], padHigh[2], groups;

  double at(const Tensor &x, int64_t n, int64_t c, int64_t h, int64_t w) const {
    if (h < 0 || h >= x.shape[2] || w < 0 || w >= x.shape[3])
      return 0;
    return x.data[((n * x.shape[1] + c) * x.shape[2] + h) * x.shape[3] + w];
  }

  Tensor run(const Tensor &x, const Tensor &w, const Tensor *bias) const {
    int64_t size[2], perGroup = w.shape[1], outputs = w.shape[0];
    for (int d = 0; d < 2; ++d)
      size[d] = (x.shape[d + 2] + padLow[d] + padHigh[d] -
                 dilations[d] * (w.shape[d + 2] - 1) - 1) /
                    strides[d] +
                1;
    Tensor y{{x.shape[0], outputs, size[0], size[1]}, {}};
    for (int64_t n = 0; n < x.shape[0]; ++n)
      for (int64_t o = 0; o < outputs; ++o)
        for (int64_t p = 0; p < size[0]; ++p)
          for (int64_t q = 0; q < size[1]; ++q) {
            double sum = bias ? bias->data[o] : 0;
            int64_t g = o / (outputs / groups);
            for (int64_t c = 0; c < perGroup; ++c)
              for (int64_t i = 0; i < w.shape[2]; ++i)
                for (int64_t j = 0; j < w.shape[3]; ++j)
                  sum += w.data[((o * perGroup + c) * w.shape[2] + i) *
                                    w.shape[3] +
                                j] *
                         at(x, n, g * perGroup + c,
                            p * strides[0] + i * dilations[0] - padLow[0],
                            q * strides[1] + j * dilations[1] - padLow[1]);
            y.data.push_back(sum);
          }
    return y;
  }
};

TEST(ReferenceConv, GroupsStridesDilationAsymmetricPadding) {
  std::string text = functionOf(
      {"tensor<2x6x9x11xf32>", "tensor<9x2x3x2xf32>", "tensor<9xf32>"},
      "tensor<2x9x5x12xf32>",
      R"(%y = nn.conv %0, %1, %2 {strides = array<i64: 2, 1>,
           dilations = array<i64: 1, 3>, pad_low = array<i64: 0, 3>,
           pad_high = array<i64: 2, 1>, groups = 3 : i64}
         : (tensor<2x6x9x11xf32>, tensor<9x2x3x2xf32>, tensor<9xf32>)
         -> tensor<2x9x5x12xf32>)");
  Tensor x = pattern({2, 6, 9, 11}), w = pattern({9, 2, 3, 2}, 2),
         b = pattern({9}, 3);
  Conv2D conv = {{2, 1}, {1, 3}, {0, 3}, {2, 1}, 3};
  expectNear(interpretText(text, {x, w, b}).at(0), conv.run(x, w, &b));
}

TEST(ReferenceConv, ManyPositionsAndAnOddChannelCount) {
  std::string text = functionOf(
      {"tensor<1x3x?x?xf32>", "tensor<7x3x3x3xf32>"}, "tensor<1x7x?x?xf32>",
      R"(%y = nn.conv %0, %1 {strides = array<i64: 1, 1>,
           dilations = array<i64: 1, 1>, pad_low = array<i64: 1, 1>,
           pad_high = array<i64: 1, 1>, groups = 1 : i64}
         : (tensor<1x3x?x?xf32>, tensor<7x3x3x3xf32>) -> tensor<1x7x?x?xf32>)");
  Tensor x = pattern({1, 3, 23, 17}), w = pattern({7, 3, 3, 3}, 2);
  Conv2D conv = {{1, 1}, {1, 1}, {1, 1}, {1, 1}, 1};
  expectNear(interpretText(text, {x, w}).at(0), conv.run(x, w, nullptr));
}

TEST(ReferenceConv, DepthwiseWithMultiplier) {
  std::string text = functionOf(
      {"tensor<1x3x5x7xf32>", "tensor<6x1x2x3xf32>"}, "tensor<1x6x4x7xf32>",
      R"(%y = nn.conv %0, %1 {strides = array<i64: 1, 1>,
           dilations = array<i64: 1, 1>, pad_low = array<i64: 0, 1>,
           pad_high = array<i64: 0, 1>, groups = 3 : i64}
         : (tensor<1x3x5x7xf32>, tensor<6x1x2x3xf32>) -> tensor<1x6x4x7xf32>)");
  Tensor x = pattern({1, 3, 5, 7}), w = pattern({6, 1, 2, 3}, 5);
  Conv2D conv = {{1, 1}, {1, 1}, {0, 1}, {0, 1}, 3};
  expectNear(interpretText(text, {x, w}).at(0), conv.run(x, w, nullptr));
}

TEST(ReferenceConv, OneDimensionByHand) {
  std::string text =
      functionOf({"tensor<1x2x4xf32>", "tensor<1x2x2xf32>", "tensor<1xf32>"},
                 "tensor<1x1x3xf32>",
                 R"(%y = nn.conv %0, %1, %2 {strides = array<i64: 2>,
           dilations = array<i64: 1>, pad_low = array<i64: 1>,
           pad_high = array<i64: 1>, groups = 1 : i64}
         : (tensor<1x2x4xf32>, tensor<1x2x2xf32>, tensor<1xf32>)
         -> tensor<1x1x3xf32>)");
  // Padded rows: 0 1 2 3 4 0 and 0 5 6 7 8 0, weights (2, -1) and (1, 3).
  Tensor x{{1, 2, 4}, {1, 2, 3, 4, 5, 6, 7, 8}};
  Tensor w{{1, 2, 2}, {2, -1, 1, 3}}, b{{1}, {0.5}};
  expectNear(interpretText(text, {x, w, b}).at(0),
             {{1, 1, 3}, {-1 + 15 + 0.5, 4 - 3 + 6 + 21 + 0.5, 8 + 8 + 0.5}});
}

TEST(ReferenceConv, ThreeDimensionsByImpulse) {
  std::string text =
      functionOf({"tensor<1x1x3x4x5xf32>", "tensor<1x1x2x2x2xf32>"},
                 "tensor<1x1x2x3x4xf32>",
                 R"(%y = nn.conv %0, %1 {strides = array<i64: 1, 1, 1>,
           dilations = array<i64: 1, 1, 1>, pad_low = array<i64: 0, 0, 0>,
           pad_high = array<i64: 0, 0, 0>, groups = 1 : i64}
         : (tensor<1x1x3x4x5xf32>, tensor<1x1x2x2x2xf32>)
         -> tensor<1x1x2x3x4xf32>)");
  Tensor x{{1, 1, 3, 4, 5}, std::vector<double>(60, 0.0)};
  x.data[(1 * 4 + 2) * 5 + 3] = 1; // depth 1, row 2, column 3
  Tensor w{{1, 1, 2, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8}};
  Tensor y{{1, 1, 2, 3, 4}, std::vector<double>(24, 0.0)};
  // Tap (i, j, k) meets the impulse from output (1 - i, 2 - j, 3 - k).
  for (int64_t i = 0; i < 2; ++i)
    for (int64_t j = 0; j < 2; ++j)
      for (int64_t k = 0; k < 2; ++k)
        y.data[((1 - i) * 3 + 2 - j) * 4 + 3 - k] = w.data[(i * 2 + j) * 2 + k];
  expectNear(interpretText(text, {x, w}).at(0), y);
}

/// Transposed convolution as the operation's description has it: every input
/// element scatters.
TEST(ReferenceConvTranspose, GroupsAndUnequalChannels) {
  std::string text = functionOf(
      {"tensor<2x4x3x5xf32>", "tensor<4x3x3x2xf32>", "tensor<6xf32>"},
      "tensor<2x6x6x14xf32>",
      R"(%y = nn.conv_transpose %0, %1, %2 {strides = array<i64: 2, 3>,
           dilations = array<i64: 1, 2>, pad_low = array<i64: 1, 0>,
           pad_high = array<i64: 1, 2>, output_padding = array<i64: 1, 1>,
           groups = 2 : i64}
         : (tensor<2x4x3x5xf32>, tensor<4x3x3x2xf32>, tensor<6xf32>)
         -> tensor<2x6x6x14xf32>)");
  Tensor x = pattern({2, 4, 3, 5}), w = pattern({4, 3, 3, 2}, 7),
         b = pattern({6}, 9);
  Tensor y{{2, 6, 6, 14}, std::vector<double>(2 * 6 * 6 * 14)};
  for (size_t i = 0; i < y.data.size(); ++i)
    y.data[i] = b.data[i / (6 * 14) % 6];
  for (int64_t n = 0; n < 2; ++n)
    for (int64_t c = 0; c < 4; ++c)
      for (int64_t h = 0; h < 3; ++h)
        for (int64_t v = 0; v < 5; ++v)
          for (int64_t o = 0; o < 3; ++o)
            for (int64_t i = 0; i < 3; ++i)
              for (int64_t j = 0; j < 2; ++j) {
                int64_t p = h * 2 + i - 1, q = v * 3 + j * 2;
                if (p < 0 || p >= 6 || q >= 14)
                  continue;
                y.data[((n * 6 + c / 2 * 3 + o) * 6 + p) * 14 + q] +=
                    x.data[((n * 4 + c) * 3 + h) * 5 + v] *
                    w.data[((c * 3 + o) * 3 + i) * 2 + j];
              }
  expectNear(interpretText(text, {x, w, b}).at(0), y);
}

TEST(ReferenceLinear, LastDimensionOfRankThree) {
  std::string text = functionOf(
      {"tensor<1x2x3xf32>", "tensor<2x3xf32>", "tensor<2xf32>"},
      "tensor<1x2x2xf32>",
      "%y = nn.linear %0, %1, %2 : (tensor<1x2x3xf32>, tensor<2x3xf32>, "
      "tensor<2xf32>) -> tensor<1x2x2xf32>");
  Tensor x{{1, 2, 3}, {1, 2, 3, -1, 0, 5}}, w{{2, 3}, {1, 0, 2, -3, 4, 1}};
  expectNear(interpretText(text, {x, w, {{2}, {0.5, -1}}}).at(0),
             {{1, 2, 2}, {7.5, 7, 9.5, 7}});
}

TEST(ReferenceConv, F24EmptyBatch) {
  std::string text = functionOf(
      {"tensor<?x3x5x7xf32>", "tensor<4x3x1x1xf32>"}, "tensor<?x4x5x7xf32>",
      R"(%y = nn.conv %0, %1 {strides = array<i64: 1, 1>,
           dilations = array<i64: 1, 1>, pad_low = array<i64: 0, 0>,
           pad_high = array<i64: 0, 0>, groups = 1 : i64}
         : (tensor<?x3x5x7xf32>, tensor<4x3x1x1xf32>) -> tensor<?x4x5x7xf32>)");
  Tensor y =
      interpretText(text, {{{0, 3, 5, 7}, {}}, pattern({4, 3, 1, 1})}).at(0);
  EXPECT_EQ(y.shape, (std::vector<int64_t>{0, 4, 5, 7}));
}

TEST(ReferenceConv, DynamicChannelsThatDoNotFitAreAnError) {
  std::string text = functionOf({"tensor<1x?x5xf32>", "tensor<4x3x1xf32>"},
                                "tensor<1x4x5xf32>",
                                R"(%y = nn.conv %0, %1 {strides = array<i64: 1>,
           dilations = array<i64: 1>, pad_low = array<i64: 0>,
           pad_high = array<i64: 0>, groups = 1 : i64}
         : (tensor<1x?x5xf32>, tensor<4x3x1xf32>) -> tensor<1x4x5xf32>)");
  std::string errors = errorsOf(text, {pattern({1, 2, 5}), pattern({4, 3, 1})});
  EXPECT_NE(errors.find("K0301"), std::string::npos) << errors;
  EXPECT_NE(errors.find("nn.conv"), std::string::npos) << errors;
}

} // namespace
