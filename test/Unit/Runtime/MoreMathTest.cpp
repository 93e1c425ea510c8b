//===- MoreMathTest.cpp - Errors of the inverse and hyperbolic functions ---*-
// C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Ulp.h"
#include "kiln/Runtime/Math.h"

using namespace kiln::test;

TEST(Math, Exp2F32) { sweepF32("exp2f", kiln_exp2f, std::exp2); }
TEST(Math, Log2F32) { sweepF32("log2f", kiln_log2f, std::log2); }
TEST(Math, Log10F32) { sweepF32("log10f", kiln_log10f, std::log10); }
TEST(Math, TanF32) { sweepF32("tanf", kiln_tanf, std::tan); }
TEST(Math, AsinF32) { sweepF32("asinf", kiln_asinf, std::asin); }
TEST(Math, AcosF32) { sweepF32("acosf", kiln_acosf, std::acos); }
TEST(Math, AtanF32) { sweepF32("atanf", kiln_atanf, std::atan); }
TEST(Math, SinhF32) { sweepF32("sinhf", kiln_sinhf, std::sinh); }
TEST(Math, CoshF32) { sweepF32("coshf", kiln_coshf, std::cosh); }
TEST(Math, AsinhF32) { sweepF32("asinhf", kiln_asinhf, std::asinh); }
TEST(Math, AcoshF32) { sweepF32("acoshf", kiln_acoshf, std::acosh); }
TEST(Math, AtanhF32) { sweepF32("atanhf", kiln_atanhf, std::atanh); }

TEST(Math, Exp2F64) { sweepF64("exp2", kiln_exp2, std::exp2, -1080, 1030); }
TEST(Math, Log2F64) { sweepF64("log2", kiln_log2, std::log2, 0, 4); }
TEST(Math, Log10F64) { sweepF64("log10", kiln_log10, std::log10, 0, 4); }
TEST(Math, TanF64) {
  sweepF64("tan", kiln_tan, std::tan, -20, 20, /*bound=*/4.0);
}
TEST(Math, AsinF64) { sweepF64("asin", kiln_asin, std::asin, -1, 1); }
TEST(Math, AcosF64) { sweepF64("acos", kiln_acos, std::acos, -1, 1); }
TEST(Math, AtanF64) { sweepF64("atan", kiln_atan, std::atan, -6, 6); }
TEST(Math, SinhF64) { sweepF64("sinh", kiln_sinh, std::sinh, -4, 4); }
TEST(Math, CoshF64) { sweepF64("cosh", kiln_cosh, std::cosh, -4, 4); }
TEST(Math, AsinhF64) { sweepF64("asinh", kiln_asinh, std::asinh, -4, 4); }
TEST(Math, AcoshF64) { sweepF64("acosh", kiln_acosh, std::acosh, 1, 4); }
TEST(Math, AtanhF64) { sweepF64("atanh", kiln_atanh, std::atanh, -1, 1); }

// Where results are small or large, which even spreads hardly reach.
TEST(Math, SmallArguments) {
  struct {
    const char *name;
    F64Function function;
    Reference reference;
  } cases[] = {
      {"tan", kiln_tan, std::tan},       {"asin", kiln_asin, std::asin},
      {"atan", kiln_atan, std::atan},    {"sinh", kiln_sinh, std::sinh},
      {"asinh", kiln_asinh, std::asinh}, {"atanh", kiln_atanh, std::atanh}};
  std::mt19937_64 random(12);
  for (auto [name, function, reference] : cases) {
    Worst<double> worst;
    for (int i = 0; i < 200000; ++i) {
      double x = std::ldexp(1.0 + std::ldexp(double(random() >> 12), -52),
                            -static_cast<int>(random() % 60));
      x = std::fabs(x) < 1 ? x : 0.5;
      worst.add(function(x), reference(x), x);
    }
    worst.expectWithin(3.0, name);
    for (double zero : {0.0, -0.0})
      EXPECT_EQ(std::signbit(function(zero)), std::signbit(zero)) << name;
  }
}

TEST(Math, ArgumentsNearOne) {
  std::mt19937_64 random(13);
  Worst<double> asin, acos, acosh, atanh;
  for (int i = 0; i < 200000; ++i) {
    double rest = std::ldexp(double(random() >> 12), -52 - int(random() % 50));
    double below = 1.0 - rest, above = 1.0 + rest;
    asin.add(kiln_asin(below), std::asin((long double)below), below);
    acos.add(kiln_acos(below), std::acos((long double)below), below);
    acosh.add(kiln_acosh(above), std::acosh((long double)above), above);
    atanh.add(kiln_atanh(below), std::atanh((long double)below), below);
  }
  asin.expectWithin(3.0, "asin near 1");
  acos.expectWithin(3.0, "acos near 1");
  acosh.expectWithin(3.0, "acosh near 1");
  atanh.expectWithin(3.0, "atanh near 1");
}

TEST(Math, OverflowOfHyperbolics) {
  EXPECT_EQ(kiln_sinh(711.0), HUGE_VAL);
  EXPECT_EQ(kiln_sinh(-HUGE_VAL), -HUGE_VAL);
  EXPECT_EQ(kiln_cosh(HUGE_VAL), HUGE_VAL);
  EXPECT_LE(ulpError(kiln_cosh(710.4), std::cosh((long double)710.4)), 3.0);
  EXPECT_EQ(kiln_coshf(90.0f), kInf);
  EXPECT_EQ(kiln_asinhf(kInf), kInf);
  EXPECT_EQ(kiln_atanhf(-1.0f), -kInf);
  EXPECT_TRUE(std::isnan(kiln_acoshf(0.5f)));
  EXPECT_TRUE(std::isnan(kiln_asinf(1.5f)));
}

/// Bit patterns of every size, and quotients of every size.
TEST(Math, FmodIsExact) {
  std::mt19937_64 random(14);
  for (int i = 0; i < 200000; ++i) {
    auto x = std::bit_cast<double>(random()),
         y = std::bit_cast<double>(random());
    if (i % 2 != 0)
      y = std::ldexp(x, -static_cast<int>(random() % 70)) * 0.7;
    double expected = std::fmod(x, y), actual = kiln_fmod(x, y);
    if (std::isnan(expected))
      ASSERT_TRUE(std::isnan(actual)) << x << " % " << y;
    else
      ASSERT_EQ(std::bit_cast<uint64_t>(actual),
                std::bit_cast<uint64_t>(expected))
          << x << " % " << y;
    auto a = static_cast<float>(x), b = static_cast<float>(y);
    if (float rest = std::fmod(a, b); !std::isnan(rest))
      ASSERT_EQ(kiln_fmodf(a, b), rest) << a << " % " << b;
  }
  EXPECT_EQ(kiln_fmod(0x1p-1074, 0x1p-1073), 0x1p-1074);
}

TEST(Math, WholePowers) {
  EXPECT_EQ(kiln_ipow(3, 39), 4052555153018976267);
  EXPECT_EQ(kiln_ipow(-2, 63), INT64_MIN);
  EXPECT_EQ(kiln_ipow(2, 64), 0); // modulo 2^64
  EXPECT_EQ(kiln_ipow(7, 0), 1);
  EXPECT_EQ(kiln_ipow(0, 0), 1);
  EXPECT_EQ(kiln_ipow(0, -1), 0);
  EXPECT_EQ(kiln_ipow(-1, -3), -1);
  EXPECT_EQ(kiln_ipow(5, -1), 0);
}
