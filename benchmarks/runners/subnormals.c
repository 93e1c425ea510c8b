/*===- subnormals.c - The floating-point state of all threads ---*- C -*-===//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===--------------------------------------------------------------------===*/
#define _GNU_SOURCE
#include "subnormals.h"

#include <dirent.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#if defined(__x86_64__)
#include <immintrin.h>

/* Flush-to-zero (results) and denormals-are-zero (inputs) of MXCSR. */
static const unsigned FLUSH_BITS = 0x8040;

void set_flush(int flush) {
  _mm_setcsr(flush ? _mm_getcsr() | FLUSH_BITS : _mm_getcsr() & ~FLUSH_BITS);
}

static volatile sig_atomic_t answered, flushing_seen;

static void on_signal(int number, siginfo_t *info, void *context) {
  (void)number, (void)info;
  const ucontext_t *state = context;
  if ((state->uc_mcontext.fpregs->mxcsr & FLUSH_BITS) == FLUSH_BITS)
    flushing_seen = flushing_seen + 1;
  answered = answered + 1;
}

/* One thread at a time: its handler has run when this returns. */
static void ask(int thread) {
  sig_atomic_t before = answered;
  if (syscall(SYS_tgkill, getpid(), thread, SIGUSR2) != 0)
    return;
  const struct timespec pause = {.tv_nsec = 100 * 1000};
  for (int tries = 0; tries < 1000 && answered == before; ++tries)
    nanosleep(&pause, NULL);
}

void count_flushing(int *flushing, int *threads) {
  struct sigaction action, old;
  memset(&action, 0, sizeof action);
  action.sa_sigaction = on_signal;
  action.sa_flags = SA_SIGINFO | SA_RESTART;
  sigaction(SIGUSR2, &action, &old);
  answered = flushing_seen = 0;
  DIR *tasks = opendir("/proc/self/task");
  for (struct dirent *entry; tasks && (entry = readdir(tasks));)
    if (atoi(entry->d_name) > 0)
      ask(atoi(entry->d_name));
  if (tasks)
    closedir(tasks);
  sigaction(SIGUSR2, &old, NULL);
  *flushing = flushing_seen;
  *threads = answered;
}

#elif defined(__aarch64__)

void set_flush(int flush) {
  unsigned long state;
  const unsigned long FZ = 1ul << 24;
  __asm__ volatile("mrs %0, fpcr" : "=r"(state));
  state = flush ? state | FZ : state & ~FZ;
  __asm__ volatile("msr fpcr, %0" : : "r"(state));
}

void count_flushing(int *flushing, int *threads) { *flushing = *threads = -1; }

#else
#error "how this machine flushes subnormal numbers is not known here"
#endif
