//===- HalfFloatTest.cpp - Conversions of f16 and bf16 ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Against LLVM's soft floats.
//===----------------------------------------------------------------------===//

#include <bit>
#include <cmath>
#include <cstdint>
#include <gtest/gtest.h>
#include <llvm/ADT/APFloat.h>
#include <random>

// By their names in KilnRuntimeNative. f16 and bf16 return in the same register
// as a _Float16, which C++ compilers of x86-64 know as an extension.
extern "C" {
float kiln_test___extendhfsf2(_Float16 x);
_Float16 kiln_test___truncsfhf2(float x);
_Float16 kiln_test___truncdfhf2(double x);
_Float16 kiln_test___truncsfbf2(float x);
_Float16 kiln_test___truncdfbf2(double x);
}

namespace {

uint16_t bits(_Float16 x) { return std::bit_cast<uint16_t>(x); }

/// The 16 bits that `x` rounds to, or nothing for a NaN.
std::optional<uint16_t> rounded(llvm::APFloat x,
                                const llvm::fltSemantics &type) {
  bool losesInfo;
  x.convert(type, llvm::APFloat::rmNearestTiesToEven, &losesInfo);
  if (x.isNaN())
    return std::nullopt;
  return static_cast<uint16_t>(x.bitcastToAPInt().getZExtValue());
}

bool isHalfNaN(uint16_t x) { return (x & 0x7fff) > 0x7c00; }
bool isBFloatNaN(uint16_t x) { return (x & 0x7fff) > 0x7f80; }

} // namespace

TEST(HalfFloat, ExtendsEveryHalf) {
  for (uint32_t i = 0; i < 65536; ++i) {
    auto half = static_cast<uint16_t>(i);
    float wide = kiln_test___extendhfsf2(std::bit_cast<_Float16>(half));
    if (isHalfNaN(half)) {
      EXPECT_TRUE(std::isnan(wide)) << i;
      continue;
    }
    llvm::APFloat exact(llvm::APFloat::IEEEhalf(), llvm::APInt(16, half));
    bool losesInfo;
    exact.convert(llvm::APFloat::IEEEsingle(),
                  llvm::APFloat::rmNearestTiesToEven, &losesInfo);
    ASSERT_EQ(std::bit_cast<uint32_t>(wide),
              std::bit_cast<uint32_t>(exact.convertToFloat()))
        << i;
  }
}

TEST(HalfFloat, TruncatesF32) {
  for (uint64_t i = 0; i < (uint64_t(1) << 32); i += 4099) {
    auto x = std::bit_cast<float>(static_cast<uint32_t>(i));
    uint16_t half = bits(kiln_test___truncsfhf2(x));
    uint16_t bfloat = bits(kiln_test___truncsfbf2(x));
    auto wantHalf = rounded(llvm::APFloat(x), llvm::APFloat::IEEEhalf());
    auto wantBFloat = rounded(llvm::APFloat(x), llvm::APFloat::BFloat());
    ASSERT_TRUE(wantHalf ? half == *wantHalf : isHalfNaN(half)) << x;
    ASSERT_TRUE(wantBFloat ? bfloat == *wantBFloat : isBFloatNaN(bfloat)) << x;
  }
}

// Once, not by way of f32: ties that f32 would make are among them.
TEST(HalfFloat, TruncatesF64Once) {
  std::mt19937_64 random(15);
  auto check = [](double x) {
    auto wantHalf = rounded(llvm::APFloat(x), llvm::APFloat::IEEEhalf());
    auto wantBFloat = rounded(llvm::APFloat(x), llvm::APFloat::BFloat());
    uint16_t half = bits(kiln_test___truncdfhf2(x));
    uint16_t bfloat = bits(kiln_test___truncdfbf2(x));
    ASSERT_TRUE(wantHalf ? half == *wantHalf : isHalfNaN(half)) << x;
    ASSERT_TRUE(wantBFloat ? bfloat == *wantBFloat : isBFloatNaN(bfloat)) << x;
  };
  for (int i = 0; i < 200000; ++i) {
    check(std::bit_cast<double>(random()));
    // Halves and their midpoints, and what lies a little beside them.
    double at = std::ldexp(double(random() % 8192), int(random() % 40) - 28);
    check(at);
    check(std::nextafter(at, 0.0));
    check(std::nextafter(at, 1e30));
    check(at * (1 + 0x1p-40));
  }
}
