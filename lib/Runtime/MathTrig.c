//===- MathTrig.c - sin, cos and tan ---*- C -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// x = n pi/2 + rest, |rest| <= pi/4; the result is the sine or cosine of the
// rest, by n mod 4. Below 2^20 the reduction subtracts n times pi/2 in three
// parts (Cody and Waite); above it multiplies x by as many bits of 2/pi as
// matter (Payne and Hanek, 1983).
//===----------------------------------------------------------------------===//

#include "MathCore.h"
#include "kiln/Runtime/Math.h"

#define KILN_SMALL_ANGLE 0x1p20

/// Only the two low bits of `quadrant` mean anything.
struct TrigReduction {
  uint64_t quadrant;
  double rest;
};

/// For 0 <= x < 2^20: n has 20 bits, and the first two parts of pi/2 have 33,
/// so that their products are exact.
KILN_INLINE struct TrigReduction reduceSmall(double x) {
  double shifted = x * 0x1.45f306dc9c883p-1 + KILN_ROUND_MAGIC;
  double n = shifted - KILN_ROUND_MAGIC;
  double first = x - n * 0x1.921fb54400000p+0; // exact
  double second = n * 0x1.0b4611a600000p-34;
  double rest = first - second;
  double error = (first - rest) - second;
  struct TrigReduction result;
  result.quadrant = toBits(shifted);
  result.rest = rest + (error - n * 0x1.3198a2e037073p-69);
  return result;
}

/// 2/pi, most significant bits first, behind 64 zeros.
static const uint64_t twoOverPi[] = {0,
                                     0xa2f9836e4e441529,
                                     0xfc2757d1f534ddc0,
                                     0xdb6295993c439041,
                                     0xfe5163abdebbc561,
                                     0xb7246e3a424dd2e0,
                                     0x06492eea09d1921c,
                                     0xfe1deb1cb129a73e,
                                     0xe88235f52ebb4484,
                                     0xe99c7026b45f7e41,
                                     0x3991d639835339f4,
                                     0x9c845f8bbdf9283b,
                                     0x1ff897ffde05980f,
                                     0xef2f118b5a0a6d1f,
                                     0x6d367ecf27cb09b7,
                                     0x4f463f669e5fea2d,
                                     0x7527bac7ebe5f17b,
                                     0x3d0739f78a5292ea,
                                     0x6bfb5fb11f8d5d08,
                                     0x56033046fc7b6bab,
                                     0xf0cfbc209af4361d};

/// 64 bits of the table from bit `start` on.
KILN_INLINE uint64_t tableBits(uint64_t start) {
  uint64_t word = start >> 6, shift = start & 63;
  return twoOverPi[word] << shift | twoOverPi[word + 1] >> 1 >> (63 - shift);
}

/// Bit of the table that has the weight 2 in x * 2/pi, of which only the value
/// mod 4 counts, where x = mantissa * 2^(exponent - 1075).
KILN_INLINE uint64_t firstBit(uint64_t exponent) {
  return exponent - 1075 + 62;
}

#define KILN_MANTISSA(bits) (((bits) & 0xfffffffffffffu) | 0x10000000000000u)

/// For f32 values in f64 from 2^20 on: the mantissa has 24 bits, and 96 bits of
/// the table leave an error of 2^-62.
KILN_INLINE struct TrigReduction reduceLargeF32(double x) {
  uint64_t bits = toBits(x), mantissa = KILN_MANTISSA(bits) >> 29;
  uint64_t start = firstBit((bits >> 52) + 29);
  uint64_t product = mantissa * tableBits(start) +
                     (mantissa * (tableBits(start + 64) >> 32) >> 32);
  struct TrigReduction result;
  result.quadrant = (product + (UINT64_C(1) << 61)) >> 62;
  int64_t fraction = (int64_t)(product - (result.quadrant << 62));
  result.rest = (double)fraction * 0x1.921fb54442d18p-62; // pi/2 * 2^-62
  return result;
}

/// For any f64 from 2^20 on, by 192 bits of the table. Out of line: large
/// angles are rare, and this would double the size of each loop.
__attribute__((noinline)) static struct TrigReduction reduceLarge(double x) {
  typedef unsigned __int128 Wide;
  uint64_t bits = toBits(x), mantissa = KILN_MANTISSA(bits);
  uint64_t start = firstBit(bits >> 52);
  Wide product = (Wide)(mantissa * tableBits(start)) << 64;
  product += (Wide)mantissa * tableBits(start + 64);
  product += (Wide)mantissa * tableBits(start + 128) >> 64;
  struct TrigReduction result;
  result.quadrant = (uint64_t)((product + ((Wide)1 << 125)) >> 126);
  Wide fraction = product - ((Wide)result.quadrant << 126);
  double high = (double)(int64_t)(uint64_t)(fraction >> 64);
  double low = (double)(uint64_t)fraction;
  result.rest = (high + low * 0x1p-64) * 0x1.921fb54442d18p-62;
  return result;
}

KILN_INLINE double sinRest(double r, double square) {
  static const double c[] = {// error 2^-66
                             -0x1.5555555555555p-3,  0x1.1111111111110p-7,
                             -0x1.a01a01a019938p-13, 0x1.71de3a5460903p-19,
                             -0x1.ae645412bbdd3p-26, 0x1.61217f03f5d5cp-33,
                             -0x1.ab17cf930dca4p-41};
  return r + r * square * KILN_POLYNOMIAL(square, c);
}

