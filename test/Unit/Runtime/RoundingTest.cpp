//===- RoundingTest.cpp - Rounding without libm ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Under other names, against libm, bit by bit.
//===----------------------------------------------------------------------===//

#include <bit>
#include <cmath>
#include <cstdint>
#include <gtest/gtest.h>
#include <random>

#define DECLARE(name)                                                          \
  float kiln_test_##name##f(float);                                            \
  double kiln_test_##name(double);

extern "C" {
DECLARE(rint)
DECLARE(nearbyint)
DECLARE(roundeven)
DECLARE(floor)
DECLARE(ceil)
DECLARE(trunc)
DECLARE(round)
}

namespace {

template <typename T> void expectSame(T actual, T expected, T x) {
  if (std::isnan(expected))
    ASSERT_TRUE(std::isnan(actual)) << x;
  else
    ASSERT_TRUE(actual == expected &&
                std::signbit(actual) == std::signbit(expected))
        << x << ": " << actual << ", expected " << expected;
}

/// Every 1009th float and its nearest half, and as many random doubles.
void sweep(float (*f32)(float), float (*expectedF32)(float),
           double (*f64)(double), double (*expectedF64)(double)) {
  std::mt19937_64 random(10);
  std::uniform_real_distribution<double> exponent(-3, 54);
  for (uint64_t bits = 0; bits < (uint64_t(1) << 32); bits += 1009) {
    float x = std::bit_cast<float>(static_cast<uint32_t>(bits));
    float half = std::rint(x) + 0.5f;
    expectSame(f32(x), expectedF32(x), x);
    expectSame(f32(half), expectedF32(half), half);
    double wide = std::exp2(exponent(random)) * (bits & 1 ? -1 : 1);
    double wideHalf = std::rint(wide) + 0.5;
    expectSame(f64(wide), expectedF64(wide), wide);
    expectSame(f64(wideHalf), expectedF64(wideHalf), wideHalf);
    expectSame(f64(x), expectedF64(x), static_cast<double>(x));
  }
}

} // namespace

#define SWEEP(name, reference)                                                 \
  sweep(kiln_test_##name##f, static_cast<float (*)(float)>(std::reference),    \
        kiln_test_##name, static_cast<double (*)(double)>(std::reference))

TEST(Rounding, Rint) { SWEEP(rint, rint); }
TEST(Rounding, NearbyInt) { SWEEP(nearbyint, nearbyint); }
TEST(Rounding, RoundEven) { SWEEP(roundeven, rint); }
TEST(Rounding, Floor) { SWEEP(floor, floor); }
TEST(Rounding, Ceil) { SWEEP(ceil, ceil); }
TEST(Rounding, Trunc) { SWEEP(trunc, trunc); }
TEST(Rounding, Round) { SWEEP(round, round); }
