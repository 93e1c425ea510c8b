//===- Math.h - Elementary functions without libm ---*- C -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// What generated code calls beyond plain arithmetic. No function branches or
// calls another one that is not inlined, so that LLVM can inline it into a loop
// and vectorise the loop.
//
// Errors, against long double (test/Unit/Runtime/MathTest.cpp measures them):
// the f32 forms are within 1 ulp, and work in f64 inside; the f64 forms are
// within 3 ulp. All follow C's Annex F for infinities, NaN and signed zero,
// except that no floating-point exception flag means anything.
//===----------------------------------------------------------------------===//

#ifndef KILN_RUNTIME_MATH_H
#define KILN_RUNTIME_MATH_H

#ifdef __cplusplus
extern "C" {
#endif

float kiln_expf(float x);
float kiln_expm1f(float x);
float kiln_logf(float x);
float kiln_log1pf(float x);
float kiln_tanhf(float x);
float kiln_erff(float x);
float kiln_powf(float x, float y);
float kiln_sinf(float x);
float kiln_cosf(float x);

double kiln_exp(double x);
double kiln_expm1(double x);
double kiln_log(double x);
double kiln_log1p(double x);
double kiln_tanh(double x);
double kiln_erf(double x);
double kiln_pow(double x, double y);
double kiln_sin(double x);
double kiln_cos(double x);

#ifdef __cplusplus
}
#endif

#endif // KILN_RUNTIME_MATH_H
