//===- ActivationTest.cpp - Activations by other formulas ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Support/Interpret.h"

#include <functional>

using namespace kiln::test;

namespace {

const std::vector<double> points = {-40.0, -7.25, -3.0, -1.0,  -0.1, 0.0,
                                    0.3,   0.5,   2.75, 6.125, 40.0};

using Function = std::function<long double(long double)>;

/// Applies `op` to the points and compares with `function`, evaluated in
/// extended precision, and NaN must stay NaN.
void check(llvm::StringRef op, const Function &function) {
  auto count = static_cast<int64_t>(points.size()) + 1;
  std::string type = "tensor<" + std::to_string(count) + "xf32>";
  Tensor x{{count}, points}, y{{count}, {}};
  x.data.push_back(std::nan(""));
  for (double point : points)
    y.data.push_back(static_cast<double>(function(point)));
  y.data.push_back(std::nan(""));
  std::string body = "%y = nn." + op.str() + " : " + type;
  auto results = interpretText(functionOf({type}, type, body), {x});
  ASSERT_EQ(results.size(), 1u) << op.str();
  for (size_t i = 0; i < y.data.size(); ++i) {
    if (std::isnan(y.data[i]))
      EXPECT_TRUE(std::isnan(results[0].data[i])) << op.str();
    else
      EXPECT_NEAR(results[0].data[i], y.data[i],
                  4e-15 * std::max(1.0, std::abs(y.data[i])))
          << op.str() << " at " << points[i];
  }
}

long double sigmoid(long double x) { return 1 / (1 + std::exp(-x)); }
long double softplus(long double x) { return std::log1p(std::exp(x)); }
long double clamp(long double x, long double low, long double high) {
  return std::min(std::max(x, low), high);
}

TEST(ReferenceActivation, PiecewiseLinear) {
  using D = long double;
  check("relu %0", [](D x) { return std::max<D>(x, 0); });
  check("clip %0 {minimum = -1.5 : f64, maximum = 6.0 : f64}",
        [](D x) { return clamp(x, -1.5, 6); });
  check("leaky_relu %0 {alpha = 0.125 : f64}",
        [](D x) { return x >= 0 ? x : x / 8; });
  check("leaky_relu %0 {alpha = -2.0 : f64}",
        [](D x) { return x >= 0 ? x : -2 * x; });
  check("hard_sigmoid %0 {alpha = 0.25 : f64, beta = 0.375 : f64}",
        [](D x) { return clamp(x / 4 + 0.375L, 0, 1); });
  check("hard_swish %0", [](D x) { return x * clamp(x / 6 + 0.5L, 0, 1); });
}

TEST(ReferenceActivation, Exponential) {
  using D = long double;
  check("elu %0 {alpha = 1.5 : f64}",
        [](D x) { return x > 0 ? x : 1.5L * (std::exp(x) - 1); });
  check("selu %0 {alpha = 1.75 : f64, gamma = 1.0625 : f64}",
        [](D x) { return 1.0625L * (x > 0 ? x : 1.75L * (std::exp(x) - 1)); });
  check("celu %0 {alpha = 2.0 : f64}",
        [](D x) { return x > 0 ? x : 2 * (std::exp(x / 2) - 1); });
  check("sigmoid %0", sigmoid);
  check("tanh %0", [](D x) { return 2 * sigmoid(2 * x) - 1; });
  check("softplus %0", softplus);
  check("softsign %0", [](D x) { return x / (1 + std::abs(x)); });
  check("silu %0", [](D x) { return x * sigmoid(x); });
  check("mish %0", [](D x) { return x * std::tanh(softplus(x)); });
}

TEST(ReferenceActivation, GeluForms) {
  using D = long double;
  D pi = std::acos(-1.0L);
  check("gelu %0",
        [](D x) { return x / 2 * (1 + std::erf(x / std::sqrt(2.0L))); });
  check("gelu %0 {form = #nn.gelu_form<tanh>}", [=](D x) {
    // 0.044715 as the double that the definition is evaluated with.
    D inner = std::sqrt(2 / pi) * (x + D(0.044715) * x * x * x);
    return x / 2 * (1 + std::tanh(inner));
  });
}

TEST(ReferenceActivation, PReluSlopePerChannelAndShared) {
  Tensor x{{1, 2, 2}, {-1, 2, -3, 4}};
  for (const Tensor &slope : {Tensor{{2}, {0.5, -2}}, Tensor{{1}, {3}}}) {
    std::string type = "tensor<" + std::to_string(slope.size()) + "xf32>";
    std::string text =
        functionOf({"tensor<1x2x2xf32>", type}, "tensor<1x2x2xf32>",
                   "%y = nn.prelu %0, %1 : tensor<1x2x2xf32>, " + type);
    double first = slope.data.front(), second = slope.data.back();
    expectNear(interpretText(text, {x, slope}).at(0),
               {{1, 2, 2}, {-first, 2, -3 * second, 4}});
  }
}

TEST(ReferenceActivation, SoftmaxAlongEachAxis) {
  Tensor x = pattern({2, 3, 5});
  x.data[4] = 900; // exp overflows unless the maximum is subtracted
  int64_t strides[] = {15, 5, 1}, sizes[] = {2, 3, 5};
  for (int64_t axis = 0; axis < 3; ++axis)
    for (bool isLog : {false, true}) {
      Tensor y = x;
      for (int64_t i = 0; i < x.size(); ++i) {
        int64_t first = i - i / strides[axis] % sizes[axis] * strides[axis];
        long double sum = 0;
        for (int64_t k = 0; k < sizes[axis]; ++k)
          sum += std::exp(static_cast<long double>(
              x.data[first + k * strides[axis]] - x.data[i]));
        y.data[i] = static_cast<double>(isLog ? -std::log(sum) : 1 / sum);
      }
      std::string text = functionOf(
          {"tensor<2x3x5xf32>"}, "tensor<2x3x5xf32>",
          std::string(isLog ? "%y = nn.log_softmax" : "%y = nn.softmax") +
              " %0 {axis = " + std::to_string(axis) +
              " : i64} : tensor<2x3x5xf32>");
      expectNear(interpretText(text, {x}).at(0), y, 1e-13);
    }
}

} // namespace
