//===- MoveAffine.h - Planning where an affine goes ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_DIALECT_NN_TRANSFORMS_MOVEAFFINE_H
#define KILN_LIB_DIALECT_NN_TRANSFORMS_MOVEAFFINE_H

#include "AffineAlgebra.h"
#include "RootParameters.h"

#include "llvm/ADT/MapVector.h"

namespace kiln::nn {

/// What has been decided of each convolution and linear layer so far.
struct FoldTable {
  llvm::MapVector<mlir::Operation *, RootState> roots;
  int64_t maxBorderElements = 0;
};

/// What must change for one affine to vanish; nothing has changed yet. Where
/// planning fails, `reason` says why, for a user to read.
class FoldPlan {
public:
  explicit FoldPlan(const FoldTable &table) : table(table) {}

  /// Layers that take (a part of) the affine, and their new states.
  llvm::MapVector<mlir::Operation *, RootState> roots;
  /// `nn.channel_affine` ops that compose with it, and what they become.
  llvm::MapVector<mlir::Operation *, Affine> affines;
  /// `tensor.pad` ops on the way, and their new padding values.
  llvm::MapVector<mlir::Operation *, double> pads;
  std::string reason;

  /// Records why it cannot be; returns false.
  bool fail(const llvm::Twine &why);

  /// Composes `affine` with the input or result of a layer, if that can be.
  bool enterRoot(mlir::Operation *root, const Affine &affine, bool isForward);
  /// Composes `affine`, which comes after (before) that of `op`, with it.
  bool enterAffine(ChannelAffineOp op, const Affine &affine, bool isForward);
  /// Moves `affine` over a padding that then has to hold another value.
  bool crossPad(mlir::tensor::PadOp op, const Affine &affine, bool isForward);

  /// Bounds the search: the graph can be deep, and wide where paths join.
  bool step();

private:
  const FoldTable &table;
  int64_t steps = 0;
};

/// Plans to have the makers of `value` do what `affine` does to it. Every use
/// of `value` but the affine's own sees the change, so there must be none.
bool planBackward(mlir::Value value, const Affine &affine, FoldPlan &plan);

/// Plans to have every user of `value` apply `affine` to it first.
bool planForward(mlir::Value value, const Affine &affine, FoldPlan &plan);

/// True for the activations f with f(s * x) = s * f(x) for every s >= 0.
bool isPositivelyHomogeneous(mlir::Operation *op);

} // namespace kiln::nn

#endif // KILN_LIB_DIALECT_NN_TRANSFORMS_MOVEAFFINE_H
