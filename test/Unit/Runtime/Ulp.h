//===- Ulp.h - Errors of functions in units of the last place ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Sweeps cover every exponent and sign. The largest error found is printed, and
// must stay within what Math.h promises.
//===----------------------------------------------------------------------===//

#ifndef KILN_TEST_UNIT_RUNTIME_ULP_H
#define KILN_TEST_UNIT_RUNTIME_ULP_H

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <gtest/gtest.h>
#include <limits>
#include <random>

namespace kiln::test {

inline constexpr float kInf = std::numeric_limits<float>::infinity();
inline constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

/// Distance of `actual` from `exact` in units of the last place of T at
/// `exact`. Infinite where one is NaN or infinite after rounding, and the other
/// is something else.
template <typename T> double ulpError(T actual, long double exact) {
  T rounded = static_cast<T>(exact);
  if (std::isnan(rounded) || std::isnan(actual))
    return std::isnan(rounded) && std::isnan(actual) ? 0.0 : kInf;
  if (std::isinf(rounded) || std::isinf(actual))
    return rounded == actual ? 0.0 : kInf;
  int exponent =
      exact == 0 ? std::numeric_limits<T>::min_exponent : std::ilogb(exact) + 1;
  exponent = std::max(exponent, std::numeric_limits<T>::min_exponent);
  long double ulp = std::ldexp(1.0L, exponent - std::numeric_limits<T>::digits);
  return static_cast<double>(std::fabs(actual - exact) / ulp);
}

template <typename T> struct Worst {
  double error = 0;
  T x = 0, y = 0;

  void add(T actual, long double exact, T atX, T atY = 0) {
    double found = ulpError(actual, exact);
    if (found > error)
      *this = {found, atX, atY};
  }

  void expectWithin(double bound, const char *name) const {
    std::printf("  %s: largest error %.4f ulp, at %a", name, error,
                static_cast<double>(x));
    if (y != 0)
      std::printf(", %a", static_cast<double>(y));
    std::printf("\n");
    EXPECT_LE(error, bound) << name;
  }
};

using F32Function = float (*)(float);
using F64Function = double (*)(double);
using Reference = long double (*)(long double);

/// Every 1009th bit pattern: four million floats, NaN and infinities included.
inline void sweepF32(const char *name, F32Function function,
                     Reference reference) {
  Worst<float> worst;
  for (uint64_t bits = 0; bits < (uint64_t(1) << 32); bits += 1009) {
    float x = std::bit_cast<float>(static_cast<uint32_t>(bits));
    worst.add(function(x), reference(x), x);
  }
  worst.expectWithin(1.0, name);
}

/// Random bit patterns, and as many spread evenly over [-low, high].
inline void sweepF64(const char *name, F64Function function,
                     Reference reference, double low, double high,
                     double bound = 3.0) {
  constexpr uint64_t seed = 20240607;
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<double> even(low, high);
  Worst<double> worst;
  for (int i = 0; i < 500000; ++i) {
    double x = std::bit_cast<double>(random());
    worst.add(function(x), reference(x), x);
    x = even(random);
    worst.add(function(x), reference(x), x);
  }
  worst.expectWithin(bound, name);
}

} // namespace kiln::test

#endif // KILN_TEST_UNIT_RUNTIME_ULP_H
