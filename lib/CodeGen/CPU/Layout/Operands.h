//===- Operands.h - Operands brought into the layout of a kernel ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_CODEGEN_CPU_LAYOUT_OPERANDS_H
#define KILN_LIB_CODEGEN_CPU_LAYOUT_OPERANDS_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"

namespace kiln::cpu {

/// A constant tensor of `shape`, of the element type of `constant` (an
/// arith.constant), whose bytes `fill` makes from the constant's. Null where
/// these cannot be read.
mlir::Value rewriteConstant(
    mlir::OpBuilder &builder, mlir::Value constant,
    llvm::ArrayRef<int64_t> shape,
    llvm::function_ref<void(llvm::ArrayRef<char>, llvm::MutableArrayRef<char>)>
        fill);

/// A constant tensor with the elements of `constant` (an arith.constant) in
/// another layout: element i of `shape`, in C order, is element `source(i's
/// index)` of the constant, in C order, or zero where that is negative. Null
/// where the constant's bytes cannot be read.
mlir::Value
repackConstant(mlir::OpBuilder &builder, mlir::Value constant,
               llvm::ArrayRef<int64_t> shape,
               llvm::function_ref<int64_t(llvm::ArrayRef<int64_t>)> source);

/// One spatial dimension of an input as a kernel reads it.
struct InputWindow {
  int64_t padLow = 0;
  /// Size with padding, cut to what the kernel reads.
  int64_t size = 0;
};

/// `input` with zeros around the spatial dimensions. Where `phases` is above 1
/// the last dimension [size] becomes [phases, size / phases rounded up]:
/// element j of phase p is element j * phases + p, so that a kernel with that
/// stride reads side by side. The input itself where nothing is to be done.
/// Otherwise each part goes through `transform` as it is copied, the zeros do
/// not.
mlir::Value
layOutInput(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value input,
            llvm::ArrayRef<InputWindow> windows, int64_t phases,
            llvm::function_ref<mlir::Value(mlir::Value)> transform = nullptr);

/// Reshapes by collapsing to one dimension and expanding; nothing where the
/// shape is right.
mlir::Value reshape(mlir::OpBuilder &builder, mlir::Location loc,
                    mlir::Value value, llvm::ArrayRef<int64_t> shape);

} // namespace kiln::cpu

#endif // KILN_LIB_CODEGEN_CPU_LAYOUT_OPERANDS_H
