//===- MathInteger.c - Exact functions: fmod and whole powers ---*- C -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MathCore.h"
#include "kiln/Runtime/Math.h"

/// The mantissa of a finite size other than 0, normalised to have bit 52, and
/// its exponent.
struct Parts {
  uint64_t mantissa;
  int exponent;
};

static struct Parts partsOf(uint64_t bits) {
  struct Parts parts = {bits & 0xfffffffffffffu, (int)(bits >> 52)};
  if (parts.exponent != 0) {
    parts.mantissa |= UINT64_C(1) << 52;
    return parts;
  }
  int shift = __builtin_clzll(parts.mantissa) - 11;
  parts.mantissa <<= shift;
  parts.exponent = 1 - shift;
  return parts;
}

/// Long division, one bit of the quotient at a time; the rest is exact.
double kiln_fmod(double x, double y) {
  uint64_t bits = toBits(x), sign = bits & UINT64_C(1) << 63;
  bits ^= sign;
  uint64_t divisor = toBits(y) & ~(UINT64_C(1) << 63);
  const uint64_t infinity = UINT64_C(0x7ff) << 52;
  if (divisor == 0 || bits >= infinity || divisor > infinity)
    return __builtin_nan("");
  if (bits < divisor)
    return x;
  struct Parts a = partsOf(bits), b = partsOf(divisor);
  for (; a.exponent > b.exponent; --a.exponent) {
    if (a.mantissa >= b.mantissa)
      a.mantissa -= b.mantissa;
    a.mantissa <<= 1;
  }
  if (a.mantissa >= b.mantissa)
    a.mantissa -= b.mantissa;
  if (a.mantissa == 0)
    return fromBits(sign);
  int shift = __builtin_clzll(a.mantissa) - 11;
  a.mantissa <<= shift;
  a.exponent -= shift;
  if (a.exponent > 0)
    return fromBits(sign | (uint64_t)a.exponent << 52 |
                    (a.mantissa & 0xfffffffffffffu));
  return fromBits(sign | a.mantissa >> (1 - a.exponent));
}

/// The rest of two f32 is one.
float kiln_fmodf(float x, float y) {
  return (float)kiln_fmod((double)x, (double)y);
}

long long kiln_ipow(long long base, long long exponent) {
  if (exponent < 0) {
    if (base != 1 && base != -1)
      return 0;
    exponent = exponent & 1;
  }
  uint64_t result = 1, factor = (uint64_t)base;
  for (; exponent != 0; exponent >>= 1, factor *= factor)
    if ((exponent & 1) != 0)
      result *= factor;
  return (long long)result;
}