KILN_INLINE double cosRest(double square) {
  static const double c[] = {// error 2^-60
                             0x1.5555555555555p-5,  -0x1.6c16c16c16967p-10,
                             0x1.a01a019f4eabep-16, -0x1.27e4fa17d4a58p-22,
                             0x1.1eeb68e39cf4dp-29, -0x1.907d9f5b4de2bp-37};
  double half = 0.5 * square, rounded = 1.0 - half;
  return rounded + (((1.0 - rounded) - half) +
                    square * square * KILN_POLYNOMIAL(square, c));
}

KILN_INLINE double sinRestShort(double r, double square) {
  static const double c[] = {// error 2^-35
                             -0x1.555555545e05bp-3, 0x1.11110def21d39p-7,
                             -0x1.a013a783220f4p-13, 0x1.6dbe02d7c22ffp-19};
  return r + r * square * KILN_POLYNOMIAL(square, c);
}

KILN_INLINE double cosRestShort(double square) {
  static const double c[] = {// error 2^-39
                             0x1.5555555502cd9p-5, -0x1.6c16bf54deef5p-10,
                             0x1.a015c4727e0e3p-16, -0x1.25244a8c8fb69p-22};
  return 1.0 - 0.5 * square + square * square * KILN_POLYNOMIAL(square, c);
}

/// The sine in quadrant 0, 1, 2, 3 is sin, cos, -sin, -cos of the rest.
KILN_INLINE double inQuadrant(uint64_t quadrant, double sin, double cos) {
  double result = quadrant & 1 ? cos : sin;
  return quadrant & 2 ? -result : result;
}

/// sin(x + shift * pi/2) for x >= 0, or NaN.
KILN_INLINE double sinShifted(double x, uint64_t shift) {
  struct TrigReduction reduced =
      x < KILN_SMALL_ANGLE ? reduceSmall(x) : reduceLarge(x);
  double square = reduced.rest * reduced.rest;
  double result = inQuadrant(reduced.quadrant + shift,
                             sinRest(reduced.rest, square), cosRest(square));
  return x < __builtin_inf() ? result : __builtin_nan("");
}

/// The same for f32, without a branch.
KILN_INLINE double sinShiftedF32(double x, uint64_t shift) {
  int isSmall = x < KILN_SMALL_ANGLE;
  struct TrigReduction small = reduceSmall(isSmall ? x : 0.0);
  struct TrigReduction large = reduceLargeF32(isSmall ? KILN_SMALL_ANGLE : x);
  double rest = isSmall ? small.rest : large.rest;
  uint64_t quadrant = isSmall ? small.quadrant : large.quadrant;
  double square = rest * rest;
  double result = inQuadrant(quadrant + shift, sinRestShort(rest, square),
                             cosRestShort(square));
  return x < __builtin_inf() ? result : __builtin_nan("");
}

KILN_FUNCTION double kiln_sin(double x) {
  double result = sinShifted(__builtin_fabs(x), 0);
  return __builtin_copysign(1.0, x) * result;
}

KILN_FUNCTION double kiln_cos(double x) {
  return sinShifted(__builtin_fabs(x), 1);
}

KILN_FUNCTION float kiln_sinf(float x) {
  double result = sinShiftedF32(__builtin_fabs((double)x), 0);
  return (float)(__builtin_copysign(1.0, (double)x) * result);
}

KILN_FUNCTION float kiln_cosf(float x) {
  return (float)sinShiftedF32(__builtin_fabs((double)x), 1);
}

/// tan is sin / cos of the rest, or -cos / sin in the odd quadrants.
KILN_INLINE double tanOfRest(uint64_t quadrant, double sin, double cos) {
  return quadrant & 1 ? -cos / sin : sin / cos;
}

KILN_FUNCTION double kiln_tan(double x) {
  double size = __builtin_fabs(x);
  struct TrigReduction reduced =
      size < KILN_SMALL_ANGLE ? reduceSmall(size) : reduceLarge(size);
  double square = reduced.rest * reduced.rest;
  double result = tanOfRest(reduced.quadrant, sinRest(reduced.rest, square),
                            cosRest(square));
  result = size < __builtin_inf() ? result : __builtin_nan("");
  // What rounding the rest would take from subnormals, and -0.
  return size < 0x1p-27 ? x : __builtin_copysign(1.0, x) * result;
}

KILN_FUNCTION float kiln_tanf(float x) {
  double size = __builtin_fabs((double)x);
  int isSmall = size < KILN_SMALL_ANGLE;
  struct TrigReduction small = reduceSmall(isSmall ? size : 0.0);
  struct TrigReduction large =
      reduceLargeF32(isSmall ? KILN_SMALL_ANGLE : size);
  double rest = isSmall ? small.rest : large.rest, square = rest * rest;
  double result = tanOfRest(isSmall ? small.quadrant : large.quadrant,
                            sinRestShort(rest, square), cosRestShort(square));
  result = size < __builtin_inf() ? result : __builtin_nan("");
  return (float)(__builtin_copysign(1.0, (double)x) * result);
}
