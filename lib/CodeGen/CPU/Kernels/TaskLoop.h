//===- TaskLoop.h - The tasks of a kernel ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_CODEGEN_CPU_KERNELS_TASKLOOP_H
#define KILN_LIB_CODEGEN_CPU_KERNELS_TASKLOOP_H

#include "mlir/Dialect/SCF/IR/SCF.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace kiln::cpu {

/// Runs `body` for each of `parts` at the builder's place, spread evenly over
/// at most `numTasks` tasks: an `scf.parallel` in the form that
/// cpu-distribute-tasks takes, or a plain loop for one task. `prepare` is
/// called at the start of a task, where its memory is to be allocated.
void createTaskLoop(
    mlir::OpBuilder &builder, mlir::Location loc, int64_t parts,
    int64_t numTasks, llvm::function_ref<void()> prepare,
    llvm::function_ref<void(mlir::OpBuilder &, mlir::Value part)> body);

} // namespace kiln::cpu

#endif // KILN_LIB_CODEGEN_CPU_KERNELS_TASKLOOP_H
