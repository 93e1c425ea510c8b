/*===- job.h - What one launch is to run ------------------------*- C -*-===//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===--------------------------------------------------------------------===//
//
// A launch is described by a text file of one word and its values a line:
//
//   mode slice|check|start     slice: timed; check: one run, outputs written;
//                              start: one run, nothing else
//   model PATH                 what the contender loads
//   threads N
//   flush 0|1                  subnormal numbers count as zero
//   seconds S                  how long the timed part lasts at least
//   input NAME PATH D0 D1 ...  raw f32, C order; all nets here are of f32
//   output NAME PATH D0 ...    where a check writes the tensor, raw f32
//   option NAME VALUE          what only this contender knows
//
//===--------------------------------------------------------------------===*/
#ifndef KILN_BENCHMARKS_JOB_H
#define KILN_BENCHMARKS_JOB_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { MAX_TENSORS = 16, MAX_RANK = 8, MAX_OPTIONS = 16, MAX_TEXT = 512 };

enum mode { MODE_SLICE, MODE_CHECK, MODE_START };

struct tensor {
  char name[MAX_TEXT];
  char path[MAX_TEXT];
  int64_t dims[MAX_RANK];
  int rank;
  size_t elements;
  float *data; /* 64-byte aligned, owned by the job */
};

struct option {
  char name[MAX_TEXT];
  char value[MAX_TEXT];
};

struct job {
  int mode; /* enum mode */
  char model[MAX_TEXT];
  int threads;
  int flush;
  double seconds;
  struct tensor inputs[MAX_TENSORS], outputs[MAX_TENSORS];
  int num_inputs, num_outputs;
  struct option options[MAX_OPTIONS];
  int num_options;
};

/* Reads a job and its input tensors; ends the process with a message where the
 * file or a tensor cannot be read. The job lives as long as the process. */
struct job *read_job(const char *path);

/* The value of an option, or `otherwise`. */
const char *job_option(const struct job *job, const char *name,
                       const char *otherwise);

/* Writes every output to its path. */
void write_outputs(const struct job *job);

/* Prints to standard error and ends the process with exit code 1. */
void fail(const char *format, ...)
    __attribute__((format(printf, 1, 2), noreturn));

#ifdef __cplusplus
}
#endif

#endif
