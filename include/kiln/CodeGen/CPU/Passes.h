//===- Passes.h - Passes of CPU code generation ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_CODEGEN_CPU_PASSES_H
#define KILN_CODEGEN_CPU_PASSES_H

#include "kiln/CodeGen/CPU/ConvAccuracy.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/Pass.h"

namespace kiln::cpu {

#define GEN_PASS_DECL
#include "kiln/CodeGen/CPU/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "kiln/CodeGen/CPU/Passes.h.inc"

/// Name of the net's function from the kernels phase on.
inline constexpr llvm::StringLiteral kMainName = "kiln_main";
/// Module attribute: name, inputs and outputs of the net.
inline constexpr llvm::StringLiteral kInterfaceAttrName = "kiln.interface";
/// Module attribute (i64): bytes of scratch memory that a run needs.
inline constexpr llvm::StringLiteral kArenaBytesAttrName = "kiln.arena_bytes";
/// Module attribute (i64): bytes of scratch memory that each worker needs.
inline constexpr llvm::StringLiteral kScratchBytesAttrName =
    "kiln.scratch_bytes";
/// Attribute of a kernel (i64): how many tasks it has, see
/// cpu-distribute-tasks.
inline constexpr llvm::StringLiteral kTasksAttrName = "kiln.tasks";
/// Module attribute: what each kernel reads and writes, see cpu-record-traffic.
inline constexpr llvm::StringLiteral kTrafficAttrName = "kiln.traffic";
/// Module attribute: what each kernel computes, in the order of
/// kTrafficAttrName.
inline constexpr llvm::StringLiteral kCostsAttrName = "kiln.costs";
/// Module attribute: how many packed weights cpu-flush-weights set to zero.
inline constexpr llvm::StringLiteral kFlushedWeightsAttrName =
    "kiln.flushed_weights";
/// Module attribute (tensor of i8): contents of the constants region.
inline constexpr llvm::StringLiteral kConstantsAttrName = "kiln.constants";
/// Offset and size of each constant in that region, one after another.
inline constexpr llvm::StringLiteral kConstantChunksAttrName =
    "kiln.constant_chunks";
/// External global that holds the constants region.
inline constexpr llvm::StringLiteral kConstantsName = "kiln_constants";

} // namespace kiln::cpu

#endif // KILN_CODEGEN_CPU_PASSES_H
