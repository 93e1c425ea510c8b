/*===- harness.c - Times a contender ----------------------------*- C -*-===//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===--------------------------------------------------------------------===*/
#include "harness.h"
#include "probe.h"
#include "subnormals.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_RUNS = 200000, LEAST_RUNS = 3 };

/* Kilobytes of VmHWM: the greatest resident size so far. */
static long peak_rss(void) {
  FILE *file = fopen("/proc/self/status", "r");
  char line[256];
  long kilobytes = 0;
  while (file && fgets(line, sizeof line, file))
    if (!strncmp(line, "VmHWM:", 6))
      kilobytes = atol(line + 6);
  if (file)
    fclose(file);
  return kilobytes;
}

/* Fills `times`; returns how many runs there were. */
static int time_runs(const struct contender *contender, void *state,
                     double seconds, double *times) {
  int count = 0;
  double begin = now(), last = begin;
  while (count < MAX_RUNS && (count < LEAST_RUNS || last - begin < seconds)) {
    contender->run(state);
    double end = now();
    times[count++] = end - last;
    last = end;
  }
  return count;
}

/* Nothing is timed yet: a disturbed machine is waited for, half a second at
 * most. KILN_BENCHMARKS_PROBE is the speed that will do. */
static double settled_probe(int threads) {
  enum { TRIES = 20 };
  const char *wanted = getenv("KILN_BENCHMARKS_PROBE");
  double speed = probe_fma(threads);
  for (int tries = 1; wanted && speed < atof(wanted) && tries < TRIES;
       ++tries) {
    wait_idle();
    speed = probe_fma(threads);
  }
  return speed;
}

static void print_slice(const struct job *job,
                        const struct contender *contender, void *state) {
  double *times = malloc(MAX_RUNS * sizeof *times);
  if (!times)
    fail("no memory for the times");
  memset(times, 0, MAX_RUNS * sizeof *times);
  double idle = wait_idle();
  double before = settled_probe(job->threads);
  /* Warm-up: a third of the slice, not counted. */
  time_runs(contender, state, job->seconds / 3, times);
  int count = time_runs(contender, state, job->seconds, times);
  double idle_after = wait_idle();
  double after = probe_fma(job->threads);
  int flushing, threads;
  count_flushing(&flushing, &threads);
  printf(", \"probe\": [%.3f, %.3f], \"busy\": [%.3f, %.3f], \"flushing\": %d, "
         "\"threads\": %d, \"times\": [",
         before, after, idle, idle_after, flushing, threads);
  for (int i = 0; i < count; ++i)
    printf("%s%.9g", i ? ", " : "", times[i]);
  printf("]");
  free(times);
}

/* Who is how fast, roughly: the best of a few runs, or the first if it is slow.
 */
static void print_check(const struct contender *contender, void *state,
                        double first) {
  enum { RUNS = 6 };
  double best = first;
  for (int i = 0; i < RUNS && first < 0.5; ++i) {
    double begin = now();
    contender->run(state);
    double time = now() - begin;
    best = time < best ? time : best;
  }
  printf(", \"best_s\": %.9f", best);
}

int run_job(const char *path, const struct contender *contender) {
  struct job *job = read_job(path);
  set_flush(job->flush); /* before any pool is made, so that it inherits this */
  double begin = now();
  void *state = contender->create(job);
  double created = now();
  set_flush(job->flush); /* some set the caller's state while they load */
  contender->run(state);
  double first = now();
  printf("{\"first_output_at\": %.9f, \"create_s\": %.6f, \"first_s\": %.6f, "
         "\"peak_rss_kb\": %ld, \"isa\": \"%s\"",
         first, created - begin, first - created, peak_rss(), probe_isa());
  if (job->mode == MODE_CHECK) {
    write_outputs(job);
    print_check(contender, state, first - created);
  }
  if (job->mode == MODE_SLICE)
    print_slice(job, contender, state);
  printf("}\n");
  fflush(stdout);
  /* What the contender made is left to the end of the process. */
  _Exit(0);
}
