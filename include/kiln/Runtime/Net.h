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

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// The version that `<net>_abi_version` returns; grows when the interface
/// changes in a way that breaks a program.
#define KILN_ABI_VERSION 2

enum {
  KILN_OK = 0,
  KILN_BAD_DIMS = -1,
  KILN_NULL_POINTER = -2,
  KILN_MISALIGNED_ARENA = -3,
  KILN_CPU_LACKS_FEATURE = -4,
};

/// Bytes; what `arena` must be aligned to.
#define KILN_ARENA_ALIGNMENT 64

/// The greatest batch size that a net with an open batch serves: up to it the
/// net is proven to be the same at every size.
#define KILN_GREATEST_BATCH 16777213

#ifndef KILN_EXECUTOR
#define KILN_EXECUTOR
/// Spreads the tasks of a kernel over threads. The generated headers declare
/// the same.
typedef struct kiln_executor {
  void *context;
  /// How many ranges of tasks may run at a time, at least 1.
  int32_t workers;
  /// Calls `task(data, begin, end, worker)` for ranges that cover [0, count)
  /// once, on any threads and in any order, and returns when all are done.
  /// `worker` is in [0, workers) and no other range has it at the time.
  void (*parallel_for)(void *context,
                       void (*task)(void *data, int64_t begin, int64_t end,
                                    int32_t worker),
                       void *data, int64_t count);
} kiln_executor;
#endif

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
  /// Set where the executor did not do what it must.
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
  const struct KilnShapes *shapes;
  int32_t numInputs;
  int32_t numOutputs;
  int32_t numShapes;
  /// One bit for each line of CpuFeatures.def.
  uint64_t cpuFeatures;
};

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

/// Bytes, or KILN_BAD_DIMS.
int64_t kiln_net_arena_size(const struct KilnNet *net, const int64_t *dims);

/// Writes all output shapes for `dims`, one after another.
int kiln_net_output_dims(const struct KilnNet *net, const int64_t *dims,
                         int64_t *outputDims);

/// Runs the net on each image in turn; after an error nothing is written.
int kiln_net_run(const struct KilnNet *net, const int64_t *dims,
                 const void *const *inputs, void *const *outputs, void *arena);

/// Static text; never null.
const char *kiln_net_error_text(int code);

/// Whether this CPU, and its operating system, serve every feature of the
/// mask. Safe on any CPU of the architecture.
int kiln_cpu_serves(uint64_t features);

#ifdef __cplusplus
}
#endif

#endif // KILN_RUNTIME_NET_H
