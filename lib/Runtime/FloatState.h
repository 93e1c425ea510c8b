//===- FloatState.h - How floating point rounds in a run ---*- C -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// While kernels run, rounding is to nearest, nothing traps, and subnormal
// numbers count as zero: on them some CPUs take a hundred times as long. The
// thread's own state is put back, flags of past exceptions included.
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_RUNTIME_FLOATSTATE_H
#define KILN_LIB_RUNTIME_FLOATSTATE_H

#include <stdint.h>

struct KilnFloatState {
  uint64_t control, status;
};

#if defined(__x86_64__)

/// MXCSR (Intel SDM vol. 1, 10.2.3): all exceptions masked; flush to zero (bit
/// 15), denormals are zero (bit 6).
#define KILN_MXCSR 0x1f80u
#define KILN_MXCSR_FLUSH 0x8040u

static inline struct KilnFloatState kilnEnterFloatState(int flushes) {
  uint32_t callers, own = KILN_MXCSR | (flushes ? KILN_MXCSR_FLUSH : 0);
  __asm__ volatile("stmxcsr %0" : "=m"(callers) : : "memory");
  __asm__ volatile("ldmxcsr %0" : : "m"(own) : "memory");
  struct KilnFloatState state = {callers, 0};
  return state;
}

static inline void kilnLeaveFloatState(struct KilnFloatState state) {
  uint32_t callers = (uint32_t)state.control;
  __asm__ volatile("ldmxcsr %0" : : "m"(callers) : "memory");
}

#elif defined(__aarch64__)

/// FPCR (Arm ARM, C5.2.8): flush to zero (bit 24).
#define KILN_FPCR_FLUSH ((uint64_t)1 << 24)

static inline struct KilnFloatState kilnEnterFloatState(int flushes) {
  struct KilnFloatState state;
  uint64_t own = flushes ? KILN_FPCR_FLUSH : 0;
  __asm__ volatile("mrs %0, fpcr" : "=r"(state.control) : : "memory");
  __asm__ volatile("mrs %0, fpsr" : "=r"(state.status) : : "memory");
  __asm__ volatile("msr fpcr, %0" : : "r"(own) : "memory");
  return state;
}

static inline void kilnLeaveFloatState(struct KilnFloatState state) {
  __asm__ volatile("msr fpcr, %0" : : "r"(state.control) : "memory");
  __asm__ volatile("msr fpsr, %0" : : "r"(state.status) : "memory");
}

#else
#error "no floating-point state for this architecture"
#endif

#endif // KILN_LIB_RUNTIME_FLOATSTATE_H
