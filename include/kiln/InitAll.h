//===- InitAll.h - Registers all dialects and passes ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// For tools that take any IR on a net's way: Kiln's dialects and passes beside
// all of upstream's. A program that compiles nets wants
// kiln/Compiler/Compiler.h instead, which needs none of this.
//===----------------------------------------------------------------------===//

#ifndef KILN_INITALL_H
#define KILN_INITALL_H

#include "kiln/CodeGen/CPU/IR/CPU.h"
#include "kiln/CodeGen/CPU/Pipelines.h"
#include "kiln/Dialect/NN/IR/NN.h"
#include "kiln/Dialect/NN/Transforms/Pipelines.h"

#include "mlir/IR/DialectRegistry.h"
#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/InitAllPasses.h"

namespace kiln {

/// The nn and cpu dialects, and upstream's dialects with their extensions.
inline void registerAllDialects(mlir::DialectRegistry &registry) {
  mlir::registerAllDialects(registry);
  mlir::registerAllExtensions(registry);
  registry.insert<nn::NNDialect, cpu::CPUDialect>();
}

/// Passes and named pipelines of each room, and upstream's. Once a process.
inline void registerAllPasses() {
  mlir::registerAllPasses();
  nn::registerNNTransformPasses();
  cpu::registerCPUPasses();
}

} // namespace kiln

#endif // KILN_INITALL_H
