//===- KernelCostReader.h - Reading costs from a module ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_COMPILER_KERNELCOSTREADER_H
#define KILN_LIB_COMPILER_KERNELCOSTREADER_H

#include "kiln/Compiler/KernelCost.h"
#include "mlir/IR/BuiltinOps.h"

namespace kiln {

/// `kiln.traffic` and `kiln.costs` of a module that has gone through the
/// kernels phase; empty where they are missing or do not fit each other.
NetCosts readKernelCosts(mlir::ModuleOp module);

} // namespace kiln

#endif // KILN_LIB_COMPILER_KERNELCOSTREADER_H
