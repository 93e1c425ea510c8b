//===- Pool.c - Threads for the tasks of nets ---*- C -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// One job at a time: a caller that finds the pool at work, from another thread
// or from a task, runs its tasks itself. Whoever is free takes the next range.
//
// Nobody waits for a thread that has not come: workers join a job while its
// gate is open, and the caller, once no task is left, closes the gate and waits
// for those inside. A thread that the system does not schedule delays nothing.
//===----------------------------------------------------------------------===//

#include "System.h"
#include "kiln/Runtime/Net.h"

#include <stdatomic.h>

/// The gate: which job it is of, whether workers may join, whether the caller
/// or the end waits, and how many workers are inside.
#define JOB_ONE 0x10000u
#define JOB_MASK 0xffff0000u
#define OPEN 0x8000u
#define CALLER_WAITS 0x4000u
#define STOP 0x2000u
#define INSIDE_MASK 0x1fffu
_Static_assert(KILN_GREATEST_WORKERS <= INSIDE_MASK, "all fit inside");

/// Who is woken.
enum { WORKERS = 1, CALLER = 2 };

/// Looks at the gate before a thread sleeps: some tens of microseconds, about
/// as long as a kernel of one task takes; few where threads outnumber cores.
enum { SPINS = 1000, SPINS_CROWDED = 20 };

#define CACHE_LINE 128

struct Worker {
  kiln_pool *pool;
  uintptr_t thread;
  int32_t index;
};

struct kiln_pool {
  kiln_executor executor;
  int spins;
  // The job. Read by who is inside, written while nobody is.
  void (*task)(void *data, int64_t begin, int64_t end, int32_t worker);
  void *data;
  int64_t count;
  /// Set from before a job to behind it.
  _Alignas(CACHE_LINE) _Atomic int32_t busy;
  _Alignas(CACHE_LINE) _Atomic uint32_t gate;
  _Atomic int32_t sleepers;
  /// The first task that nobody has taken.
  _Alignas(CACHE_LINE) _Atomic int64_t next;
  /// All but the caller, which is worker 0.
  _Alignas(CACHE_LINE) struct Worker workers[];
};

/// Takes ranges until none is left: large ones first, for their order in
/// memory, single tasks in the end, so that all finish together.
static void takeRanges(kiln_pool *pool, int32_t worker) {
  int64_t parts = 2 * (int64_t)pool->executor.workers;
  int64_t begin = atomic_load_explicit(&pool->next, memory_order_relaxed);
  while (begin < pool->count) {
    int64_t size = (pool->count - begin) / parts;
    int64_t end = begin + (size > 1 ? size : 1);
    if (!atomic_compare_exchange_weak_explicit(&pool->next, &begin, end,
                                               memory_order_relaxed,
                                               memory_order_relaxed))
      continue;
    pool->task(pool->data, begin, end, worker);
    begin = atomic_load_explicit(&pool->next, memory_order_relaxed);
  }
}

/// A job that this worker has not seen, or the end.
static int callsFor(uint32_t gate, uint32_t seen) {
  return (gate & STOP) || ((gate & OPEN) && (gate & JOB_MASK) != seen);
}

/// Waits for one or the other; gives the gate as it was then. A thread that is
/// woken spins again: jobs shorter than the waking are over by then, and more
/// follow.
static uint32_t awaitCall(kiln_pool *pool, uint32_t seen) {
  for (;;) {
    for (int i = 0; i < pool->spins; ++i) {
      uint32_t gate = atomic_load_explicit(&pool->gate, memory_order_acquire);
      if (callsFor(gate, seen))
        return gate;
      kilnPause();
    }
    // In one order with the caller's opening the gate and looking for sleepers:
    // it sees this one, or this one sees the gate.
    atomic_fetch_add(&pool->sleepers, 1);
    uint32_t gate = atomic_load(&pool->gate);
    if (!callsFor(gate, seen))
      kilnFutexWait(&pool->gate, gate, WORKERS);
    atomic_fetch_sub(&pool->sleepers, 1);
  }
}

static void *runThread(void *argument) {
  struct Worker *worker = argument;
  kiln_pool *pool = worker->pool;
  uint32_t seen = 0;
  for (;;) {
    uint32_t gate = awaitCall(pool, seen);
    if (gate & STOP)
      return NULL;
    if (!atomic_compare_exchange_strong_explicit(&pool->gate, &gate, gate + 1,
                                                 memory_order_acq_rel,
                                                 memory_order_relaxed))
      continue;
    seen = gate & JOB_MASK;
    takeRanges(pool, worker->index);
    uint32_t left =
        atomic_fetch_sub_explicit(&pool->gate, 1, memory_order_acq_rel) - 1;
    if (!(left & INSIDE_MASK) && (left & CALLER_WAITS))
      kilnFutexWake(&pool->gate, 1, CALLER);
  }
}

