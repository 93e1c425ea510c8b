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
#define KILN_ABI_VERSION 1

enum {
  KILN_OK = 0,
  KILN_BAD_DIMS = -1,
  KILN_NULL_POINTER = -2,
  KILN_MISALIGNED_ARENA = -3,
  KILN_CPU_LACKS_FEATURE = -4,
};

/// Bytes; what `arena` must be aligned to.
#define KILN_ARENA_ALIGNMENT 64

struct KilnTensor {
  const char *name;
  const int64_t *shape;
  int32_t rank;
  /// A value of kiln::ElementType.
  int32_t type;
};

struct KilnNet {
  const struct KilnTensor *inputs;
  const struct KilnTensor *outputs;
  int32_t numInputs;
  int32_t numOutputs;
  int64_t arenaBytes;
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

/// Bytes, or KILN_BAD_DIMS. `dims` is all input shapes one after another, or
/// null for the shapes compiled for.
int64_t kiln_net_arena_size(const struct KilnNet *net, const int64_t *dims);

/// What `run` checks before it touches anything.
int kiln_net_check(const struct KilnNet *net, const int64_t *dims,
                   const void *const *inputs, void *const *outputs,
                   const void *arena);

/// Static text; never null.
const char *kiln_net_error_text(int code);

/// Whether this CPU, and its operating system, serve every feature of the
/// mask. Safe on any CPU of the architecture.
int kiln_cpu_serves(uint64_t features);

#ifdef __cplusplus
}
#endif

#endif // KILN_RUNTIME_NET_H
