//===- MathCore.h - Shared by the elementary functions ---*- C -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// All coefficients in these files are Chebyshev interpolants, computed with 60
// digits and rounded to f64; the error stated beside each is relative to the
// whole function. Comparisons are written so that a NaN passes through them.
//===----------------------------------------------------------------------===//

#ifndef KILN_RUNTIME_MATHCORE_H
#define KILN_RUNTIME_MATHCORE_H

#include <stdint.h>

/// Without this a call in a loop may stay a call, and the loop is not
/// vectorised.
#define KILN_FUNCTION __attribute__((always_inline))

#define KILN_INLINE static inline __attribute__((always_inline))

/// Evaluates sum(coefficients[i] * x^i). The loop unrolls, its bound being a
/// constant where it is inlined.
#define KILN_POLYNOMIAL(x, coefficients)                                       \
  polynomial(x, coefficients, sizeof(coefficients) / sizeof(double))

KILN_INLINE double polynomial(double x, const double *coefficients, int count) {
  double sum = coefficients[count - 1];
#pragma clang loop unroll(full)
  for (int i = count - 2; i >= 0; --i)
    sum = sum * x + coefficients[i];
  return sum;
}

KILN_INLINE uint64_t toBits(double x) {
  return __builtin_bit_cast(uint64_t, x);
}
KILN_INLINE double fromBits(uint64_t x) {
  return __builtin_bit_cast(double, x);
}

KILN_INLINE double clamp(double x, double low, double high) {
  x = x < low ? low : x;
  return x > high ? high : x;
}

/// Adding this rounds |x| < 2^51 to an integer, which then stands in the low
/// bits as well: vector units without 64-bit conversions have no faster way.
#define KILN_ROUND_MAGIC 0x1.8p52

/// 2^n for -1022 <= n <= 1023. Exponents are unsigned and wrap: a NaN gives
/// any bits here, which must not overflow.
KILN_INLINE double powerOfTwo(uint64_t n) { return fromBits((n + 1023) << 52); }

#define KILN_INV_LN2 0x1.71547652b82fep+0
/// The high part ends in 21 zeros: its product with an exponent is exact.
#define KILN_LN2_HIGH 0x1.62e42fee00000p-1
#define KILN_LN2_LOW 0x1.a39ef35793c76p-33

/// x = exponent * ln 2 + rest, |rest| <= ln(2) / 2.
struct ExpReduction {
  uint64_t exponent;
  double rest;
};

/// For |x| < 2000.
KILN_INLINE struct ExpReduction reduceExp(double x) {
  double shifted = x * KILN_INV_LN2 + KILN_ROUND_MAGIC;
  double n = shifted - KILN_ROUND_MAGIC;
  struct ExpReduction result;
  result.exponent = toBits(shifted) - toBits(KILN_ROUND_MAGIC);
  result.rest = (x - n * KILN_LN2_HIGH) - n * KILN_LN2_LOW;
  return result;
}

/// x * 2^n for -2044 <= n <= 2046, by two factors so that the result may be
/// subnormal or overflow.
KILN_INLINE double scale(double x, uint64_t n) {
  // Logical shift: there is no 64-bit arithmetic one before AVX-512.
  uint64_t half = ((n + 4096) >> 1) - 2048;
  return x * powerOfTwo(half) * powerOfTwo(n - half);
}

/// e^r - 1 for |r| <= ln(2)/2, error 2^-62 of e^r before rounding.
KILN_INLINE double expm1Rest(double r) {
  static const double c[] = {
      0x1.0000000000000p-1,  0x1.5555555555557p-3,  0x1.5555555555556p-5,
      0x1.11111111100dcp-7,  0x1.6c16c16c162d4p-10, 0x1.a01a01abe7fe1p-13,
      0x1.a01a01a6d889cp-16, 0x1.71de0231960ebp-19, 0x1.27e4db646b17ep-22,
      0x1.af4de97ca4194p-26, 0x1.1f730349868cep-29};
  return r + r * r * KILN_POLYNOMIAL(r, c);
}

/// The same for results in f32: error 2^-38.
KILN_INLINE double expm1RestShort(double r) {
  static const double c[] = {0x1.0000000000000p-1,  0x1.55555567532adp-3,
                             0x1.5555555c87148p-5,  0x1.1110c632a3088p-7,
                             0x1.6c16858b7acb9p-10, 0x1.a15179d80ae96p-13,
                             0x1.a1132015ba37ep-16};
  return r + r * r * KILN_POLYNOMIAL(r, c);
}

/// e^x for -746 <= x <= 710.
KILN_INLINE double expCore(double x) {
  struct ExpReduction reduced = reduceExp(x);
  return scale(1.0 + expm1Rest(reduced.rest), reduced.exponent);
}

/// e^x for |x| <= 700, for results in f32.
KILN_INLINE double expCoreShort(double x) {
  struct ExpReduction reduced = reduceExp(x);
  return (1.0 + expm1RestShort(reduced.rest)) * powerOfTwo(reduced.exponent);
}

/// x = 2^exponent * (1 + fraction), 1 + fraction in [sqrt(1/2), sqrt(2)).
struct LogReduction {
  double exponent;
  double fraction;
};

/// For normal positive x.
KILN_INLINE struct LogReduction reduceLog(double x) {
  const uint64_t sqrtHalf = 0x3fe6a09e667f3bcdu;
  const uint64_t magic = 0x4338000000000000u; // of KILN_ROUND_MAGIC
  uint64_t bits = toBits(x);
  // Biased so that the shift is logical (see scale).
  uint64_t exponent = (bits - sqrtHalf + (UINT64_C(1024) << 52)) >> 52;
  struct LogReduction result;
  result.exponent = fromBits(magic + exponent) - (KILN_ROUND_MAGIC + 1024.0);
  result.fraction = fromBits(bits - ((exponent - 1024) << 52)) - 1.0;
  return result;
}

#endif // KILN_RUNTIME_MATHCORE_H
