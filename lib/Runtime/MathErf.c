//===- MathErf.c - The error function ---*- C -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// |x| < 1: x P(x^2). Beyond: 1 - e^(-x^2) Q(t) / (1 + x), where Q approximates
// (1 + x) e^(x^2) erfc(x) in t = (x - k) / (x + k). Both are computed, and one
// is taken.
//===----------------------------------------------------------------------===//

#include "MathCore.h"
#include "kiln/Runtime/Math.h"

KILN_FUNCTION double kiln_erf(double x) {
  static const double p[] = {
      // error 2^-62
      0x1.20dd750429b6dp+0,   -0x1.812746b0379e6p-2,  0x1.ce2f21a042b30p-4,
      -0x1.b82ce31284e00p-6,  0x1.565bcd0dbaa38p-8,   -0x1.c02db3dac435fp-11,
      0x1.f9a321d5b8e1ep-14,  -0x1.f4d1e3183f7aep-17, 0x1.b9df224ca4b97p-20,
      -0x1.5f1ecb6f0764cp-23, 0x1.f7b4bf3b13964p-27,  -0x1.389d4f2641625p-30,
      0x1.05ffd737fb32ep-34};
  static const double q[] = {
      // k = 3.5, x <= 6, error 2^-59
      0x1.65cbecd50c636p-1,   -0x1.b793a9950de24p-3, 0x1.c7d5576918e2ep-4,
      -0x1.056785b0794c1p-5,  -0x1.5285d56cc6cefp-7, 0x1.5c8a409e676cep-6,
      -0x1.04e31657d6e9cp-6,  0x1.e6d652fafa2fap-8,  -0x1.02b651310e756p-9,
      -0x1.cc26877269f3ep-18, 0x1.de7533f891623p-13, -0x1.08a1ccd815e75p-14,
      -0x1.ecbbe2a9948e8p-17, 0x1.7dd265a2d2127p-17, 0x1.633e347c06327p-22,
      -0x1.1d1d858ac04cep-19, -0x1.f6c65bf04eac5p-22};
  double size = __builtin_fabs(x);
  size = size > 6.0 ? 6.0 : size; // erf is 1 there
  double square = size * size;
  double small = size * KILN_POLYNOMIAL(square, p);
  double t = (size - 3.5) / (size + 3.5);
  double large = 1.0 - expCore(-square) * KILN_POLYNOMIAL(t, q) / (1.0 + size);
  return __builtin_copysign(size < 1.0 ? small : large, x);
}

KILN_FUNCTION float kiln_erff(float x) {
  static const double p[] = {// error 2^-34
                             0x1.20dd7504045d6p+0,  -0x1.81274665754c3p-2,
                             0x1.ce2f08fec14fdp-4,  -0x1.b829c897922e5p-6,
                             0x1.562a60ddba6e6p-8,  -0x1.bccf664d7f763p-11,
                             0x1.d887505de3ba6p-14, -0x1.445f47d33d87bp-17};
  static const double q[] = {// k = 2.5, x <= 4, error 2^-31 of erfc
                             0x1.79c3d75508a0fp-1,   -0x1.f9f3a4ec32656p-3,
                             0x1.38b4cb92f0db4p-4,   0x1.0b06fe66f0da4p-6,
                             -0x1.0239159e56e20p-5,  0x1.d7c3f29c662dep-7,
                             -0x1.b9fbe368085c7p-11, -0x1.edab71ddd0363p-10};
  double size = __builtin_fabs((double)x);
  size = size > 4.0 ? 4.0 : size; // erf rounds to 1 there
  double square = size * size;
  double small = size * KILN_POLYNOMIAL(square, p);
  double t = (size - 2.5) / (size + 2.5);
  double large =
      1.0 - expCoreShort(-square) * KILN_POLYNOMIAL(t, q) / (1.0 + size);
  return __builtin_copysignf((float)(size < 1.0 ? small : large), x);
}
