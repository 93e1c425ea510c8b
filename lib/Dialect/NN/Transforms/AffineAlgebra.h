//===- AffineAlgebra.h - Scales and shifts along one dimension ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_DIALECT_NN_TRANSFORMS_AFFINEALGEBRA_H
#define KILN_LIB_DIALECT_NN_TRANSFORMS_AFFINEALGEBRA_H

#include "kiln/Dialect/NN/IR/NN.h"

#include "llvm/ADT/SmallVector.h"
#include <optional>

namespace kiln::nn {

/// `y = scale[c] * x + shift[c]`, `c` the index along dimension `axis`.
struct Affine {
  llvm::SmallVector<double> scale;
  llvm::SmallVector<double> shift;
  int64_t axis = 1;

  static Affine identity(int64_t channels, int64_t axis);
  static Affine of(ChannelAffineOp op);

  int64_t size() const { return static_cast<int64_t>(scale.size()); }
  bool isIdentity() const;
  /// No shift anywhere.
  bool isScaleOnly() const;
  /// Keeps order, or makes all equal: commutes with a maximum.
  bool hasNonNegativeScale() const;
  /// The same everywhere, so that any dimension can be its axis.
  bool isUniform() const;
  bool isFinite() const;
};

/// `outer(inner(x))`; both of one size and axis.
Affine compose(const Affine &outer, const Affine &inner);

/// The same function of a tensor as an affine along dimension `axis` of size
/// `size`: `affine` itself, or a uniform one spread out. Nothing else can be.
std::optional<Affine> alongAxis(const Affine &affine, int64_t axis,
                                int64_t size);

/// The affine of `count` channels from `first`.
Affine slice(const Affine &affine, int64_t first, int64_t count);

/// `affine` at channels [first, first + size) of `channels`, identity
/// elsewhere.
Affine embed(const Affine &affine, int64_t first, int64_t channels);

/// With C channels in `groups` groups, result channel `j * groups + g` is
/// source channel `g * (C / groups) + j`. Turns the affine of one side into
/// that of the other.
Affine shuffleSourceToResult(const Affine &affine, int64_t groups);
Affine shuffleResultToSource(const Affine &affine, int64_t groups);

/// The affine of a tensor of `expandedShape` on the same tensor with the
/// dimensions of each group collapsed into one. Nothing where a size is
/// dynamic that must be known, or the result would be too large.
std::optional<Affine>
collapse(const Affine &affine, llvm::ArrayRef<int64_t> expandedShape,
         llvm::ArrayRef<mlir::ReassociationIndices> groups);

/// The inverse: nothing if the values do not depend on one dimension of
/// `expandedShape` alone.
std::optional<Affine> expand(const Affine &affine,
                             llvm::ArrayRef<int64_t> expandedShape,
                             llvm::ArrayRef<mlir::ReassociationIndices> groups);

} // namespace kiln::nn

#endif // KILN_LIB_DIALECT_NN_TRANSFORMS_AFFINEALGEBRA_H
