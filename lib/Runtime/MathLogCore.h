//===- MathLogCore.h - Logarithms, shared by what is made of them ---*- C
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// With f = z - 1 and s = f / (2 + f): log z = 2 atanh s = 2s + s^3 L(s^2).
//===----------------------------------------------------------------------===//

#ifndef KILN_RUNTIME_MATHLOGCORE_H
#define KILN_RUNTIME_MATHLOGCORE_H

#include "MathCore.h"

/// For normal positive x: 2s is written f - f^2/2 + s f^2/2, which rounds less.
KILN_INLINE double logCore(double x) {
  static const double c[] = {// error 2^-64
                             0x1.5555555555555p-1, 0x1.9999999999a38p-2,
                             0x1.2492492476c87p-2, 0x1.c71c720160b47p-3,
                             0x1.745cf901605f7p-3, 0x1.3b1c360763b8ap-3,
                             0x1.0fbe83c2cbcf3p-3, 0x1.0c04595972ab8p-3};
  struct LogReduction reduced = reduceLog(x);
  double f = reduced.fraction, n = reduced.exponent;
  double s = f / (2.0 + f), square = s * s, half = 0.5 * f * f;
  double tail = s * (half + square * KILN_POLYNOMIAL(square, c));
  return n * KILN_LN2_HIGH - ((half - (tail + n * KILN_LN2_LOW)) - f);
}

/// The same for results in f32, x a normal f64: error 2^-35.
KILN_INLINE double logCoreShort(double x) {
  static const double c[] = {0x1.5555554bb1b2fp-1, 0x1.9999eb63e783dp-2,
                             0x1.245c40aecb50cp-2, 0x1.ddcf7101b6371p-3};
  struct LogReduction reduced = reduceLog(x);
  double s = reduced.fraction / (2.0 + reduced.fraction), square = s * s;
  double log = s * (2.0 + square * KILN_POLYNOMIAL(square, c));
  return reduced.exponent * 0x1.62e42fefa39efp-1 + log;
}

/// Puts in what is special of log x.
KILN_INLINE double logSpecial(double x, double result) {
  result = x < __builtin_inf() ? result : x; // inf, NaN
  result = x < 0.0 ? __builtin_nan("") : result;
  return x == 0.0 ? -__builtin_inf() : result;
}

/// Kahan's form: with u = fl(1 + x), log1p x = log(u) x / (u - 1), where the
/// error of u in both cancels.
KILN_INLINE double correctLog1p(double x, double u, double log) {
  double difference = u - 1.0;
  // Where 1 + x is x itself or infinite, the quotient is 1, or NaN: not used.
  double quotient = u < __builtin_inf() ? x / difference : 1.0;
  return difference == 0.0 ? x : log * quotient;
}

KILN_INLINE double log1pCore(double x) {
  double u = 1.0 + x;
  return correctLog1p(x, u, logSpecial(u, logCore(u)));
}

/// For results in f32.
KILN_INLINE double log1pCoreShort(double x) {
  double u = 1.0 + x;
  return correctLog1p(x, u, logSpecial(u, logCoreShort(u)));
}

#endif // KILN_RUNTIME_MATHLOGCORE_H
