/*===- subnormals.h - Flush-to-zero, set and verified -----------*- C -*-===//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===--------------------------------------------------------------------===*/
#ifndef KILN_BENCHMARKS_SUBNORMALS_H
#define KILN_BENCHMARKS_SUBNORMALS_H

#ifdef __cplusplus
extern "C" {
#endif

/* Makes the calling thread, and every thread that it starts from now on, treat
 * subnormal inputs and results as zero, or not. */
void set_flush(int flush);

/* Of all threads of this process: how many flush, and how many there are. The
 * floating-point state is read in a signal handler of each thread, so that
 * pools made by others are seen too. -1 where the machine is not known. */
void count_flushing(int *flushing, int *threads);

#ifdef __cplusplus
}
#endif

#endif
