//===- System.h - What the runtime asks of Linux ---*- C -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Threads come from libc, which must know of them; all else from the kernel
// itself. Libc's functions are weak: an artifact needs no library, and has no
// pool where the process has no threads.
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_RUNTIME_SYSTEM_H
#define KILN_LIB_RUNTIME_SYSTEM_H

#include <stddef.h>
#include <stdint.h>

// As in <pthread.h> and <stdlib.h>, of which no copy for every target is there:
// pthread_t is as wide as a pointer in every libc of Linux.
extern int pthread_create(uintptr_t *thread, const void *attributes,
                          void *(*start)(void *), void *argument)
    __attribute__((weak));
extern int pthread_join(uintptr_t thread, void **result) __attribute__((weak));
extern void *aligned_alloc(size_t alignment, size_t size) __attribute__((weak));
extern void free(void *memory) __attribute__((weak));

enum { KILN_FUTEX_WAIT = 9 | 128, KILN_FUTEX_WAKE = 10 | 128 };

#if defined(__x86_64__)

enum { KILN_SYS_SCHED_YIELD = 24, KILN_SYS_FUTEX = 202 };
enum { KILN_SYS_SCHED_GETAFFINITY = 204, KILN_SYS_MADVISE = 28 };

static inline long kilnSystemCall(long number, long a, long b, long c, long d,
                                  long e, long f) {
  long result;
  register long r10 __asm__("r10") = d;
  register long r8 __asm__("r8") = e;
  register long r9 __asm__("r9") = f;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8),
                     "r"(r9)
                   : "rcx", "r11", "memory");
  return result;
}

/// Tells the core that this is a loop which waits.
static inline void kilnPause(void) { __asm__ volatile("pause"); }

/// A clock of a fixed rate, and about that rate: 2 to 5 GHz everywhere.
static inline uint64_t kilnTicksPerMicrosecond(void) { return 3000; }
static inline uint64_t kilnTicks(void) {
  uint32_t low, high;
  __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
  return (uint64_t)high << 32 | low;
}

#elif defined(__aarch64__)

enum { KILN_SYS_SCHED_YIELD = 124, KILN_SYS_FUTEX = 98 };
enum { KILN_SYS_SCHED_GETAFFINITY = 123, KILN_SYS_MADVISE = 233 };

static inline long kilnSystemCall(long number, long a, long b, long c, long d,
                                  long e, long f) {
  register long x8 __asm__("x8") = number;
  register long x0 __asm__("x0") = a;
  register long x1 __asm__("x1") = b;
  register long x2 __asm__("x2") = c;
  register long x3 __asm__("x3") = d;
  register long x4 __asm__("x4") = e;
  register long x5 __asm__("x5") = f;
  __asm__ volatile("svc #0"
                   : "+r"(x0)
                   : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
                   : "memory");
  return x0;
}

/// `yield` takes no time on most cores; this does.
static inline void kilnPause(void) { __asm__ volatile("isb"); }

/// A clock of a fixed rate, which differs much between processors.
static inline uint64_t kilnTicksPerMicrosecond(void) {
  uint64_t hertz;
  __asm__("mrs %0, cntfrq_el0" : "=r"(hertz));
  return hertz / 1000000 + 1;
}
static inline uint64_t kilnTicks(void) {
  uint64_t ticks;
  __asm__ volatile("mrs %0, cntvct_el0" : "=r"(ticks));
  return ticks;
}

#else
#error "no system calls for this architecture"
#endif

/// Sleeps while `*word` is `value`, until a wake whose mask meets this one; may
/// return early.
static inline void kilnFutexWait(const void *word, uint32_t value,
                                 uint32_t mask) {
  kilnSystemCall(KILN_SYS_FUTEX, (long)word, KILN_FUTEX_WAIT, value, 0, 0,
                 mask);
}

static inline void kilnFutexWake(const void *word, int count, uint32_t mask) {
  kilnSystemCall(KILN_SYS_FUTEX, (long)word, KILN_FUTEX_WAKE, count, 0, 0,
                 mask);
}

static inline void kilnYield(void) {
  kilnSystemCall(KILN_SYS_SCHED_YIELD, 0, 0, 0, 0, 0, 0);
}

/// How many cores this process may use; 1 where that is not known.
static inline int kilnCountCores(void) {
  uint64_t mask[128];
  long bytes = kilnSystemCall(KILN_SYS_SCHED_GETAFFINITY, 0, sizeof(mask),
                              (long)mask, 0, 0, 0);
  int cores = 0;
  for (long i = 0; i < bytes / 8; ++i)
    for (uint64_t rest = mask[i]; rest; rest &= rest - 1)
      ++cores;
  return cores ? cores : 1;
}

/// Maps the pages that lie in [begin, begin + bytes), as if each had been read.
/// What Linux before 5.14 does not know, or a page cannot give, is no error: it
/// is mapped when it is read.
static inline void kilnPopulate(const void *begin, int64_t bytes) {
  enum { MADVISE_POPULATE_READ = 22 };
  const uintptr_t page = 65536; // the largest of all kernels
  uintptr_t first = ((uintptr_t)begin + page - 1) & ~(page - 1);
  uintptr_t end = ((uintptr_t)begin + (uintptr_t)bytes) & ~(page - 1);
  if (first < end)
    kilnSystemCall(KILN_SYS_MADVISE, (long)first, (long)(end - first),
                   MADVISE_POPULATE_READ, 0, 0, 0);
}

#endif // KILN_LIB_RUNTIME_SYSTEM_H
