/*===- probe.h - How fast the cores are right now ---------------*- C -*-===//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===--------------------------------------------------------------------===*/
#ifndef KILN_BENCHMARKS_PROBE_H
#define KILN_BENCHMARKS_PROBE_H

#ifdef __cplusplus
extern "C" {
#endif

/* Seconds on a clock that all processes of the machine share. */
double now(void);

/* Waits until the process has used next to no CPU for a while (pools that spin
 * after a run have gone to sleep), two seconds at most. Returns the fraction of
 * a core that was still in use at the end. */
double wait_idle(void);

/* f32 FMA throughput in GFLOP/s, by the widest vectors of this CPU (AVX-512,
 * AVX2, else the compiler's), of `threads` cores of the process's affinity mask
 * at the same time: the slowest one's. Takes 15 ms. */
double probe_fma(int threads);

/* Which vectors probe_fma uses: "avx512f", "avx2" or "baseline". */
const char *probe_isa(void);

#ifdef __cplusplus
}
#endif

#endif
