//===- Net.h - What an artifact says of its net ---*- C -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// The descriptor that the compiler writes into each artifact, and the checks
// over it that all artifacts share. The layout is the compiler's own and never
// leaves the artifact (ObjectInterface.cpp builds it field by field); what a
// program sees are the functions of the generated header.
//===----------------------------------------------------------------------===//

#ifndef KILN_RUNTIME_NET_H
#define KILN_RUNTIME_NET_H

#include "kiln/Runtime/Executor.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// The version that `<net>_abi_version` returns; grows when the interface
/// changes in a way that breaks a program.
#define KILN_ABI_VERSION 3

enum {
  KILN_OK = 0,
  KILN_BAD_DIMS = -1,
  KILN_NULL_POINTER = -2,
  KILN_MISALIGNED_ARENA = -3,
  KILN_CPU_LACKS_FEATURE = -4,
  KILN_BAD_EXECUTOR = -5,
  KILN_NO_THREADS = -6,
};

/// Bytes; what `arena` must be aligned to.
#define KILN_ARENA_ALIGNMENT 64

/// The greatest batch size that a net with an open batch serves: up to it the
/// net is proven to be the same at every size.
#define KILN_GREATEST_BATCH 16777213

/// The greatest number of workers of an executor, and of threads of a pool.
#define KILN_GREATEST_WORKERS 1024

struct KilnRun;

struct KilnTensor {
  const char *name;
  /// -1 for an open batch, and where the served shapes differ.
  const int64_t *shape;
  int32_t rank;
  /// A value of kiln::ElementType.
  int32_t type;
};

/// One set of shapes that the net serves. Tensors without batch are the same
/// for all images.
struct KilnShapes {
  /// Of all inputs one after another; -1 for the open batch.
  const int64_t *inputDims;
  /// Of all outputs, each for one image.
  const int64_t *outputDims;
  /// Bytes of one image of each tensor; -1 for one without batch.
  const int64_t *inputImageBytes;
  const int64_t *outputImageBytes;
  /// Of buffers that all workers share; each worker's scratch memory lies
  /// behind. Both are multiples of KILN_ARENA_ALIGNMENT.
  int64_t arenaBytes;
  int64_t scratchBytes;
  /// Computes one image of the batch. Code for the net's CPU.
  void (*run)(const void *const *inputs, void *const *outputs, void *arena,
              int64_t image, struct KilnRun *run);
};

/// A run of a net, as its kernels' tasks see it.
struct KilnRun {
  /// Null: all tasks in the calling thread.
  const kiln_executor *executor;
  /// The first worker's, and how far the next one's lies behind.
  char *scratch;
  int64_t scratchBytes;
  /// Subnormal numbers count as zero: in nets that neither take nor give f64.
  int32_t flushes;
  /// Set where the executor has not run each task once: the rest is left out.
  int32_t failed;
};

/// Runs tasks [0, count) of a kernel, whose arguments are in `frame`, to their
/// end. Kernels call nothing else.
void kiln_run_tasks(struct KilnRun *run,
                    void (*kernel)(void *frame, int64_t begin, int64_t end,
                                   void *scratch),
                    void *frame, int64_t count);

struct KilnNet {
  const struct KilnTensor *inputs;
  const struct KilnTensor *outputs;
  /// The sets of shapes, numShapes of them, once for each target.
  const struct KilnShapes *shapes;
  int32_t numInputs;
  int32_t numOutputs;
  int32_t numShapes;
  /// Processors for which there is code, best first.
  int32_t numTargets;
  /// What each target's code needs: one bit for each line of CpuFeatures.def.
  const uint64_t *cpuFeatures;
  /// The weights of all shapes and targets; null and 0 where there are none.
  const void *constants;
  int64_t constantBytes;
};

/// Maps all pages of the weights, which the first run does. Met one by one each
/// costs an exception, and what is not mapped cannot be prefetched.
void kiln_net_map_weights(const struct KilnNet *net);

/// Index out of range: null, -1.
const char *kiln_net_input_name(const struct KilnNet *net, int index);
int kiln_net_input_rank(const struct KilnNet *net, int index);
const int64_t *kiln_net_input_shape(const struct KilnNet *net, int index);
int kiln_net_input_type(const struct KilnNet *net, int index);
const char *kiln_net_output_name(const struct KilnNet *net, int index);
int kiln_net_output_rank(const struct KilnNet *net, int index);
const int64_t *kiln_net_output_shape(const struct KilnNet *net, int index);
int kiln_net_output_type(const struct KilnNet *net, int index);

/// How many sets of shapes the net serves; the input shapes of one, one after
/// another with -1 for an open batch; null out of range.
int kiln_net_num_shapes(const struct KilnNet *net);
const int64_t *kiln_net_shape_dims(const struct KilnNet *net, int index);

// `dims` is all input shapes one after another. Null stands for the shapes
// compiled for where there is one set of them, without an open batch.

/// Bytes for one worker, or for `workers`; or an error code.
int64_t kiln_net_arena_size(const struct KilnNet *net, const int64_t *dims);
int64_t kiln_net_arena_size_for(const struct KilnNet *net, const int64_t *dims,
                                int32_t workers);

/// Writes all output shapes for `dims`, one after another.
int kiln_net_output_dims(const struct KilnNet *net, const int64_t *dims,
                         int64_t *outputDims);

/// Runs the net on each image in turn; after an error nothing is written, save
/// after KILN_BAD_EXECUTOR where the executor was found out in the course of
/// it.
int kiln_net_run(const struct KilnNet *net, const int64_t *dims,
                 const void *const *inputs, void *const *outputs, void *arena);
/// Null: as kiln_net_run.
int kiln_net_run_with(const struct KilnNet *net, const int64_t *dims,
                      const void *const *inputs, void *const *outputs,
                      void *arena, const kiln_executor *executor);

/// A pool of `threads` threads, the caller's among them; 0: as many as there
/// are cores that this process may use. KILN_NO_THREADS where there are none
/// to be had, or for a number out of range.
int kiln_net_pool_create(int threads, kiln_pool **pool);
/// Lives as long as the pool. Any number of threads may use it at a time.
const kiln_executor *kiln_net_pool_executor(const kiln_pool *pool);
/// Ends the threads, once no run uses them; null is ignored.
void kiln_net_pool_destroy(kiln_pool *pool);

/// Static text; never null.
const char *kiln_net_error_text(int code);

/// Whether this CPU, and its operating system, serve every feature of the
/// mask. Safe on any CPU of the architecture.
int kiln_cpu_serves(uint64_t features);

#ifdef __cplusplus
}
#endif

#endif // KILN_RUNTIME_NET_H
