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
