//===- VectorMemory.h - Vectors from and to operands ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_CODEGEN_CPU_KERNELS_VECTORMEMORY_H
#define KILN_LIB_CODEGEN_CPU_KERNELS_VECTORMEMORY_H

#include "OperandAccess.h"
#include "mlir/IR/Builders.h"

namespace kiln::cpu {

/// `buffer`, whose shape and strides are static, as one dimension: from its base
/// pointer on or, where its offset is known at run time only, from there.
mlir::Value flattenBuffer(mlir::OpBuilder &builder, mlir::Location loc,
                          mlir::Value buffer);

/// Lane i is element `at + i * stride` of a buffer of one dimension; only the
/// first `filled` of `lanes` are read, the others are zero.
mlir::Value loadVector(mlir::OpBuilder &builder, mlir::Location loc,
                       mlir::Value buffer, mlir::Value at, int64_t stride,
                       int64_t lanes, int64_t filled);
/// Stores the first `filled` lanes.
void storeVector(mlir::OpBuilder &builder, mlir::Location loc,
                 mlir::Value value, mlir::Value buffer, mlir::Value at,
                 int64_t stride, int64_t filled);

/// A buffer and how far loops over a part of a kernel have come in it.
struct MovingOperand {
  mlir::Value buffer, position;
  OperandAccess access;
};

/// Goes on in a new loop, in which all move by `stride` along `dim`.
void enterLoop(mlir::OpBuilder &builder, mlir::Location loc, int64_t count,
               unsigned dim, int64_t stride,
               llvm::MutableArrayRef<MovingOperand> moving);

} // namespace kiln::cpu

#endif // KILN_LIB_CODEGEN_CPU_KERNELS_VECTORMEMORY_H
