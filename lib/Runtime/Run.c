//===- Run.c - The tasks of a kernel ---*- C -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "kiln/Runtime/Net.h"

void kiln_run_tasks(struct KilnRun *run,
                    void (*kernel)(void *frame, int64_t begin, int64_t end,
                                   void *scratch),
                    void *frame, int64_t count) {
  kernel(frame, 0, count, run->scratch);
}
