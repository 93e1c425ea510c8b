//===- NormalizationTest.cpp - Batch normalisation by formula and by hand ---*-
// C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Support/Interpret.h"

using namespace kiln::test;

namespace {

/// A batch_norm_training function on [N, 2, 3] with running statistics.
std::string training(llvm::StringRef attributes, int64_t batch = 2) {
  std::string x = "tensor<" + std::to_string(batch) + "x2x3xf32>";
  std::string types = x;
  for (int i = 0; i < 4; ++i)
    types += ", tensor<2xf32>";
  return "func.func @net(%0: " + x +
         ", %1: tensor<2xf32>, %2: tensor<2xf32>, %3: tensor<2xf32>, %4: "
         "tensor<2xf32>) -> (" +
         x + ", tensor<2xf32>, tensor<2xf32>) {\n" +
         "%y, %m, %v = nn.batch_norm_training %0, %1, %2 running(%3, %4) "
         "{epsilon = 0.25 : f64, " +
         attributes.str() + "} : (" + types + ") -> (" + x +
         ", tensor<2xf32>, tensor<2xf32>)\nreturn %y, %m, %v : " + x +
         ", tensor<2xf32>, tensor<2xf32>\n}";
}

/// Channel 0 holds 1..6 (mean 3.5, squares 17.5), channel 1 holds -1 and 3
/// thrice each (mean 1, squares 24).
const Tensor input{{2, 2, 3}, {1, 2, 3, -1, 3, -1, 4, 5, 6, 3, -1, 3}};
const Tensor scale{{2}, {2, -0.5}}, offset{{2}, {0.25, 1}};
const Tensor runningMean{{2}, {10, -20}}, runningVariance{{2}, {3, 5}};

Tensor normalisedInput() {
  Tensor y = input;
  for (size_t i = 0; i < y.data.size(); ++i) {
    size_t c = i / 3 % 2;
    double mean = c ? 1 : 3.5, variance = c ? 4 : 17.5 / 6;
    y.data[i] =
        (input.data[i] - mean) / std::sqrt(variance + 0.25) * scale.data[c] +
        offset.data[c];
  }
  return y;
}

TEST(ReferenceBatchNorm, TrainingWithBiasedVariance) {
  auto results =
      interpretText(training("momentum = 0.1 : f64"),
                    {input, scale, offset, runningMean, runningVariance});
  expectNear(results.at(0), normalisedInput());
  expectNear(results.at(1), {{2}, {9 + 0.35, -18 + 0.1}});
  expectNear(results.at(2), {{2}, {2.7 + 1.75 / 6, 4.5 + 0.4}});
}

TEST(ReferenceBatchNorm, TrainingWithUnbiasedVariance) {
  auto results = interpretText(
      training("momentum = 0.1 : f64, tracks_statistics, unbiased_variance"),
      {input, scale, offset, runningMean, runningVariance});
  // The output is normalised by the biased variance all the same.
  expectNear(results.at(0), normalisedInput());
  expectNear(results.at(1), {{2}, {9.35, -17.9}});
  expectNear(results.at(2), {{2}, {2.7 + 0.35, 4.5 + 0.48}});
}

TEST(ReferenceBatchNorm, F16MomentumZeroAndOne) {
  auto keep =
      interpretText(training("momentum = 0.0 : f64"),
                    {input, scale, offset, runningMean, runningVariance});
  expectNear(keep.at(1), runningMean);
  expectNear(keep.at(2), runningVariance);
  auto replace =
      interpretText(training("momentum = 1.0 : f64"),
                    {input, scale, offset, runningMean, runningVariance});
  expectNear(replace.at(1), {{2}, {3.5, 1}});
  expectNear(replace.at(2), {{2}, {17.5 / 6, 4}});
}

TEST(ReferenceBatchNorm, F16CumulativeMomentum) {
  std::string text = R"(
    func.func @net(%x: tensor<2x2x3xf32>, %s: tensor<2xf32>,
        %rm: tensor<2xf32>, %rv: tensor<2xf32>, %n: tensor<i64>)
        -> (tensor<2xf32>, tensor<2xf32>) {
      %y, %m, %v = nn.batch_norm_training %x, %s, %s running(%rm, %rv, %n)
          {epsilon = 1.0e-05 : f64}
        : (tensor<2x2x3xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>,
           tensor<2xf32>, tensor<i64>)
        -> (tensor<2x2x3xf32>, tensor<2xf32>, tensor<2xf32>)
      return %m, %v : tensor<2xf32>, tensor<2xf32>
    })";
  // Three batches seen: the new one weighs a quarter.
  auto results = interpretText(
      text, {input, scale, runningMean, runningVariance, {{}, {3}}});
  expectNear(results.at(0), {{2}, {7.5 + 0.875, -15 + 0.25}});
  expectNear(results.at(1), {{2}, {2.25 + 17.5 / 24, 3.75 + 1}});
}

