//===- Executor.h - Where the tasks of a net run ---*- C -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// The generated headers declare the same, under the same guard: one executor
// serves all nets of a program.
//===----------------------------------------------------------------------===//

#ifndef KILN_EXECUTOR
#define KILN_EXECUTOR

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Spreads the tasks of a kernel over threads.
typedef struct kiln_executor {
  void *context;
  /// How many ranges of tasks may run at a time, 1 to 1024.
  int32_t workers;
  /// Calls `task(data, begin, end, worker)` for ranges that cover [0, count)
  /// once, on any threads and in any order, and returns when all are done.
  /// `worker` is in [0, workers), and no two ranges have it at the same time.
  void (*parallel_for)(void *context,
                       void (*task)(void *data, int64_t begin, int64_t end,
                                    int32_t worker),
                       void *data, int64_t count);
} kiln_executor;

/// Threads that an artifact keeps, see Pool.c.
typedef struct kiln_pool kiln_pool;

#ifdef __cplusplus
}
#endif

#endif // KILN_EXECUTOR
