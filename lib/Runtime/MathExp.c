//===- MathExp.c - exp, expm1, tanh ---*- C -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MathCore.h"
#include "kiln/Runtime/Math.h"

KILN_FUNCTION double kiln_exp(double x) {
  return expCore(clamp(x, -746.0, 710.0));
}

/// The f64 result covers f32's subnormals and overflow: rounding does the rest.
KILN_FUNCTION float kiln_expf(float x) {
  return (float)expCoreShort(clamp((double)x, -110.0, 90.0));
}

/// 2^n * (1 + p) - 1 without cancellation for n = 0; taken at half its size, as
/// n may be 1024.
KILN_INLINE double joinExpm1(double p, uint64_t n) {
  double half = powerOfTwo(n - 1);
  return 2.0 * (half * p + (half - 0.5));
}

KILN_FUNCTION double kiln_expm1(double x) {
  struct ExpReduction reduced = reduceExp(clamp(x, -50.0, 710.0));
  double result = joinExpm1(expm1Rest(reduced.rest), reduced.exponent);
  // Keeps -0, and what halving would take from subnormals.
  return __builtin_fabs(x) < 0x1p-54 ? x : result;
}

KILN_INLINE double expm1Short(double x) {
  struct ExpReduction reduced = reduceExp(x);
  return joinExpm1(expm1RestShort(reduced.rest), reduced.exponent);
}

KILN_FUNCTION float kiln_expm1f(float x) {
  float result = (float)expm1Short(clamp((double)x, -50.0, 90.0));
  return x == 0.0f ? x : result;
}

/// tanh |x| = m / (m + 2) with m = e^(2|x|) - 1; from 22 on it rounds to 1.
KILN_FUNCTION double kiln_tanh(double x) {
  double size = __builtin_fabs(x);
  double m = kiln_expm1(2.0 * (size > 22.0 ? 22.0 : size));
  return __builtin_copysign(m / (m + 2.0), x);
}

KILN_FUNCTION float kiln_tanhf(float x) {
  double size = __builtin_fabs((double)x);
  double m = expm1Short(2.0 * (size > 22.0 ? 22.0 : size));
  return __builtin_copysignf((float)(m / (m + 2.0)), x);
}

/// e^x / 2 for 0 <= x <= 711, which may overflow only where the half does.
KILN_INLINE double halfExp(double x) {
  struct ExpReduction reduced = reduceExp(x);
  return scale(1.0 + expm1Rest(reduced.rest), reduced.exponent - 1);
}

/// sinh |x| = (m + m / (m + 1)) / 2 with m = e^|x| - 1; from 22 on e^-|x| is
/// lost in rounding.
KILN_FUNCTION double kiln_sinh(double x) {
  double size = __builtin_fabs(x);
  double m = kiln_expm1(size < 22.0 ? size : 22.0);
  double near = 0.5 * (m + m / (m + 1.0));
  double far = halfExp(clamp(size, 22.0, 711.0));
  double result = size < 22.0 ? near : far;
  result = size == size ? result : x;
  return __builtin_copysign(result, x);
}

/// cosh |x| = 1 + m^2 / 2(m + 1).
KILN_FUNCTION double kiln_cosh(double x) {
  double size = __builtin_fabs(x);
  double m = kiln_expm1(size < 22.0 ? size : 22.0);
  double near = 1.0 + m * m / (2.0 * (m + 1.0));
  double far = halfExp(clamp(size, 22.0, 711.0));
  double result = size < 22.0 ? near : far;
  return size == size ? result : x;
}

KILN_FUNCTION float kiln_sinhf(float x) {
  double m = expm1Short(clamp(__builtin_fabs((double)x), 0.0, 90.0));
  float result = (float)(0.5 * (m + m / (m + 1.0)));
  return x == 0.0f ? x : __builtin_copysignf(result, x);
}

KILN_FUNCTION float kiln_coshf(float x) {
  double m = expm1Short(clamp(__builtin_fabs((double)x), 0.0, 90.0));
  return (float)(1.0 + m * m / (2.0 * (m + 1.0)));
}

/// x = n + r with |r| <= 1/2; 2^x = 2^n e^(r ln 2).
KILN_FUNCTION double kiln_exp2(double x) {
  x = clamp(x, -1100.0, 1030.0);
  double shifted = x + KILN_ROUND_MAGIC;
  double rest = x - (shifted - KILN_ROUND_MAGIC);
  uint64_t n = toBits(shifted) - toBits(KILN_ROUND_MAGIC);
  return scale(1.0 + expm1Rest(rest * 0x1.62e42fefa39efp-1), n);
}

KILN_FUNCTION float kiln_exp2f(float x) {
  double wide = clamp((double)x, -200.0, 200.0);
  double shifted = wide + KILN_ROUND_MAGIC;
  double rest = wide - (shifted - KILN_ROUND_MAGIC);
  uint64_t n = toBits(shifted) - toBits(KILN_ROUND_MAGIC);
  return (float)((1.0 + expm1RestShort(rest * 0x1.62e42fefa39efp-1)) *
                 powerOfTwo(n));
}