TEST(ReferenceBatchNorm, WithoutRunningStatisticsReturnsTheBatchs) {
  std::string text = R"(
    func.func @net(%x: tensor<2x2x3xf32>, %s: tensor<2xf32>)
        -> (tensor<2xf32>, tensor<2xf32>) {
      %y, %m, %v = nn.batch_norm_training %x, %s, %s {epsilon = 1.0e-05 : f64}
        : (tensor<2x2x3xf32>, tensor<2xf32>, tensor<2xf32>)
        -> (tensor<2x2x3xf32>, tensor<2xf32>, tensor<2xf32>)
      return %m, %v : tensor<2xf32>, tensor<2xf32>
    })";
  auto results = interpretText(text, {input, scale});
  expectNear(results.at(0), {{2}, {3.5, 1}});
  expectNear(results.at(1), {{2}, {17.5 / 6, 4}});
}

TEST(ReferenceBatchNorm, F17LargeMeanSmallDeviation) {
  // 1e4 + k / 128, k in [-2, 2]: the exact moments are those of k.
  Tensor x{{257, 2, 3}, {}};
  double sum[2] = {}, squares[2] = {};
  for (int64_t i = 0; i < 257 * 2 * 3; ++i) {
    auto k = static_cast<double>((i * i + i / 7) % 5 - 2);
    x.data.push_back(1e4 + k / 128);
    sum[i / 3 % 2] += k;
    squares[i / 3 % 2] += k * k;
  }
  auto results =
      interpretText(training("momentum = 1.0 : f64", 257),
                    {x, scale, offset, runningMean, runningVariance});
  for (size_t c = 0; c < 2; ++c) {
    double n = 257 * 3, variance = (squares[c] - sum[c] * sum[c] / n) / n;
    EXPECT_NEAR(results.at(1).data[c], 1e4 + sum[c] / n / 128, 1e-11);
    EXPECT_NEAR(results.at(2).data[c] * 128 * 128 / variance, 1, 1e-10);
  }
}

TEST(ReferenceBatchNorm, F18OneElementAChannel) {
  std::string biased = functionOf(
      {"tensor<?x2xf32>", "tensor<2xf32>", "tensor<2xf32>"}, "tensor<?x2xf32>",
      R"(%y, %m, %v = nn.batch_norm_training %0, %1, %2
           {epsilon = 1.0e-05 : f64}
         : (tensor<?x2xf32>, tensor<2xf32>, tensor<2xf32>)
         -> (tensor<?x2xf32>, tensor<2xf32>, tensor<2xf32>))");
  Tensor x{{1, 2}, {7, -3}};
  expectNear(interpretText(biased, {x, scale, offset}).at(0),
             {{1, 2}, {0.25, 1}});
  std::string unbiased = functionOf(
      {"tensor<?x2xf32>", "tensor<2xf32>", "tensor<2xf32>"}, "tensor<?x2xf32>",
      R"(%y, %m, %v = nn.batch_norm_training %0, %1, %2
           {epsilon = 1.0e-05 : f64, unbiased_variance}
         : (tensor<?x2xf32>, tensor<2xf32>, tensor<2xf32>)
         -> (tensor<?x2xf32>, tensor<2xf32>, tensor<2xf32>))");
  std::string errors = errorsOf(unbiased, {x, scale, offset});
  EXPECT_NE(errors.find("batch_norm_training-C7"), std::string::npos) << errors;
}

