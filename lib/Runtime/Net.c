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

/// True where `dims` are the shapes that the net was compiled for.
static int servesDims(const struct KilnNet *net, const int64_t *dims) {
  if (!dims)
    return 1;
  for (int32_t i = 0; i < net->numInputs; ++i) {
    const struct KilnTensor *tensor = &net->inputs[i];
    for (int32_t d = 0; d < tensor->rank; ++d)
      if (*dims++ != tensor->shape[d])
        return 0;
  }
  return 1;
}

int64_t kiln_net_arena_size(const struct KilnNet *net, const int64_t *dims) {
  return servesDims(net, dims) ? net->arenaBytes : KILN_BAD_DIMS;
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

int kiln_net_check(const struct KilnNet *net, const int64_t *dims,
                   const void *const *inputs, void *const *outputs,
                   const void *arena) {
  if (!servesDims(net, dims))
    return KILN_BAD_DIMS;
  if (anyNull(inputs, net->numInputs) ||
      anyNull((const void *const *)outputs, net->numOutputs) ||
      (net->arenaBytes > 0 && !arena))
    return KILN_NULL_POINTER;
  if (net->arenaBytes > 0 && (uintptr_t)arena % KILN_ARENA_ALIGNMENT)
    return KILN_MISALIGNED_ARENA;
  if (!kiln_cpu_serves(net->cpuFeatures))
    return KILN_CPU_LACKS_FEATURE;
  return KILN_OK;
}

const char *kiln_net_error_text(int code) {
  switch (code) {
  case KILN_OK:
    return "no error";
  case KILN_BAD_DIMS:
    return "the net was not compiled for these dimensions";
  case KILN_NULL_POINTER:
    return "an input, output or arena pointer is null";
  case KILN_MISALIGNED_ARENA:
    return "the arena is not aligned to 64 bytes";
  case KILN_CPU_LACKS_FEATURE:
    return "this CPU lacks a feature that the net was compiled for";
  default:
    return "unknown error code";
  }
}
