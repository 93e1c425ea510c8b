//===- Net.c - The part of the C interface that all nets share ---*- C -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Everything here is compiled for the architecture's baseline: it runs before
// it is known that the CPU serves the net's own code.
//===----------------------------------------------------------------------===//

#include "kiln/Runtime/Net.h"

#include "FloatState.h"
#include "System.h"

#include <stdatomic.h>
#include <stddef.h>

static const struct KilnTensor *tensorAt(const struct KilnTensor *tensors,
                                         int32_t count, int index) {
  return index >= 0 && index < count ? &tensors[index] : NULL;
}

#define KILN_TENSOR_QUERIES(kind, list, count)                                 \
  const char *kiln_net_##kind##_name(const struct KilnNet *net, int index) {   \
    const struct KilnTensor *tensor = tensorAt(net->list, net->count, index);  \
    return tensor ? tensor->name : NULL;                                       \
  }                                                                            \
  int kiln_net_##kind##_rank(const struct KilnNet *net, int index) {           \
    const struct KilnTensor *tensor = tensorAt(net->list, net->count, index);  \
    return tensor ? tensor->rank : -1;                                         \
  }                                                                            \
  const int64_t *kiln_net_##kind##_shape(const struct KilnNet *net,            \
                                         int index) {                          \
    const struct KilnTensor *tensor = tensorAt(net->list, net->count, index);  \
    return tensor ? tensor->shape : NULL;                                      \
  }                                                                            \
  int kiln_net_##kind##_type(const struct KilnNet *net, int index) {           \
    const struct KilnTensor *tensor = tensorAt(net->list, net->count, index);  \
    return tensor ? tensor->type : -1;                                         \
  }

KILN_TENSOR_QUERIES(input, inputs, numInputs)
KILN_TENSOR_QUERIES(output, outputs, numOutputs)

int kiln_net_num_shapes(const struct KilnNet *net) { return net->numShapes; }

const int64_t *kiln_net_shape_dims(const struct KilnNet *net, int index) {
  return index >= 0 && index < net->numShapes ? net->shapes[index].inputDims
                                              : NULL;
}

/// True if `images` images of each of the `count` tensors can be addressed.
static int areAddressable(const int64_t *imageBytes, int32_t count,
                          int64_t images) {
  for (int32_t i = 0; i < count; ++i)
    if (imageBytes[i] > 0 && images > INT64_MAX / imageBytes[i])
      return 0;
  return 1;
}

/// The batch size if `dims` are of this set (1 where no batch is open), else 0.
/// Every open dimension is the same batch.
static int64_t countImages(const struct KilnNet *net,
                           const struct KilnShapes *shapes,
                           const int64_t *dims) {
  const int64_t *wanted = shapes->inputDims;
  int64_t images = 0;
  for (int32_t i = 0; i < net->numInputs; ++i)
    for (int32_t d = 0; d < net->inputs[i].rank; ++d, ++dims, ++wanted) {
      if (*wanted >= 0) {
        if (*dims != *wanted)
          return 0;
        continue;
      }
      if (*dims < 1 || *dims > KILN_GREATEST_BATCH ||
          (images && *dims != images))
        return 0;
      images = *dims;
    }
  if (!images)
    return 1;
  return areAddressable(shapes->inputImageBytes, net->numInputs, images) &&
                 areAddressable(shapes->outputImageBytes, net->numOutputs,
                                images)
             ? images
             : 0;
}

static int hasOpenBatch(const struct KilnNet *net,
                        const struct KilnShapes *shapes) {
  for (int32_t i = 0; i < net->numInputs; ++i)
    if (shapes->inputImageBytes[i] >= 0)
      return 1;
  return 0;
}

/// The first target whose code this CPU runs; or the last.
static int32_t targetHere(const struct KilnNet *net) {
  int32_t target = 0;
  while (target < net->numTargets - 1 &&
         !kiln_cpu_serves(net->cpuFeatures[target]))
    ++target;
  return target;
}

/// The first set of shapes that serves `dims`, for this CPU, and the batch
/// size; or null.
static const struct KilnShapes *
findShapes(const struct KilnNet *net, const int64_t *dims, int64_t *images) {
  const struct KilnShapes *shapes =
      net->shapes + (ptrdiff_t)targetHere(net) * net->numShapes;
  *images = 1;
  if (!dims)
    return net->numShapes == 1 && !hasOpenBatch(net, shapes) ? shapes : NULL;
  for (int32_t i = 0; i < net->numShapes; ++i) {
    *images = countImages(net, &shapes[i], dims);
    if (*images)
      return &shapes[i];
  }
  return NULL;
}

int64_t kiln_net_arena_size(const struct KilnNet *net, const int64_t *dims) {
  return kiln_net_arena_size_for(net, dims, 1);
}

int64_t kiln_net_arena_size_for(const struct KilnNet *net, const int64_t *dims,
                                int32_t workers) {
  int64_t images, scratchBytes, bytes;
  const struct KilnShapes *shapes = findShapes(net, dims, &images);
  if (!shapes)
    return KILN_BAD_DIMS;
  if (workers < 1 || workers > KILN_GREATEST_WORKERS ||
      __builtin_mul_overflow(shapes->scratchBytes, workers, &scratchBytes) ||
      __builtin_add_overflow(shapes->arenaBytes, scratchBytes, &bytes))
    return KILN_BAD_EXECUTOR;
  return bytes;
}

