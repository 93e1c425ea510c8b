//===- HalfFloat.c - Conversions of f16 and bf16 ---*- C -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// LLVM calls these by the names of compiler-rt where the CPU has no instruction
// (x86 without F16C, and from f64 always). All round once, to nearest, ties to
// even; a NaN stays one and becomes quiet. Local to an artifact.
//===----------------------------------------------------------------------===//

#include <stdint.h>

// No header declares these.
#ifdef __clang__
#pragma clang diagnostic ignored "-Wmissing-prototypes"
#endif

static inline uint32_t bitsOf(float x) {
  uint32_t bits;
  __builtin_memcpy(&bits, &x, sizeof bits);
  return bits;
}

static inline float floatOf(uint32_t bits) {
  float x;
  __builtin_memcpy(&x, &bits, sizeof x);
  return x;
}

static inline float extendHalf(uint16_t half) {
  uint32_t sign = (uint32_t)(half & 0x8000) << 16, size = half & 0x7fff;
  if (size >= 0x7c00) // infinity, or NaN made quiet
    return floatOf(sign | 0x7f800000 | size << 13 |
                   (size > 0x7c00 ? 0x400000 : 0));
  if (size < 0x400) // subnormal: a multiple of 2^-24
    return floatOf(sign | bitsOf((float)size * 0x1p-24f));
  return floatOf(sign | ((size << 13) + (112u << 23)));
}

static inline uint16_t truncateToHalf(float x) {
  uint32_t bits = bitsOf(x), size = bits & 0x7fffffff;
  uint16_t sign = (uint16_t)(bits >> 16 & 0x8000);
  if (size > 0x7f800000)
    return sign | 0x7e00 | (uint16_t)(size >> 13 & 0x3ff);
  if (size >= 0x477ff000) // 65520, halfway to what would be 2^16
    return sign | 0x7c00;
  if (size < 0x38800000) // below 2^-14: adding 0.5 rounds to units of 2^-24
    return sign | (uint16_t)(bitsOf(floatOf(size) + 0.5f) - 0x3f000000);
  size += 0xfff + (size >> 13 & 1);
  return sign | (uint16_t)((size - (112u << 23)) >> 13);
}

/// To f32 by rounding to odd: what is inexact ends in a 1, so that rounding the
/// result once more is as rounding `x` once.
static inline float truncateToOdd(double x) {
  float rounded = (float)x;
  uint32_t bits = bitsOf(rounded);
  if ((double)rounded == x || x != x || (bits & 1) != 0)
    return rounded;
  int isBelow = __builtin_fabs((double)rounded) < __builtin_fabs(x);
  return floatOf(isBelow ? bits + 1 : bits - 1);
}

static inline uint16_t truncateToBFloat(float x) {
  uint32_t bits = bitsOf(x);
  if ((bits & 0x7fffffff) > 0x7f800000)
    return (uint16_t)(bits >> 16 | 0x40);
  return (uint16_t)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

static inline _Float16 halfOf(uint16_t bits) {
  _Float16 x;
  __builtin_memcpy(&x, &bits, sizeof x);
  return x;
}

float __extendhfsf2(_Float16 x) {
  uint16_t bits;
  __builtin_memcpy(&bits, &x, sizeof bits);
  return extendHalf(bits);
}

_Float16 __truncsfhf2(float x) { return halfOf(truncateToHalf(x)); }
_Float16 __truncdfhf2(double x) {
  return halfOf(truncateToHalf(truncateToOdd(x)));
}

#ifdef __clang__ // GCC 12, which may build the unit tests, has no __bf16
typedef __bf16 BFloat;
#else
typedef _Float16 BFloat; // passed alike
#endif

static inline BFloat bfloatOf(uint16_t bits) {
  BFloat x;
  __builtin_memcpy(&x, &bits, sizeof x);
  return x;
}

BFloat __truncsfbf2(float x) { return bfloatOf(truncateToBFloat(x)); }
BFloat __truncdfbf2(double x) {
  return bfloatOf(truncateToBFloat(truncateToOdd(x)));
}