TEST(ReferenceBatchNorm, F24EmptyBatch) {
  // In inference a valid empty output; in training there is nothing to take
  // statistics of.
  std::string inference = functionOf(
      {"tensor<?x2xf32>", "tensor<2xf32>"}, "tensor<?x2xf32>",
      R"(%y = nn.batch_norm_inference %0, %1, %1, %1, %1 {epsilon = 1.0 : f64}
         : (tensor<?x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>,
            tensor<2xf32>) -> tensor<?x2xf32>)");
  Tensor empty{{0, 2}, {}};
  expectNear(interpretText(inference, {empty, runningVariance}).at(0), empty);
  std::string training = functionOf(
      {"tensor<?x2xf32>", "tensor<2xf32>"}, "tensor<?x2xf32>",
      R"(%y, %m, %v = nn.batch_norm_training %0, %1, %1 {epsilon = 1.0 : f64}
         : (tensor<?x2xf32>, tensor<2xf32>, tensor<2xf32>)
         -> (tensor<?x2xf32>, tensor<2xf32>, tensor<2xf32>))");
  std::string errors = errorsOf(training, {empty, scale});
  EXPECT_NE(errors.find("batch_norm_training-C7"), std::string::npos) << errors;
}

TEST(ReferenceBatchNorm, InferenceWithNegativeScale) {
  std::string text = functionOf(
      {"tensor<2x2x3xf32>", "tensor<2xf32>", "tensor<2xf32>", "tensor<2xf32>",
       "tensor<2xf32>"},
      "tensor<2x2x3xf32>",
      R"(%y = nn.batch_norm_inference %0, %1, %2, %3, %4 {epsilon = 1.0 : f64}
         : (tensor<2x2x3xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>,
            tensor<2xf32>) -> tensor<2x2x3xf32>)");
  Tensor y = input;
  // Variances 3 and 8: the deviations with epsilon are 2 and 3.
  for (size_t i = 0; i < y.data.size(); ++i)
    y.data[i] = i / 3 % 2 ? (input.data[i] + 20) / 3 * -0.5 + 1
                          : (input.data[i] - 10) / 2 * 2 + 0.25;
  expectNear(
      interpretText(text, {input, scale, offset, runningMean, {{2}, {3, 8}}})
          .at(0),
      y);
}

TEST(ReferenceChannelAffine, ChannelAndOtherAxis) {
  std::string channel = functionOf(
      {"tensor<1x2x3xf32>"}, "tensor<1x2x3xf32>",
      "%y = nn.channel_affine %0 {scale = array<f64: -0.5, 2.0>, shift = "
      "array<f64: 0.25, -1.0>} : tensor<1x2x3xf32>");
  Tensor x{{1, 2, 3}, {1, 2, 3, 4, 5, 6}};
  expectNear(interpretText(channel, {x}).at(0),
             {{1, 2, 3}, {-0.25, -0.75, -1.25, 7, 9, 11}});
  std::string last = functionOf(
      {"tensor<1x2x3xf32>"}, "tensor<1x2x3xf32>",
      "%y = nn.channel_affine %0 {axis = 2 : i64, scale = array<f64: 1.0, 2.0, "
      "-3.0>, shift = array<f64: 0.0, 1.0, 2.0>} : tensor<1x2x3xf32>");
  expectNear(interpretText(last, {x}).at(0),
             {{1, 2, 3}, {1, 5, -7, 4, 11, -16}});
}

} // namespace
