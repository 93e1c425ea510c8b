//===- Elementwise.h - Arithmetic of elementwise operations ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_CODEGEN_ELEMENTWISE_H
#define KILN_CODEGEN_ELEMENTWISE_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/IRMapping.h"

namespace kiln {

/// Makes arith and math operations that compute one element of the result of
/// `op`, an elementwise operation of the nn dialect, from `elements`: the
/// values of its operands at that position, scalars or vectors of one
/// floating-point type. `nn.channel_affine` takes its scale and its shift of
/// the channel as second and third element. Formulas are those of the ODS,
/// NaN behaviour included; where an overflow would spoil a formula (softplus)
/// it is rewritten. Null for an operation that is not elementwise.
mlir::Value buildElementwise(mlir::OpBuilder &builder, mlir::Operation *op,
                             mlir::ValueRange elements);

/// Copies the body of an elementwise `linalg.generic` (or any block of
/// elementwise scalar operations with a terminator) with `arguments` for the
/// block's arguments, and returns what the terminator yields. Where
/// `vectorShape` is not empty the arguments are vectors of that shape and the
/// operations become operations on vectors. Null where an operation of the
/// block cannot be widened (canWiden).
mlir::Value cloneElementwiseBlock(mlir::OpBuilder &builder, mlir::Block &block,
                                  mlir::ValueRange arguments,
                                  llvm::ArrayRef<int64_t> vectorShape = {});

/// True if every operation of the block but its terminator works on vectors
/// as it does on scalars.
bool canWiden(mlir::Block &block);

/// True if the element function calls a mathematical function (exp, tanh, ..):
/// such code is better kept apart from kernels held in registers.
bool callsMath(mlir::Operation *op);

} // namespace kiln

#endif // KILN_CODEGEN_ELEMENTWISE_H