int kiln_net_output_dims(const struct KilnNet *net, const int64_t *dims,
                         int64_t *outputDims) {
  int64_t images;
  const struct KilnShapes *shapes = findShapes(net, dims, &images);
  if (!shapes)
    return KILN_BAD_DIMS;
  if (!outputDims)
    return KILN_NULL_POINTER;
  const int64_t *ofImage = shapes->outputDims;
  for (int32_t i = 0; i < net->numOutputs; ++i)
    for (int32_t d = 0; d < net->outputs[i].rank; ++d) {
      int isBatch = d == 0 && shapes->outputImageBytes[i] >= 0;
      *outputDims++ = *ofImage++ * (isBatch ? images : 1);
    }
  return KILN_OK;
}

/// True if `pointers`, or one of the `count` that it holds, is null.
static int anyNull(const void *const *pointers, int32_t count) {
  if (count && !pointers)
    return 1;
  for (int32_t i = 0; i < count; ++i)
    if (!pointers[i])
      return 1;
  return 0;
}

/// KILN_OK, and the set of shapes and batch size to run; or an error code.
static int checkRun(const struct KilnNet *net, const int64_t *dims,
                    const void *const *inputs, void *const *outputs,
                    const void *arena, const kiln_executor *executor,
                    const struct KilnShapes **shapes, int64_t *images) {
  *shapes = findShapes(net, dims, images);
  if (!*shapes)
    return KILN_BAD_DIMS;
  int needsArena = (*shapes)->arenaBytes + (*shapes)->scratchBytes > 0;
  if (anyNull(inputs, net->numInputs) ||
      anyNull((const void *const *)outputs, net->numOutputs) ||
      (needsArena && !arena))
    return KILN_NULL_POINTER;
  if (needsArena && (uintptr_t)arena % KILN_ARENA_ALIGNMENT)
    return KILN_MISALIGNED_ARENA;
  if (executor && (!executor->parallel_for || executor->workers < 1 ||
                   executor->workers > KILN_GREATEST_WORKERS))
    return KILN_BAD_EXECUTOR;
  return kiln_cpu_serves(net->cpuFeatures[targetHere(net)])
             ? KILN_OK
             : KILN_CPU_LACKS_FEATURE;
}

int kiln_net_run(const struct KilnNet *net, const int64_t *dims,
                 const void *const *inputs, void *const *outputs, void *arena) {
  return kiln_net_run_with(net, dims, inputs, outputs, arena, NULL);
}

/// Subnormal f64 numbers are results like others: flushing is for f32.
static int holdsDoubles(const struct KilnTensor *tensors, int32_t count) {
  enum { F64 = 2 }; // kiln::ElementType
  for (int32_t i = 0; i < count; ++i)
    if (tensors[i].type == F64)
      return 1;
  return 0;
}

void kiln_net_map_weights(const struct KilnNet *net) {
  kilnPopulate(net->constants, net->constantBytes);
}

/// A second thread that comes meanwhile does not wait.
static void mapWeightsOnce(const struct KilnNet *net) {
  static atomic_bool isMapped;
  if (atomic_load_explicit(&isMapped, memory_order_relaxed) ||
      atomic_exchange_explicit(&isMapped, 1, memory_order_relaxed))
    return;
  kiln_net_map_weights(net);
}

int kiln_net_run_with(const struct KilnNet *net, const int64_t *dims,
                      const void *const *inputs, void *const *outputs,
                      void *arena, const kiln_executor *executor) {
  const struct KilnShapes *shapes;
  int64_t images;
  int code =
      checkRun(net, dims, inputs, outputs, arena, executor, &shapes, &images);
  if (code != KILN_OK)
    return code;
  mapWeightsOnce(net);
  // Null where nothing lies there: no pointer is formed from it.
  char *scratch =
      shapes->scratchBytes ? (char *)arena + shapes->arenaBytes : NULL;
  int flushes = !holdsDoubles(net->inputs, net->numInputs) &&
                !holdsDoubles(net->outputs, net->numOutputs);
  struct KilnRun run = {executor, scratch, shapes->scratchBytes, flushes, 0};
  // An executor is the caller's code and runs in his state; the tasks, wherever
  // they run, have the net's (Run.c).
  struct KilnFloatState callers = {0, 0};
  if (!executor)
    callers = kilnEnterFloatState(flushes);
  for (int64_t image = 0; image < images && !run.failed; ++image)
    shapes->run(inputs, outputs, arena, image, &run);
  if (!executor)
    kilnLeaveFloatState(callers);
  return run.failed ? KILN_BAD_EXECUTOR : KILN_OK;
}

const char *kiln_net_error_text(int code) {
  switch (code) {
  case KILN_OK:
    return "no error";
  case KILN_BAD_DIMS:
    return "the net does not serve these dimensions";
  case KILN_NULL_POINTER:
    return "an input, output or arena pointer is null";
  case KILN_MISALIGNED_ARENA:
    return "the arena is not aligned to 64 bytes";
  case KILN_CPU_LACKS_FEATURE:
    return "this CPU lacks a feature that the net was compiled for";
  case KILN_BAD_EXECUTOR:
    return "the executor has no parallel_for, a number of workers out of "
           "range, "
           "or has not run each task once";
  case KILN_NO_THREADS:
    return "threads cannot be started here, or their number is out of range";
  default:
    return "unknown error code";
  }
}
