//===- Pipelines.h - Phases of CPU code generation ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_CODEGEN_CPU_PIPELINES_H
#define KILN_CODEGEN_CPU_PIPELINES_H

#include "kiln/CodeGen/CPU/ConvAccuracy.h"
#include "kiln/CodeGen/CPU/TargetDescription.h"
#include "mlir/Pass/PassManager.h"

namespace kiln::cpu {

/// The layout phase: algorithm, register tile and packed weights of each
/// convolution and linear layer. In: what the fuse phase leaves, on tensors
/// of static shape; out: `cpu.contract` in its place.
void buildLayoutPipeline(mlir::OpPassManager &manager,
                         const TargetDescription &target,
                         ConvAccuracy accuracy = ConvAccuracy::Strict);

/// The kernels phase: loops, vectors, one arena. Out: the LLVM dialect, with
/// `llvm.func @kiln_main` on bare pointers (inputs, outputs, arena, run) and
/// the module attributes that Passes.h names.
void buildKernelsPipeline(mlir::OpPassManager &manager,
                          const TargetDescription &target);

/// Registers the passes and, as `cpu-layout-pipeline` and
/// `cpu-kernels-pipeline` with the option `vector-bits` and `registers`, the
/// phases.
void registerCPUPasses();

} // namespace kiln::cpu

#endif // KILN_CODEGEN_CPU_PIPELINES_H
