//===- BatchNormKernelTest.cpp - Normalisation by the batch, compiled ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CompiledNet.h"

#include <random>

using namespace kiln::test;

namespace {

/// Channels whose mean is far larger than their deviation, as elements of f32.
constexpr int64_t kImages = 8, kChannels = 40, kHeight = 13, kWidth = 11;
constexpr int64_t kPlane = kHeight * kWidth, kCount = kImages * kPlane;

Tensor farFromZero(unsigned seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> normal;
  std::uniform_real_distribution<double> about(0.5, 2.0);
  Tensor tensor{{kImages, kChannels, kHeight, kWidth}, {}};
  tensor.data.resize(kImages * kChannels * kPlane);
  for (int64_t c = 0; c < kChannels; ++c) {
    double mean = (c % 2 ? -1e4 : 1e4) * about(random);
    double deviation = 1e-2 * about(random);
    for (int64_t n = 0; n < kImages; ++n)
      for (int64_t i = 0; i < kPlane; ++i)
        tensor.data[(n * kChannels + c) * kPlane + i] =
            static_cast<float>(mean + deviation * normal(random));
  }
  return tensor;
}

std::vector<float> channelOf(const Tensor &x, int64_t c) {
  std::vector<float> values;
  for (int64_t n = 0; n < kImages; ++n)
    for (int64_t i = 0; i < kPlane; ++i)
      values.push_back(
          static_cast<float>(x.data[(n * kChannels + c) * kPlane + i]));
  return values;
}

/// Mean of the squares less the square of the mean.
float naive(const std::vector<float> &values) {
  float sum = 0, squares = 0;
  for (float value : values) {
    sum += value;
    squares += value * value;
  }
  float mean = sum / kCount;
  return squares / kCount - mean * mean;
}

float twoPasses(const std::vector<float> &values) {
  float sum = 0, squares = 0;
  for (float value : values)
    sum += value;
  float mean = sum / kCount;
  for (float value : values)
    squares += (value - mean) * (value - mean);
  return squares / kCount;
}

float welford(const std::vector<float> &values) {
  float mean = 0, squares = 0, seen = 0;
  for (float value : values) {
    float distance = value - mean;
    mean += distance / ++seen;
    squares += distance * (value - mean);
  }
  return squares / kCount;
}

/// Greatest relative error of a way to compute the variance in f32.
double errorOf(float (*variance)(const std::vector<float> &), const Tensor &x,
               const Tensor &exact) {
  double worst = 0;
  for (int64_t c = 0; c < kChannels; ++c)
    worst = std::max(worst,
                     std::abs(variance(channelOf(x, c)) / exact.data[c] - 1));
  return worst;
}

/// The net on plain tensors, or behind a depthwise convolution by ones, which
/// gives its input in blocks of channels.
std::string netText(bool blocked) {
  std::string conv =
      "%w = arith.constant dense<1.0> : tensor<40x1x1x1xf32>\n"
      "%c = nn.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: "
      "1, 1>, pad_low = array<i64: 0, 0>, pad_high = array<i64: 0, 0>, groups "
      "= "
      "40 : i64} : (tensor<8x40x13x11xf32>, tensor<40x1x1x1xf32>) -> "
      "tensor<8x40x13x11xf32>\n";
  return "func.func @net(%x: tensor<8x40x13x11xf32>) -> "
         "(tensor<8x40x13x11xf32>, tensor<40xf32>, tensor<40xf32>) {\n"
         "%s = arith.constant dense<-1.25> : tensor<40xf32>\n"
         "%o = arith.constant dense<0.5> : tensor<40xf32>\n" +
         (blocked ? conv : "") + "%y, %m, %v = nn.batch_norm_training " +
         (blocked ? "%c" : "%x") +
         ", %s, %o {epsilon = 1.0e-05 : f64} : (tensor<8x40x13x11xf32>, "
         "tensor<40xf32>, tensor<40xf32>) -> (tensor<8x40x13x11xf32>, "
         "tensor<40xf32>, tensor<40xf32>)\n"
         "return %y, %m, %v : tensor<8x40x13x11xf32>, tensor<40xf32>, "
         "tensor<40xf32>\n}\n";
}

class FarFromZero : public testing::TestWithParam<bool> {};

TEST_P(FarFromZero, VarianceAndResultAreThoseOfF64) {
  constexpr unsigned kSeed = 20261123;
  Tensor x = farFromZero(kSeed);
  std::string text = netText(GetParam());
  std::vector<Tensor> exact = interpretText(text, {x});
  std::vector<Tensor> actual =
      runCompiled(text, {x}, llvm::cantFail(kiln::cpu::describeTarget()));
  ASSERT_EQ(actual.size(), 3u);
  double variance = 0, result = 0;
  for (int64_t c = 0; c < kChannels; ++c)
    variance =
        std::max(variance, std::abs(actual[2].data[c] / exact[2].data[c] - 1));
  for (size_t i = 0; i < exact[0].data.size(); ++i)
    result = std::max(result, std::abs(actual[0].data[i] - exact[0].data[i]));
  double ofNaive = errorOf(naive, x, exact[2]);
  double ofTwoPasses = errorOf(twoPasses, x, exact[2]);
  double ofWelford = errorOf(welford, x, exact[2]);
  std::printf("seed %u, variance of 40 channels in f32, greatest relative "
              "error: naive %.2g, two passes %.2g, Welford %.2g, compiled "
              "%.2g; compiled result %.2g\n",
              kSeed, ofNaive, ofTwoPasses, ofWelford, variance, result);
  EXPECT_LE(variance, 1e-4);
  // Of results up to 4 or so: a few units in the last place.
  EXPECT_LE(result, 4e-6);
  // What it is compared with does fail on these channels.
  EXPECT_GT(ofNaive, 1);
  EXPECT_GT(ofTwoPasses, 1e-4);
  EXPECT_GT(ofWelford, 1e-3);
}

INSTANTIATE_TEST_SUITE_P(BatchNorm, FarFromZero, testing::Bool(),
                         [](const auto &info) {
                           return info.param ? "blocked" : "plain";
                         });

/// Statements that make %y, %m and %v from %0 (the input), %1 (what is added),
/// with the shape of planes that are no multiple of a vector.
struct Case {
  const char *name;
  std::vector<int64_t> shape;
  bool blocked, fused;
  const char *element;
};

class BatchNormKernel : public testing::TestWithParam<Case> {};

std::string shapeText(const Case &c, llvm::ArrayRef<int64_t> shape) {
  std::string text = "tensor<";
  for (int64_t size : shape)
    text += std::to_string(size) + "x";
  return text + c.element + ">";
}

std::string caseText(const Case &c) {
  std::string x = shapeText(c, c.shape), v = shapeText(c, {c.shape[1]});
  std::string w = shapeText(c, {c.shape[1], 1, 1, 1});
  std::string channels = std::to_string(c.shape[1]);
  std::string text = "func.func @net(%x: " + x + ", %skip: " + x +
                     ", %s: " + v + ", %o: " + v + ", %rm: " + v +
                     ", %rv: " + v + ") -> (" + x + ", " + v + ", " + v +
                     ") {\n";
  if (c.blocked)
    text += "%w = arith.constant dense<1.5> : " + w +
            "\n%in = nn.conv %x, %w {strides = array<i64: 1, 1>, dilations = "
            "array<i64: 1, 1>, pad_low = array<i64: 0, 0>, pad_high = "
            "array<i64: 0, 0>, groups = " +
            channels + " : i64} : (" + x + ", " + w + ") -> " + x + "\n";
  std::string norm =
      std::string("nn.batch_norm_training ") + (c.blocked ? "%in" : "%x") +
      ", %s, %o running(%rm, %rv) {epsilon = 0.001 : f64, momentum = 0.3 : "
      "f64, tracks_statistics, unbiased_variance} : (" +
      x + ", " + v + ", " + v + ", " + v + ", " + v + ") -> (" + x + ", " + v +
      ", " + v + ")\n";
  std::string types = x + ", " + v + ", " + v;
  if (!c.fused)
    return text + "%y:3 = " + norm + "return %y#0, %y#1, %y#2 : " + types +
           "\n}\n";
  std::string dims, loops;
  for (size_t i = 0; i < c.shape.size(); ++i) {
    dims += (i ? ", d" : "d") + std::to_string(i);
    loops += i ? ", \"parallel\"" : "\"parallel\"";
  }
  std::string map = "affine_map<(" + dims + ") -> (" + dims + ")>";
  return text + "%y:3 = nn.fused {\n%n:3 = " + norm +
         "%e = tensor.empty() : " + x +
         "\n%a = linalg.generic {indexing_maps = [" + map + ", " + map + ", " +
         map + "], iterator_types = [" + loops + "]} ins(%n#0, %skip : " + x +
         ", " + x + ") outs(%e : " + x + ") {\n^bb0(%p: " + c.element +
         ", %q: " + c.element + ", %r: " + c.element +
         "):\n%sum = arith.addf %p, %q : " + c.element +
         "\nlinalg.yield %sum : " + c.element + "\n} -> " + x +
         "\n%relu = nn.leaky_relu %a {alpha = 0.1 : f64} : " + x +
         "\nnn.yield %relu, %n#1, %n#2 : " + types + "\n} : " + types +
         "\nreturn %y#0, %y#1, %y#2 : " + types + "\n}\n";
}

TEST_P(BatchNormKernel, MatchesInterpreter) {
  const Case &c = GetParam();
  std::vector<Tensor> inputs{pattern(c.shape, 1), pattern(c.shape, 2)};
  for (int64_t seed = 3; seed < 7; ++seed)
    inputs.push_back(pattern({c.shape[1]}, seed));
  expectCompiledNear(caseText(c), inputs);
}

INSTANTIATE_TEST_SUITE_P(
    BatchNorm, BatchNormKernel,
    testing::Values(
        Case{"plane", {3, 5, 7, 9}, false, false, "f32"},
        Case{"plane_fused", {3, 5, 7, 9}, false, true, "f32"},
        Case{"line", {4, 3, 37}, false, true, "f32"},
        Case{"volume", {2, 3, 4, 5, 3}, false, true, "f32"},
        Case{"point", {7, 5, 1, 1}, false, true, "f32"},
        Case{"f64", {3, 5, 7, 9}, false, true, "f64"},
        Case{"blocked", {3, 19, 5, 7}, true, false, "f32"},
        Case{"blocked_fused", {3, 19, 5, 7}, true, true, "f32"},
        Case{"blocked_full", {2, 32, 3, 5}, true, true, "f32"},
        Case{"blocked_f64", {3, 19, 5, 7}, true, true, "f64"},
        Case{"tasks", {2, 70, 41, 43}, true, true, "f32"},
        // Written past the caches: blocks lie in the arena, which
        // is aligned, and a caller's memory need not be.
        Case{"far", {9, 32, 88, 88}, true, true, "f64"},
        Case{"far_unaligned", {9, 16, 96, 160}, false, true, "f64"}),
    [](const auto &info) { return info.param.name; });

} // namespace
