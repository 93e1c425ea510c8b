//===- Prologue.h - What is done to a kernel's input first ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_CODEGEN_CPU_LAYOUT_PROLOGUE_H
#define KILN_LIB_CODEGEN_CPU_LAYOUT_PROLOGUE_H

#include "Epilogue.h"

namespace kiln::cpu {

/// The operations of an nn.fused that make the input of its root, as far as
/// they can be computed on any part of it that holds whole channels: the last
/// ones of a chain, each used by the next alone, whose parameters are the same
/// everywhere or vary along dimension `channelDim`. In program order.
llvm::SmallVector<mlir::Operation *> findPrologue(mlir::Operation *root,
                                                  int64_t channelDim);

/// A prologue, to be computed where the input is laid out, or as the panel of a
/// contraction is filled.
class Prologue : public ElementwiseChain {
public:
  /// That of `root`, whose channels lie along `channelDim` of its input; empty
  /// where it is in no nn.fused.
  Prologue(mlir::OpBuilder &builder, mlir::Operation *root, int64_t channelDim);

  bool isEmpty() const { return ops.empty(); }
  /// What it starts from; the root's input where it is empty.
  mlir::Value getSource() const { return source; }

  /// The prologue of `part`, whose dimension `channelDim` is the source's.
  mlir::Value apply(mlir::OpBuilder &builder, mlir::Value part) const;

  /// The maps of the extras from the dimensions of a tensor of rank `rank`
  /// whose channels lie along `dim`.
  llvm::SmallVector<mlir::AffineMap> extraMaps(int64_t rank, int64_t dim) const;
  /// Fills `region` with the block from an element and extras to the result.
  void build(mlir::OpBuilder &builder, mlir::Region &region) const;

private:
  mlir::Location loc;
  int64_t channelDim;
};

} // namespace kiln::cpu

#endif // KILN_LIB_CODEGEN_CPU_LAYOUT_PROLOGUE_H
