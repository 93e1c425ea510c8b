/*===- harness.h - One launch of one contender ------------------*- C -*-===//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===--------------------------------------------------------------------===*/
#ifndef KILN_BENCHMARKS_HARNESS_H
#define KILN_BENCHMARKS_HARNESS_H

#include "job.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A contender fails by fail(). */
struct contender {
  /* Loads the net with the job's threads. What it returns is handed to run. */
  void *(*create)(const struct job *job);
  /* One run from the job's inputs to its outputs' memory. */
  void (*run)(void *state);
};

/* Does what the job says and prints a JSON object:
 *   first_output_at   the shared clock when the first outputs were there
 *   create_s first_s  loading, and the first run
 *   peak_rss_kb       with file pages, after the first run
 *   best_s            of a check: the best of a few runs
 *   probe             FMA GFLOP/s before and after the slice
 *   times             seconds of each run of the slice
 *   flushing threads  how many of the process's threads flush to zero
 * Returns the exit code. */
int run_job(const char *path, const struct contender *contender);

#ifdef __cplusplus
}
#endif

#endif
