//===- MathInverseHyperbolic.c - asinh, acosh and atanh ---*- C -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// All by log1p, whose argument is written so that small results lose nothing
// (the forms of fdlibm).
//===----------------------------------------------------------------------===//

#include "MathCore.h"
#include "MathLogCore.h"
#include "kiln/Runtime/Math.h"

#define KILN_LN2 0x1.62e42fefa39efp-1

/// From it on x^2 + 1 is x^2, and asinh and acosh are log(2x).
#define KILN_LARGE 0x1p28

KILN_FUNCTION double kiln_asinh(double x) {
  double size = __builtin_fabs(x);
  double near = size < KILN_LARGE ? size : 1.0;
  double square = near * near;
  double result =
      log1pCore(near + square / (1.0 + __builtin_sqrt(1.0 + square)));
  double far = logSpecial(size, logCore(size)) + KILN_LN2;
  result = size < KILN_LARGE ? result : far;
  return size < 0x1p-28 ? x : __builtin_copysign(result, x);
}

KILN_FUNCTION float kiln_asinhf(float x) {
  double size = __builtin_fabs((double)x), square = size * size;
  double result =
      log1pCoreShort(size + square / (1.0 + __builtin_sqrt(1.0 + square)));
  result = size < __builtin_inf() ? result : size;
  return __builtin_copysignf((float)result, x);
}

KILN_FUNCTION double kiln_acosh(double x) {
  double near = x < KILN_LARGE ? x : 2.0;
  double t = near - 1.0;
  double result = log1pCore(t + __builtin_sqrt(2.0 * t + t * t));
  double far = logSpecial(x, logCore(x)) + KILN_LN2;
  result = x < KILN_LARGE ? result : far;
  return x < 1.0 ? __builtin_nan("") : result;
}

KILN_FUNCTION float kiln_acoshf(float x) {
  double t = (double)x - 1.0;
  double result = log1pCoreShort(t + __builtin_sqrt(2.0 * t + t * t));
  return x < 1.0f ? __builtin_nanf("") : (float)result;
}

/// log1p(2x / (1 - x)) / 2, for small x with the 2x apart.
KILN_FUNCTION double kiln_atanh(double x) {
  double size = __builtin_fabs(x), twice = size + size;
  double small = twice + twice * size / (1.0 - size);
  double argument = size < 0.5 ? small : twice / (1.0 - size);
  double result = 0.5 * log1pCore(argument);
  return size < 0x1p-28 ? x : __builtin_copysign(result, x);
}

KILN_FUNCTION float kiln_atanhf(float x) {
  double size = __builtin_fabs((double)x);
  double result = 0.5 * log1pCoreShort(2.0 * size / (1.0 - size));
  return __builtin_copysignf((float)result, x);
}
