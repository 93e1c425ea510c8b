//===- Pool.c - Threads for the tasks of nets ---*- C -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// One job at a time: a caller that finds the pool at work, from another thread
// or from a task, runs its tasks itself.
//
// Each worker has a share of the tasks, the same part of them in every job:
// kernels that follow one another divide their tensors alike, so that much of
// what a worker reads is what it wrote. It takes its share from the front,
// large ranges first; who has none left takes from the back of another's.
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

/// Microseconds that a thread looks at the gate before it sleeps: longer than
/// nearly all kernels of one task take; a moment where threads outnumber cores.
/// After the first of KEEP_PARTS parts of it the core goes to whoever wants it,
/// if need be to the thread that is waited for.
enum { SPIN = 100, SPIN_CROWDED = 1, KEEP_PARTS = 8 };

#define CACHE_LINE 128

/// A worker's tasks that nobody has taken, `begin` in the lower half and `end`
/// in the upper one.
typedef _Atomic uint64_t Share;
#define MOST_TASKS 0xffffffff

struct Worker {
  _Alignas(CACHE_LINE) Share share;
  kiln_pool *pool;
  uintptr_t thread;
  int32_t index;
};

struct kiln_pool {
  kiln_executor executor;
  uint64_t spinTicks;
  /// Set from before a job to behind it.
  _Alignas(CACHE_LINE) _Atomic int32_t busy;
  /// In one line with the job, which comes with it to who waits for it.
  _Alignas(CACHE_LINE) _Atomic uint32_t gate;
  _Atomic int32_t sleepers;
  // The job. Read by who is inside, written while nobody is.
  void (*task)(void *data, int64_t begin, int64_t end, int32_t worker);
  void *data;
  /// Tasks from `first` on, shared among the first `sharers` workers.
  int64_t first;
  int32_t sharers;
  /// The caller is worker 0.
  struct Worker workers[];
};

/// Takes half of what is left of a share, or the last task, from its front or
/// its back; false if nothing is left.
static int takeHalf(Share *share, int atFront, uint32_t *begin, uint32_t *end) {
  uint64_t left = atomic_load_explicit(share, memory_order_relaxed);
  for (;;) {
    *begin = (uint32_t)left;
    *end = (uint32_t)(left >> 32);
    if (*begin >= *end)
      return 0;
    uint32_t size = *end - *begin > 1 ? (*end - *begin) / 2 : 1;
    uint64_t rest = atFront ? left + size : left - ((uint64_t)size << 32);
    if (!atomic_compare_exchange_weak_explicit(
            share, &left, rest, memory_order_relaxed, memory_order_relaxed))
      continue;
    if (atFront)
      *end = *begin + size;
    else
      *begin = *end - size;
    return 1;
  }
}

/// Runs the worker's own share, and then what others have left of theirs.
static void runShares(kiln_pool *pool, int32_t worker) {
  int32_t owner = worker < pool->sharers ? worker : worker % pool->sharers;
  for (int32_t empty = 0; empty < pool->sharers;) {
    uint32_t begin, end;
    if (takeHalf(&pool->workers[owner].share, owner == worker, &begin, &end)) {
      pool->task(pool->data, pool->first + begin, pool->first + end, worker);
      empty = 0;
      continue;
    }
    ++empty;
    owner = owner + 1 < pool->sharers ? owner + 1 : 0;
  }
}

/// Lets a moment pass, unless the thread has looked long enough since `start`.
static int keepLooking(const kiln_pool *pool, uint64_t start) {
  uint64_t passed = kilnTicks() - start;
  if (passed >= pool->spinTicks)
    return 0;
  if (passed < pool->spinTicks / KEEP_PARTS)
    kilnPause();
  else
    kilnYield();
  return 1;
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
    uint64_t start = kilnTicks();
    do {
      uint32_t gate = atomic_load_explicit(&pool->gate, memory_order_acquire);
      if (callsFor(gate, seen))
        return gate;
    } while (keepLooking(pool, start));
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
    runShares(pool, worker->index);
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
  uint64_t start = kilnTicks();
  while ((gate & INSIDE_MASK) && keepLooking(pool, start))
    gate = atomic_load_explicit(&pool->gate, memory_order_acquire);
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

/// Runs `count` tasks from `first` on, with nobody inside.
static void runJob(kiln_pool *pool, int64_t first, uint32_t count) {
  int32_t workers = pool->executor.workers;
  int32_t sharers = count < (uint32_t)workers ? (int32_t)count : workers;
  pool->first = first;
  pool->sharers = sharers;
  uint64_t begin = 0;
  for (int32_t i = 0; i < sharers; ++i) {
    uint64_t end = (uint64_t)count * (uint64_t)(i + 1) / (uint64_t)sharers;
    atomic_store_explicit(&pool->workers[i].share, end << 32 | begin,
                          memory_order_relaxed);
    begin = end;
  }
  uint32_t gate = atomic_load_explicit(&pool->gate, memory_order_relaxed);
  atomic_store(&pool->gate, ((gate & JOB_MASK) + JOB_ONE) | OPEN);
  int32_t sleepers = atomic_load(&pool->sleepers);
  if (sleepers > 0)
    kilnFutexWake(&pool->gate, sleepers < sharers ? sleepers : sharers - 1,
                  WORKERS);
  runShares(pool, 0);
  finishJob(pool);
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
  for (int64_t first = 0; first < count; first += MOST_TASKS)
    runJob(pool, first,
           (uint32_t)(count - first < MOST_TASKS ? count - first : MOST_TASKS));
  atomic_store_explicit(&pool->busy, 0, memory_order_release);
}

/// Ends the first `count` threads.
static void stopThreads(kiln_pool *pool, int count) {
  atomic_fetch_or(&pool->gate, STOP);
  kilnFutexWake(&pool->gate, INT32_MAX, WORKERS);
  for (int i = 1; i <= count; ++i)
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
  pool->spinTicks =
      kilnTicksPerMicrosecond() * (threads <= cores ? SPIN : SPIN_CROWDED);
  atomic_init(&pool->busy, 0);
  atomic_init(&pool->gate, 0);
  atomic_init(&pool->sleepers, 0);
  for (int i = 0; i < threads; ++i) {
    struct Worker *worker = &pool->workers[i];
    worker->pool = pool;
    worker->index = i;
    atomic_init(&worker->share, 0);
  }
  for (int i = 1; i < threads; ++i) {
    struct Worker *worker = &pool->workers[i];
    if (pthread_create(&worker->thread, NULL, runThread, worker)) {
      stopThreads(pool, i - 1);
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
  // Waits for a kernel in progress; no run may use the pool from here on.
  while (atomic_exchange_explicit(&pool->busy, 1, memory_order_acquire))
    kilnYield();
  stopThreads(pool, pool->executor.workers - 1);
}
