//===- MathTest.cpp - Errors of the elementary functions ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "kiln/Runtime/Math.h"
#include "Ulp.h"

using namespace kiln::test;

TEST(Math, ExpF32) { sweepF32("expf", kiln_expf, std::exp); }
TEST(Math, Expm1F32) { sweepF32("expm1f", kiln_expm1f, std::expm1); }
TEST(Math, LogF32) { sweepF32("logf", kiln_logf, std::log); }
TEST(Math, Log1pF32) { sweepF32("log1pf", kiln_log1pf, std::log1p); }
TEST(Math, TanhF32) { sweepF32("tanhf", kiln_tanhf, std::tanh); }
TEST(Math, ErfF32) { sweepF32("erff", kiln_erff, std::erf); }
TEST(Math, SinF32) { sweepF32("sinf", kiln_sinf, std::sin); }
TEST(Math, CosF32) { sweepF32("cosf", kiln_cosf, std::cos); }

TEST(Math, ExpF64) { sweepF64("exp", kiln_exp, std::exp, -750, 712); }
TEST(Math, Expm1F64) { sweepF64("expm1", kiln_expm1, std::expm1, -4, 4); }
TEST(Math, LogF64) { sweepF64("log", kiln_log, std::log, 0, 4); }
TEST(Math, Log1pF64) { sweepF64("log1p", kiln_log1p, std::log1p, -1, 3); }
TEST(Math, TanhF64) { sweepF64("tanh", kiln_tanh, std::tanh, -4, 4); }
TEST(Math, ErfF64) { sweepF64("erf", kiln_erf, std::erf, -6, 6); }
TEST(Math, SinF64) { sweepF64("sin", kiln_sin, std::sin, -20, 20); }
TEST(Math, CosF64) { sweepF64("cos", kiln_cos, std::cos, -20, 20); }

// The f64 whose sine is smallest of all (Muller, Elementary Functions, 11.2),
// and what lies at multiples of pi/2, both sides of 2^20.
TEST(Math, AnglesNearMultiplesOfHalfPi) {
  Worst<double> sine, cosine;
  auto add = [&](double x) {
    sine.add(kiln_sin(x), std::sin((long double)x), x);
    cosine.add(kiln_cos(x), std::cos((long double)x), x);
  };
  EXPECT_NEAR(kiln_cos(0x1.6ac5b262ca1ffp+849) / -4.68716592425462761112e-19,
              1.0, 1e-14);
  std::mt19937_64 random(9);
  for (int i = 0; i < 200000; ++i) {
    auto n = static_cast<double>(random() >> (random() % 20 + 40));
    double x = n * 0x1.921fb54442d18p0;
    add(x);
    add(std::nextafter(x, 0.0));
  }
  sine.expectWithin(3.0, "sin near n pi/2");
  cosine.expectWithin(3.0, "cos near n pi/2");
}

// Bases around 1 and of every size, with powers that reach the whole range.
TEST(Math, PowF32) {
  std::mt19937_64 random(7);
  std::uniform_real_distribution<float> base(0.0f, 4.0f), power(-60.0f, 60.0f);
  Worst<float> worst;
  for (int i = 0; i < 2000000; ++i) {
    float x = base(random), y = power(random);
    worst.add(kiln_powf(x, y), std::pow((long double)x, (long double)y), x, y);
    x = std::bit_cast<float>(static_cast<uint32_t>(random()));
    y = std::bit_cast<float>(static_cast<uint32_t>(random()));
    worst.add(kiln_powf(x, y), std::pow((long double)x, (long double)y), x, y);
  }
  worst.expectWithin(1.0, "powf");
}

TEST(Math, PowF64) {
  std::mt19937_64 random(8);
  std::uniform_real_distribution<double> base(0.0, 4.0), size(-708.0, 709.0);
  Worst<double> worst;
  for (int i = 0; i < 500000; ++i) {
    double x = base(random), y = size(random) / std::log(x);
    worst.add(kiln_pow(x, y), std::pow((long double)x, (long double)y), x, y);
    x = std::bit_cast<double>(random()), y = std::bit_cast<double>(random());
    worst.add(kiln_pow(x, y), std::pow((long double)x, (long double)y), x, y);
    y = std::nearbyint(size(random) / 16);
    worst.add(kiln_pow(x, y), std::pow((long double)x, (long double)y), x, y);
  }
  worst.expectWithin(3.0, "pow");
}

// C17, F.10.4.4, in its order.
TEST(Math, PowSpecialCases) {
  const float values[] = {0.0f,  -0.0f, 1.0f,  -1.0f, 2.0f,     -2.0f,
                          0.5f,  -0.5f, 3.0f,  -3.0f, 1e-45f,   -1e-45f,
                          1e30f, kInf,  -kInf, kNaN,  16777215, -2.5f};
  for (float x : values)
    for (float y : values) {
      float expected = std::pow(x, y), actual = kiln_powf(x, y);
      double expectedWide = std::pow(double(x), double(y));
      double actualWide = kiln_pow(x, y);
      if (std::isnan(expected)) {
        EXPECT_TRUE(std::isnan(actual) && std::isnan(actualWide))
            << x << "^" << y;
        continue;
      }
      EXPECT_LE(ulpError(actual, expectedWide), 1.0) << x << "^" << y;
      EXPECT_LE(ulpError(actualWide, expectedWide), 3.0) << x << "^" << y;
      EXPECT_EQ(std::signbit(actual), std::signbit(expected)) << x << "^" << y;
      EXPECT_EQ(std::signbit(actualWide), std::signbit(expectedWide))
          << x << "^" << y;
    }
}

TEST(Math, SignOfZeroIsKept) {
  for (F32Function function :
       {kiln_expm1f, kiln_log1pf, kiln_tanhf, kiln_erff, kiln_sinf})
    for (float zero : {0.0f, -0.0f}) {
      EXPECT_EQ(function(zero), 0.0f);
      EXPECT_EQ(std::signbit(function(zero)), std::signbit(zero));
    }
  for (F64Function function :
       {kiln_expm1, kiln_log1p, kiln_tanh, kiln_erf, kiln_sin})
    for (double zero : {0.0, -0.0}) {
      EXPECT_EQ(function(zero), 0.0);
      EXPECT_EQ(std::signbit(function(zero)), std::signbit(zero));
    }
}

TEST(Math, Infinities) {
  EXPECT_EQ(kiln_expf(kInf), kInf);
  EXPECT_EQ(kiln_expf(-kInf), 0.0f);
  EXPECT_EQ(kiln_expm1f(-kInf), -1.0f);
  EXPECT_EQ(kiln_logf(kInf), kInf);
  EXPECT_EQ(kiln_logf(0.0f), -kInf);
  EXPECT_EQ(kiln_logf(-0.0f), -kInf);
  EXPECT_TRUE(std::isnan(kiln_logf(-1.0f)));
  EXPECT_EQ(kiln_log1pf(-1.0f), -kInf);
  EXPECT_EQ(kiln_tanhf(-kInf), -1.0f);
  EXPECT_EQ(kiln_erff(kInf), 1.0f);
  EXPECT_EQ(kiln_exp(kInf), kInf);
  EXPECT_EQ(kiln_log1p(kInf), kInf);
  EXPECT_EQ(kiln_expm1(kInf), kInf);
  EXPECT_EQ(kiln_erf(-kInf), -1.0);
  EXPECT_TRUE(std::isnan(kiln_log1p(-2.0)));
  EXPECT_TRUE(std::isnan(kiln_sinf(kInf)));
  EXPECT_TRUE(std::isnan(kiln_cos(-kInf)));
}
