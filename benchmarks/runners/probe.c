/*===- probe.c - FMA throughput ---------------------------------*- C -*-===//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===--------------------------------------------------------------------===*/
#define _GNU_SOURCE
#include "probe.h"

#include <pthread.h>
#include <sched.h>
#include <time.h>

enum { CHAINS = 12, BURST = 20000 };
static const double RAMP_SECONDS = 0.005, PROBE_SECONDS = 0.010;

static double clock_seconds(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

double now(void) { return clock_seconds(CLOCK_MONOTONIC); }

double wait_idle(void) {
  const struct timespec pause = {.tv_nsec = 10 * 1000 * 1000};
  double used = 1;
  for (int tries = 0; tries < 200; ++tries) {
    double wall = now(), cpu = clock_seconds(CLOCK_PROCESS_CPUTIME_ID);
    nanosleep(&pause, NULL);
    used = (clock_seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu) / (now() - wall);
    if (used < 0.02)
      break;
  }
  return used;
}

/* Twelve chains of dependent FMAs, each in a register of its own: enough for
 * two units of latency up to six. The values tend to 1 and stay normal. */
#define FOR_CHAINS(DO)                                                         \
  DO(c0)                                                                       \
  DO(c1) DO(c2) DO(c3) DO(c4) DO(c5) DO(c6) DO(c7) DO(c8) DO(c9) DO(c10)       \
      DO(c11)
#define START(CHAIN) vector CHAIN = b;
#define STEP(CHAIN)                                                            \
  CHAIN = CHAIN * a + b;                                                       \
  __asm__ volatile("" : "+" VECTOR_REGISTER(CHAIN));
#define SUM(CHAIN) sum += CHAIN[0];

#define DEFINE_BURST(NAME, BYTES, ATTRIBUTES)                                  \
  ATTRIBUTES static double NAME(void) {                                        \
    typedef float vector __attribute__((vector_size(BYTES)));                  \
    vector a = (vector){0} + 0.75f, b = (vector){0} + 0.25f;                   \
    FOR_CHAINS(START)                                                          \
    for (int step = 0; step < BURST; ++step) {                                 \
      FOR_CHAINS(STEP)                                                         \
    }                                                                          \
    volatile float sum = 0;                                                    \
    FOR_CHAINS(SUM)                                                            \
    return 2.0 * (BYTES) / 4 * CHAINS * BURST;                                 \
  }

#if defined(__x86_64__)
#define VECTOR_REGISTER(VALUE) "v"(VALUE)
DEFINE_BURST(burst_avx512, 64, __attribute__((target("avx512f"))))
DEFINE_BURST(burst_avx2, 32, __attribute__((target("avx2,fma"))))
DEFINE_BURST(burst_baseline, 16, )
static double (*burst(const char **isa))(void) {
  if (__builtin_cpu_supports("avx512f"))
    return *isa = "avx512f", burst_avx512;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
    return *isa = "avx2", burst_avx2;
  return *isa = "baseline", burst_baseline;
}
#else
#define VECTOR_REGISTER(VALUE) "w"(VALUE)
DEFINE_BURST(burst_baseline, 16, )
static double (*burst(const char **isa))(void) {
  return *isa = "baseline", burst_baseline;
}
#endif

const char *probe_isa(void) {
  const char *isa;
  burst(&isa);
  return isa;
}

struct worker {
  pthread_t thread;
  pthread_barrier_t *barrier;
  int cpu;
  double gflops;
};

static double throughput(double (*run)(void), double seconds) {
  double begin = now(), done = 0, end;
  do {
    done += run();
    end = now();
  } while (end - begin < seconds);
  return 1e-9 * done / (end - begin);
}

static void *work(void *argument) {
  struct worker *worker = argument;
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(worker->cpu, &one);
  sched_setaffinity(0, sizeof one, &one);
  const char *isa;
  double (*run)(void) = burst(&isa);
  pthread_barrier_wait(worker->barrier);
  throughput(run, RAMP_SECONDS); /* clock and vector units wake up */
  worker->gflops = throughput(run, PROBE_SECONDS);
  return NULL;
}

double probe_fma(int threads) {
  enum { MAX_WORKERS = 64 };
  cpu_set_t mask;
  sched_getaffinity(0, sizeof mask, &mask);
  struct worker workers[MAX_WORKERS];
  int count = 0;
  pthread_barrier_t barrier;
  for (int cpu = 0; cpu < CPU_SETSIZE && count < threads; ++cpu)
    if (count < MAX_WORKERS && CPU_ISSET(cpu, &mask))
      workers[count++] = (struct worker){.barrier = &barrier, .cpu = cpu};
  pthread_barrier_init(&barrier, NULL, (unsigned)count);
  for (int i = 0; i < count; ++i)
    pthread_create(&workers[i].thread, NULL, work, &workers[i]);
  double slowest = 0;
  for (int i = 0; i < count; ++i) {
    pthread_join(workers[i].thread, NULL);
    if (i == 0 || workers[i].gflops < slowest)
      slowest = workers[i].gflops;
  }
  pthread_barrier_destroy(&barrier);
  return slowest;
}
