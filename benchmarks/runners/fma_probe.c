/*===- fma_probe.c - Prints what the cores can do ---------------*- C -*-===//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===--------------------------------------------------------------------===//
//
// fma_probe THREADS: the best of twenty probes, in GFLOP/s a core.
//
//===--------------------------------------------------------------------===*/
#include "job.h"
#include "probe.h"

#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv) {
  if (argc != 2 || atoi(argv[1]) < 1)
    fail("usage: fma_probe THREADS");
  double best = 0;
  for (int i = 0; i < 20; ++i) {
    double speed = probe_fma(atoi(argv[1]));
    best = speed > best ? speed : best;
  }
  printf("%.3f\n", best);
  return 0;
}