/// Closes the gate and waits until nobody is inside.
static void finishJob(kiln_pool *pool) {
  uint32_t gate =
      atomic_fetch_and_explicit(&pool->gate, ~OPEN, memory_order_acq_rel);
  for (int i = 0; i < pool->spins && (gate & INSIDE_MASK); ++i) {
    kilnPause();
    gate = atomic_load_explicit(&pool->gate, memory_order_acquire);
  }
  if (!(gate & INSIDE_MASK))
    return;
  gate = atomic_fetch_or_explicit(&pool->gate, CALLER_WAITS,
                                  memory_order_acq_rel) |
         CALLER_WAITS;
  while (gate & INSIDE_MASK) {
    kilnFutexWait(&pool->gate, gate, CALLER);
    gate = atomic_load_explicit(&pool->gate, memory_order_acquire);
  }
}

static void parallelFor(void *context,
                        void (*task)(void *data, int64_t begin, int64_t end,
                                     int32_t worker),
                        void *data, int64_t count) {
  kiln_pool *pool = context;
  if (count <= 1 || pool->executor.workers == 1 ||
      atomic_exchange_explicit(&pool->busy, 1, memory_order_acquire)) {
    task(data, 0, count, 0);
    return;
  }
  pool->task = task;
  pool->data = data;
  pool->count = count;
  atomic_store_explicit(&pool->next, 0, memory_order_relaxed);
  uint32_t gate = atomic_load_explicit(&pool->gate, memory_order_relaxed);
  atomic_store(&pool->gate, ((gate & JOB_MASK) + JOB_ONE) | OPEN);
  int32_t sleepers = atomic_load(&pool->sleepers);
  if (sleepers > 0)
    kilnFutexWake(&pool->gate, sleepers < count ? sleepers : (int)(count - 1),
                  WORKERS);
  takeRanges(pool, 0);
  finishJob(pool);
  atomic_store_explicit(&pool->busy, 0, memory_order_release);
}

/// Ends the first `count` threads.
static void stopThreads(kiln_pool *pool, int count) {
  atomic_fetch_or(&pool->gate, STOP);
  kilnFutexWake(&pool->gate, INT32_MAX, WORKERS);
  for (int i = 0; i < count; ++i)
    pthread_join(pool->workers[i].thread, NULL);
  free(pool);
}

int kiln_net_pool_create(int threads, kiln_pool **result) {
  if (!result)
    return KILN_NULL_POINTER;
  *result = NULL;
  int cores = kilnCountCores();
  if (threads == 0)
    threads = cores < KILN_GREATEST_WORKERS ? cores : KILN_GREATEST_WORKERS;
  if (threads < 0 || threads > KILN_GREATEST_WORKERS || !aligned_alloc ||
      !free || !pthread_create || !pthread_join)
    return KILN_NO_THREADS;
  size_t bytes = sizeof(kiln_pool) + sizeof(struct Worker) * (size_t)threads;
  bytes = (bytes + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE;
  kiln_pool *pool = aligned_alloc(CACHE_LINE, bytes);
  if (!pool)
    return KILN_NO_THREADS;
  pool->executor.context = pool;
  pool->executor.workers = threads;
  pool->executor.parallel_for = parallelFor;
  pool->spins = threads <= cores ? SPINS : SPINS_CROWDED;
  atomic_init(&pool->busy, 0);
  atomic_init(&pool->gate, 0);
  atomic_init(&pool->sleepers, 0);
  atomic_init(&pool->next, 0);
  for (int i = 0; i < threads - 1; ++i) {
    struct Worker *worker = &pool->workers[i];
    worker->pool = pool;
    worker->index = i + 1;
    if (pthread_create(&worker->thread, NULL, runThread, worker)) {
      stopThreads(pool, i);
      return KILN_NO_THREADS;
    }
  }
  *result = pool;
  return KILN_OK;
}

const kiln_executor *kiln_net_pool_executor(const kiln_pool *pool) {
  return pool ? &pool->executor : NULL;
}

void kiln_net_pool_destroy(kiln_pool *pool) {
  if (!pool)
    return;
  // A run of another thread goes on to the end of its kernel, and then alone.
  while (atomic_exchange_explicit(&pool->busy, 1, memory_order_acquire))
    kilnYield();
  stopThreads(pool, pool->executor.workers - 1);
}
