//===- KernelOps.h - What the operations of kernels share ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_CODEGEN_CPU_IR_KERNELOPS_H
#define KILN_CODEGEN_CPU_IR_KERNELOPS_H

#include "mlir/Dialect/Bufferization/IR/BufferizableOpInterface.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

namespace kiln::cpu {

/// The verifiers below emit an error that names the constraint by `label`.

/// Operands all static tensors, with a result of each destination's type, or
/// all static memrefs, without a result.
mlir::LogicalResult verifyKernelOperands(mlir::Operation *op,
                                         llvm::StringRef label);

/// One map for each extra, from `numLoops` loops to its dimensions, each result
/// a sum of non-negative multiples of loops.
mlir::LogicalResult verifyExtraMaps(mlir::Operation *op, mlir::ArrayAttr maps,
                                    mlir::ValueRange extras, unsigned numLoops,
                                    llvm::StringRef label);

/// A body from an element of type `element`, and one of each extra, to another.
mlir::LogicalResult verifyElementBody(mlir::Operation *op, mlir::Region &body,
                                      mlir::Type element,
                                      mlir::ValueRange extras,
                                      llvm::StringRef label);

/// True for sums of non-negative multiples of loops.
bool isSumOfMultiples(mlir::AffineExpr expr);

/// On buffers the destinations are written and every other operand read.
void getKernelEffects(mlir::Operation *op,
                      llvm::SmallVectorImpl<mlir::SideEffects::EffectInstance<
                          mlir::MemoryEffects::Effect>> &effects);

/// Replaces an operation in destination style on tensors by itself on buffers.
mlir::LogicalResult
bufferizeKernel(mlir::Operation *op, mlir::RewriterBase &rewriter,
                const mlir::bufferization::BufferizationOptions &options,
                mlir::bufferization::BufferizationState &state);

} // namespace kiln::cpu

#endif // KILN_CODEGEN_CPU_IR_KERNELOPS_H
