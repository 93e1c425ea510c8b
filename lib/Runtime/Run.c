//===- Run.c - The tasks of a kernel ---*- C -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FloatState.h"
#include "kiln/Runtime/Net.h"

#include <stdatomic.h>
#include <stddef.h>

/// One kernel's tasks on their way through an executor.
struct Dispatch {
  const struct KilnRun *run;
  void (*kernel)(void *frame, int64_t begin, int64_t end, void *scratch);
  void *frame;
  int64_t count;
  /// How many tasks have been run.
  _Atomic int64_t done;
};

/// What the executor calls, in any thread. A range that there is not is not
/// run, and so is missing in the end.
static void runRange(void *data, int64_t begin, int64_t end, int32_t worker) {
  struct Dispatch *dispatch = data;
  const struct KilnRun *run = dispatch->run;
  if (begin < 0 || begin > end || end > dispatch->count || worker < 0 ||
      worker >= run->executor->workers)
    return;
  struct KilnFloatState threads = kilnEnterFloatState(run->flushes);
  char *scratch =
      run->scratch ? run->scratch + worker * run->scratchBytes : NULL;
  dispatch->kernel(dispatch->frame, begin, end, scratch);
  kilnLeaveFloatState(threads);
  atomic_fetch_add_explicit(&dispatch->done, end - begin, memory_order_release);
}

void kiln_run_tasks(struct KilnRun *run,
                    void (*kernel)(void *frame, int64_t begin, int64_t end,
                                   void *scratch),
                    void *frame, int64_t count) {
  if (!run->executor) {
    kernel(frame, 0, count, run->scratch);
    return;
  }
  if (run->failed)
    return;
  struct Dispatch dispatch = {run, kernel, frame, count, 0};
  run->executor->parallel_for(run->executor->context, runRange, &dispatch,
                              count);
  if (atomic_load_explicit(&dispatch.done, memory_order_acquire) != count)
    run->failed = 1;
}
