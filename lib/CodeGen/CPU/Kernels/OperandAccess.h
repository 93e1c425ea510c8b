//===- OperandAccess.h - Where a contraction finds its operands' elements ---*-
// C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_CODEGEN_CPU_KERNELS_OPERANDACCESS_H
#define KILN_LIB_CODEGEN_CPU_KERNELS_OPERANDACCESS_H

#include "mlir/IR/AffineMap.h"
#include "mlir/IR/BuiltinTypes.h"

namespace kiln::cpu {

/// Position of an operand's elements in memory as a function of the loops. Maps
/// may hold floor divisions and remainders (packed operands), so positions are
/// computed by evaluation, never by reading coefficients. All figures are in
/// elements; positions count from the start of the buffer, offset included.
class OperandAccess {
public:
  /// `type` has static shape and strides; an offset that is known at run time
  /// only counts as 0.
  OperandAccess(mlir::AffineMap map, mlir::MemRefType type);

  /// Position of the element at `point`, one value a loop.
  int64_t at(llvm::ArrayRef<int64_t> point) const;

  /// Position of the element where all loops are 0.
  int64_t origin() const;

  /// What a step of loop `loop` from 0 to `value` adds.
  int64_t step(unsigned loop, int64_t value) const;

  /// Number of elements from the start of the buffer to its last, inclusive.
  int64_t span() const { return extent; }

private:
  mlir::AffineMap map;
  llvm::SmallVector<int64_t> strides;
  int64_t offset = 0, extent = 1;
};

} // namespace kiln::cpu

#endif // KILN_LIB_CODEGEN_CPU_KERNELS_OPERANDACCESS_H
