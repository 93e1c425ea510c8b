//===- MathLog.c - log, log1p, log2 and log10 ---*- C -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MathLogCore.h"
#include "kiln/Runtime/Math.h"

KILN_FUNCTION double kiln_log(double x) {
  double isTiny = x < 0x1p-1022 ? 1.0 : 0.0;
  double normal = x < 0x1p-1022 ? x * 0x1p54 : x;
  // 54 ln 2 leaves subnormals with one more rounding, far below their ulp.
  double result = logCore(normal) - isTiny * 0x1.2b708872320e2p+5;
  return logSpecial(x, result);
}

KILN_FUNCTION float kiln_logf(float x) {
  double wide = (double)x;
  return (float)logSpecial(wide, logCoreShort(wide));
}

KILN_FUNCTION double kiln_log1p(double x) { return log1pCore(x); }

KILN_FUNCTION float kiln_log1pf(float x) {
  return (float)log1pCoreShort((double)x);
}

/// Logarithms to other bases: the exponent's part in two, `high` exact in its
/// product with an exponent, and the fraction's.
KILN_INLINE double logToBase(double x, double high, double low, double scale) {
  struct LogReduction reduced = reduceLog(x);
  double fraction = logCore(1.0 + reduced.fraction) * scale;
  return reduced.exponent * high + (reduced.exponent * low + fraction);
}

KILN_INLINE double logAnyToBase(double x, double high, double low,
                                double scale) {
  double isTiny = x < 0x1p-1022 ? 54.0 : 0.0;
  double normal = x < 0x1p-1022 ? x * 0x1p54 : x;
  return logSpecial(x, logToBase(normal, high, low, scale) -
                           isTiny * (high + low));
}

KILN_FUNCTION double kiln_log2(double x) {
  return logAnyToBase(x, 1.0, 0.0, 0x1.71547652b82fep+0);
}

KILN_FUNCTION double kiln_log10(double x) {
  return logAnyToBase(x, 0x1.3441350800000p-2, 0x1.f79fef311f12bp-34,
                      0x1.bcb7b1526e50ep-2);
}

KILN_FUNCTION float kiln_log2f(float x) {
  double wide = (double)x;
  return (float)logSpecial(wide,
                           logToBase(wide, 1.0, 0.0, 0x1.71547652b82fep+0));
}

KILN_FUNCTION float kiln_log10f(float x) {
  double wide = (double)x;
  return (float)logSpecial(
      wide, logToBase(wide, 0x1.34413509f79ffp-2, 0.0, 0x1.bcb7b1526e50ep-2));
}
