//===- MathPow.c - pow ---*- C -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// x^y = e^(y log x). An error of log x grows by |y log x|, up to 745: the f64
// form therefore takes the logarithm as a sum of two f64 (double-double), exact
// to about 2^-65. Products and sums with their errors follow Dekker (1971) and
// Knuth (TAOCP 2, 4.2.2).
//===----------------------------------------------------------------------===//

#include "MathCore.h"
#include "kiln/Runtime/Math.h"

struct Pair {
  double high, low;
};

KILN_INLINE struct Pair twoSum(double a, double b) {
  double sum = a + b, part = sum - a;
  return (struct Pair){sum, (a - (sum - part)) + (b - part)};
}

/// By splitting, since not every target has a fused multiply-add. For factors
/// below 2^990.
KILN_INLINE struct Pair twoProduct(double a, double b) {
  double aBig = a * 0x1.0000002p27, bBig = b * 0x1.0000002p27;
  double aHigh = aBig - (aBig - a), bHigh = bBig - (bBig - b);
  double aLow = a - aHigh, bLow = b - bHigh;
  double product = a * b;
  double error = aHigh * bHigh - product;
  error += aHigh * bLow;
  error += aLow * bHigh;
  return (struct Pair){product, error + aLow * bLow};
}

/// log of a normal positive x, by the series of MathLog.c with its leading
/// terms in pairs.
KILN_INLINE struct Pair logPair(double x) {
  static const double c[] = {// after 2/3; error 2^-60 of log z
                             0x1.999999999999ep-2, 0x1.249249248e532p-2,
                             0x1.c71c71d7e7fc3p-3, 0x1.745d09f06d811p-3,
                             0x1.3b18b8ee7a308p-3, 0x1.1018ae366a914p-3,
                             0x1.08788c3e01713p-3};
  const double third2 = 0x1.5555555555555p-1, third2Low = 0x1.5555555555555p-55;
  struct LogReduction reduced = reduceLog(x);
  double f = reduced.fraction, n = reduced.exponent;

  struct Pair divisor = twoSum(2.0, f);
  double s = f / divisor.high;
  struct Pair back = twoProduct(s, divisor.high);
  double sLow = (((f - back.high) - back.low) - s * divisor.low) / divisor.high;

  struct Pair square = twoProduct(s, s);
  square.low += 2.0 * s * sLow;
  struct Pair first = twoProduct(square.high, third2);
  first.low += square.high * third2Low + square.low * third2;
  double tail = square.high * square.high * KILN_POLYNOMIAL(square.high, c);
  struct Pair series = twoSum(first.high, tail);
  series.low += first.low;
  struct Pair factor = twoSum(2.0, series.high);
  factor.low += series.low;

  struct Pair log = twoProduct(s, factor.high);
  log.low += s * factor.low + sLow * factor.high;
  struct Pair sum = twoSum(n * KILN_LN2_HIGH, log.high);
  sum.low += log.low + n * KILN_LN2_LOW;
  return twoSum(sum.high, sum.low);
}

/// Infinite values and those from 2^52 on are integers too.
KILN_INLINE int isInteger(double y) {
  double size = __builtin_fabs(y);
  double rounded = (size + 0x1p52) - 0x1p52;
  return (size >= 0x1p52) | (rounded == size);
}

/// What C's Annex F says of pow, given |x|^y for what is finite and not zero.
KILN_INLINE double powSpecial(double x, double y, double result) {
  double size = __builtin_fabs(x), inf = __builtin_inf();
  int isOdd = isInteger(y) & !isInteger(0.5 * y);
  result = size == 0.0 ? (y > 0.0 ? 0.0 : inf) : result;
  result = size == inf ? (y > 0.0 ? inf : 0.0) : result;
  int isComplex = (x < 0.0) & (size < inf) & !isInteger(y);
  result = isComplex ? __builtin_nan("") : result;
  result = isOdd ? __builtin_copysign(result, x) : result;
  int isNaN = (x != x) | (y != y), isOne = (y == 0.0) | (x == 1.0);
  result = isNaN ? x + y : result;
  return isOne ? 1.0 : result;
}

KILN_FUNCTION double kiln_pow(double x, double y) {
  double size = __builtin_fabs(x);
  int isTiny = size < 0x1p-1022;
  struct Pair log = logPair(isTiny ? size * 0x1p54 : size);
  // -54 ln 2 in two parts.
  struct Pair shifted = twoSum(log.high, isTiny ? -0x1.2b708872320e2p+5 : 0.0);
  shifted.low += log.low + (isTiny ? 0x1.570da7e077bcbp-50 : 0.0);

  // Beyond 2^70, y log x overflows for every x but 1.
  double power = clamp(y, -0x1p70, 0x1p70);
  struct Pair product = twoProduct(power, shifted.high);
  product.low += power * shifted.low;
  double exponent = clamp(product.high, -800.0, 800.0);
  double rest = exponent == product.high ? product.low : 0.0;

  struct ExpReduction reduced = reduceExp(exponent);
  double result = scale(1.0 + expm1Rest(reduced.rest + rest), reduced.exponent);
  return powSpecial(x, y, result);
}

KILN_FUNCTION float kiln_powf(float x, float y) {
  double size = __builtin_fabs((double)x);
  struct Pair log = logPair(size);
  double power = clamp((double)y, -0x1p70, 0x1p70);
  double exponent = clamp(power * log.high, -200.0, 200.0);
  return (float)powSpecial(x, y, expCoreShort(exponent));
}
