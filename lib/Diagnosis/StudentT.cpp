//===- StudentT.cpp - Quantiles of Student's t ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "StudentT.h"

#include <cmath>

namespace kiln {

/// The continued fraction of the incomplete beta function (Abramowitz and
/// Stegun 26.5.8), by Lentz's method.
static double betaFraction(double a, double b, double x) {
  constexpr double kTiny = 1e-300;
  auto guarded = [](double value) {
    return std::abs(value) < kTiny ? kTiny : value;
  };
  double c = 1, d = 1 / guarded(1 - (a + b) * x / (a + 1)), result = d;
  for (int m = 1; m < 300; ++m) {
    double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / guarded(1 + even * d);
    c = guarded(1 + even / c);
    result *= d * c;
    double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / guarded(1 + odd * d);
    c = guarded(1 + odd / c);
    double step = d * c;
    result *= step;
    if (std::abs(step - 1) < 1e-14)
      break;
  }
  return result;
}

/// The regularised incomplete beta function I_x(a, b).
static double incompleteBeta(double a, double b, double x) {
  if (x <= 0 || x >= 1)
    return x <= 0 ? 0 : 1;
  double front = std::exp(std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b) +
                          a * std::log(x) + b * std::log1p(-x));
  if (x < (a + 1) / (a + b + 2))
    return front * betaFraction(a, b, x) / a;
  return 1 - front * betaFraction(b, a, 1 - x) / b;
}

/// P(|T| > t) = I_{v / (v + t^2)}(v / 2, 1 / 2) (Abramowitz and Stegun 26.7.1).
static double twoSidedTail(double t, double degrees) {
  return incompleteBeta(degrees / 2, 0.5, degrees / (degrees + t * t));
}

double twoSidedQuantile(double p, int64_t degrees) {
  auto v = static_cast<double>(degrees);
  double low = 0, high = 1;
  while (twoSidedTail(high, v) > p && high < 1e12)
    high *= 2;
  for (int i = 0; i < 100; ++i) {
    double middle = (low + high) / 2;
    (twoSidedTail(middle, v) > p ? low : high) = middle;
  }
  return high;
}

} // namespace kiln
