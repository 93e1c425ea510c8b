//===- ContractionBuilder.h - Making cpu.contract ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_CODEGEN_CPU_LAYOUT_CONTRACTIONBUILDER_H
#define KILN_LIB_CODEGEN_CPU_LAYOUT_CONTRACTIONBUILDER_H

#include "Prologue.h"
#include "RegisterTile.h"
#include "kiln/CodeGen/CPU/IR/CPU.h"

namespace kiln::cpu {

/// Collects what a `cpu.contract` needs. Loops are named by the order in which
/// they are added: parallel ones (the last two are row and column), then
/// reductions.
struct ContractionBuilder {
  mlir::OpBuilder &builder;
  mlir::Location loc;
  llvm::SmallVector<int64_t> sizes;
  int64_t numReductions = 0;
  int64_t unrolled = 0;
  llvm::SmallVector<int64_t> order;
  RegisterTile tile;
  /// Applied to operand `transformed` (0 or 1), whose channels lie along
  /// dimension 1, unless null.
  const Prologue *prologue = nullptr;
  int64_t transformed = 0;

  /// Adds a loop and returns the expression of its variable.
  mlir::AffineExpr addParallel(int64_t size);
  mlir::AffineExpr addReduction(int64_t size);

  /// An operand and its map: the results' expressions use the loops' variables.
  struct Operand {
    mlir::Value value;
    llvm::SmallVector<mlir::AffineExpr> position;
  };

  /// Creates the operation into a new tensor of `shape`, whose dimensions are
  /// indexed by `position`. `extras` are the epilogue's, in its order.
  mlir::Value create(const Operand &lhs, const Operand &rhs,
                     llvm::ArrayRef<int64_t> shape,
                     llvm::ArrayRef<mlir::AffineExpr> position,
                     llvm::ArrayRef<Operand> extras, const Epilogue &epilogue);

  mlir::AffineMap mapTo(llvm::ArrayRef<mlir::AffineExpr> position) const;
};

} // namespace kiln::cpu

#endif // KILN_LIB_CODEGEN_CPU_LAYOUT_CONTRACTIONBUILDER_H
