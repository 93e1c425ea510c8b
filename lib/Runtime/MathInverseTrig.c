//===- MathInverseTrig.c - asin, acos and atan ---*- C -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Odd polynomials on small arguments; larger ones come there by
//   atan x = pi/2 - atan(1/x),  atan x = pi/4 + atan((x - 1) / (x + 1)),
//   asin x = pi/2 - 2 asin(sqrt((1 - x) / 2)).
//===----------------------------------------------------------------------===//

#include "MathCore.h"
#include "kiln/Runtime/Math.h"

#define KILN_HALF_PI 0x1.921fb54442d18p+0
#define KILN_HALF_PI_LOW 0x1.1a62633145c07p-54
#define KILN_TAN_PI_8 0x1.a827999fcef32p-2

/// atan for |x| <= tan(pi/8): error 2^-57.
KILN_INLINE double atanSmall(double x) {
  static const double c[] = {
      -0x1.5555555555555p-2, 0x1.9999999999997p-3,  -0x1.24924924920adp-3,
      0x1.c71c71c6ddbfcp-4,  -0x1.745d173565149p-4, 0x1.3b13aea9e84b6p-4,
      -0x1.1110cee80b516p-4, 0x1.e1d8e9bffe59dp-5,  -0x1.aebd1fa559894p-5,
      0x1.829ce3237ab26p-5,  -0x1.503c4469943acp-5, 0x1.f5ef74d05428dp-6,
      -0x1.c81291cfc455fp-7};
  double square = x * x;
  return x + x * square * KILN_POLYNOMIAL(square, c);
}

/// The same for results in f32: error 2^-33.
KILN_INLINE double atanSmallShort(double x) {
  static const double c[] = {-0x1.5555554c0aef3p-2, 0x1.99997b13bead1p-3,
                             -0x1.248a173238684p-3, 0x1.c57bad2e925f0p-4,
                             -0x1.614448bd30a84p-4, 0x1.9d8b2344d1c3cp-5};
  double square = x * x;
  return x + x * square * KILN_POLYNOMIAL(square, c);
}

/// |x| as what atanSmall takes, and the multiple of pi/4 to add.
struct AtanReduction {
  double argument;
  double eighths;
};

KILN_INLINE struct AtanReduction reduceAtan(double size) {
  // tan(3 pi/8) and tan(pi/8) divide the half line in three.
  int isLarge = size > 0x1.3504f333f9de6p+1, isMiddle = size > KILN_TAN_PI_8;
  double above = isLarge ? -1.0 : isMiddle ? size - 1.0 : size;
  double below = isLarge ? size : isMiddle ? size + 1.0 : 1.0;
  struct AtanReduction result;
  result.argument = above / below;
  result.eighths = isLarge ? 1.0 : isMiddle ? 0.5 : 0.0;
  return result;
}

KILN_FUNCTION double kiln_atan(double x) {
  struct AtanReduction reduced = reduceAtan(__builtin_fabs(x));
  double rest =
      atanSmall(reduced.argument) + reduced.eighths * KILN_HALF_PI_LOW;
  return __builtin_copysign(reduced.eighths * KILN_HALF_PI + rest, x);
}

KILN_FUNCTION float kiln_atanf(float x) {
  struct AtanReduction reduced = reduceAtan(__builtin_fabs((double)x));
  double result =
      reduced.eighths * KILN_HALF_PI + atanSmallShort(reduced.argument);
  return __builtin_copysignf((float)result, x);
}

/// (asin x - x) / x for x^2 = square <= 1/4: error 2^-58.
KILN_INLINE double asinTail(double square) {
  static const double c[] = {
      0x1.5555555555555p-3,  0x1.3333333333334p-4, 0x1.6db6db6db6c73p-5,
      0x1.f1c71c71dc425p-6,  0x1.6e8ba2e2ef9c4p-6, 0x1.1c4ec5e133245p-6,
      0x1.c99964a6c4b60p-7,  0x1.7a8b785f94c23p-7, 0x1.3fa8f6a7b6773p-7,
      0x1.14f9d59122682p-7,  0x1.c219ebbec4475p-8, 0x1.1ea468002e24fp-7,
      -0x1.66ca5d75ad4acp-9, 0x1.b2bd99109a205p-6, -0x1.e0b879df5f284p-6,
      0x1.06fcd949c1e78p-5};
  return square * KILN_POLYNOMIAL(square, c);
}

/// The same for results in f32: error 2^-38.
KILN_INLINE double asinTailShort(double square) {
  static const double c[] = {0x1.55555554ede81p-3, 0x1.333334d009e10p-4,
                             0x1.6db5cef583cefp-5, 0x1.f20913ba8d370p-6,
                             0x1.6a9c2ffd8a6d0p-6, 0x1.3c5d44991a0f2p-6,
                             0x1.64157dc57bfb9p-8, 0x1.e055c6ab71d4cp-6};
  return square * KILN_POLYNOMIAL(square, c);
}

/// sqrt((1 - size) / 2) rounds; what it lost returns as `low`.
struct Root {
  double square, high, low;
};

KILN_INLINE struct Root halfAngle(double size) {
  struct Root root;
  root.square = 0.5 * (1.0 - size); // exact for size >= 1/2
  double s = __builtin_sqrt(root.square);
  root.high =
      fromBits(toBits(s) & 0xffffffff00000000u); // 20 bits: exact square
  double sum = s + root.high;
  root.low = sum > 0.0 ? (root.square - root.high * root.high) / sum : 0.0;
  return root;
}

KILN_FUNCTION double kiln_asin(double x) {
  double size = __builtin_fabs(x), square = x * x;
  double near = x + x * asinTail(square);
  struct Root root = halfAngle(size);
  double s = root.high + root.low;
  double correction = 2.0 * (root.low + s * asinTail(root.square));
  double far =
      (KILN_HALF_PI - 2.0 * root.high) - (correction - KILN_HALF_PI_LOW);
  return size <= 0.5 ? near : __builtin_copysign(far, x);
}

KILN_FUNCTION double kiln_acos(double x) {
  double size = __builtin_fabs(x), square = x * x;
  double near = KILN_HALF_PI - (x - (KILN_HALF_PI_LOW - x * asinTail(square)));
  struct Root root = halfAngle(size);
  double s = root.high + root.low;
  double angle = 2.0 * (root.high + (root.low + s * asinTail(root.square)));
  double far =
      x < 0.0 ? 2.0 * KILN_HALF_PI - (angle - 2.0 * KILN_HALF_PI_LOW) : angle;
  return size <= 0.5 ? near : far;
}

KILN_FUNCTION float kiln_asinf(float x) {
  double wide = (double)x, size = __builtin_fabs(wide);
  double s = __builtin_sqrt(0.5 * (1.0 - size));
  double near = size + size * asinTailShort(size * size);
  double far = KILN_HALF_PI - 2.0 * (s + s * asinTailShort(s * s));
  return __builtin_copysignf((float)(size <= 0.5 ? near : far), x);
}

KILN_FUNCTION float kiln_acosf(float x) {
  double wide = (double)x, size = __builtin_fabs(wide);
  double s = __builtin_sqrt(0.5 * (1.0 - size));
  double near = KILN_HALF_PI - (wide + wide * asinTailShort(wide * wide));
  double angle = 2.0 * (s + s * asinTailShort(s * s));
  double far = wide < 0.0 ? 2.0 * KILN_HALF_PI - angle : angle;
  return (float)(size <= 0.5 ? near : far);
}
