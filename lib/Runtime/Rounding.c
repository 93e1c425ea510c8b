//===- Rounding.c - Rounding without libm ---*- C -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// LLVM has floor and the like as instructions on most CPUs, and calls these
// where there is none (x86 before SSE4.1). Built with -fno-builtin, as
// Memory.c, and local to an artifact. The rounding mode is to nearest.
//===----------------------------------------------------------------------===//

/// For a type with the suffix `s`, in which all values from `big` on are
/// integers: adding `big` rounds to an integer, ties to even. Each result has
/// the sign of x, zero included.
#define KILN_ROUNDING(type, s, big)                                            \
  static inline type nearest##s(type x) {                                      \
    type size = __builtin_fabs##s(x);                                          \
    type rounded = (size + big) - big;                                         \
    return __builtin_copysign##s(size < big ? rounded : size, x);              \
  }                                                                            \
  type rint##s(type x) { return nearest##s(x); }                               \
  type nearbyint##s(type x) { return nearest##s(x); }                          \
  type roundeven##s(type x) { return nearest##s(x); }                          \
  type floor##s(type x) {                                                      \
    type rounded = nearest##s(x);                                              \
    return __builtin_copysign##s(rounded > x ? rounded - 1 : rounded, x);      \
  }                                                                            \
  type ceil##s(type x) {                                                       \
    type rounded = nearest##s(x);                                              \
    return __builtin_copysign##s(rounded < x ? rounded + 1 : rounded, x);      \
  }                                                                            \
  type trunc##s(type x) {                                                      \
    type size = __builtin_fabs##s(x), rounded = nearest##s(size);              \
    return __builtin_copysign##s(rounded > size ? rounded - 1 : rounded, x);   \
  }                                                                            \
  type round##s(type x) {                                                      \
    type size = __builtin_fabs##s(x), whole = trunc##s(size);                  \
    type up = size - whole >= (type)0.5 ? 1 : 0;                               \
    return __builtin_copysign##s(whole + up, x);                               \
  }

// No header declares these here.
#pragma clang diagnostic ignored "-Wmissing-prototypes"

KILN_ROUNDING(float, f, 0x1p23f)
KILN_ROUNDING(double, , 0x1p52)
