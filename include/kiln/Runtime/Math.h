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
// within 3 ulp, tan within 4. All follow C's Annex F for infinities, NaN and
// signed zero, except that no floating-point exception flag means anything.
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
float kiln_exp2f(float x);
float kiln_log2f(float x);
float kiln_log10f(float x);
float kiln_tanf(float x);
float kiln_asinf(float x);
float kiln_acosf(float x);
float kiln_atanf(float x);
float kiln_sinhf(float x);
float kiln_coshf(float x);
float kiln_asinhf(float x);
float kiln_acoshf(float x);
float kiln_atanhf(float x);
float kiln_fmodf(float x, float y);

double kiln_exp(double x);
double kiln_expm1(double x);
double kiln_log(double x);
double kiln_log1p(double x);
double kiln_tanh(double x);
double kiln_erf(double x);
double kiln_pow(double x, double y);
double kiln_sin(double x);
double kiln_cos(double x);
double kiln_exp2(double x);
double kiln_log2(double x);
double kiln_log10(double x);
double kiln_tan(double x);
double kiln_asin(double x);
double kiln_acos(double x);
double kiln_atan(double x);
double kiln_sinh(double x);
double kiln_cosh(double x);
double kiln_asinh(double x);
double kiln_acosh(double x);
double kiln_atanh(double x);
double kiln_fmod(double x, double y);

/// The exact power modulo 2^64; a negative exponent rounds towards zero, and 0
/// to one is 0.
long long kiln_ipow(long long base, long long exponent);

#ifdef __cplusplus
}
#endif

#endif // KILN_RUNTIME_MATH_H
