//===- RootParameters.h - Weights and bias with the affines on both sides ---*-
// C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_DIALECT_NN_TRANSFORMS_ROOTPARAMETERS_H
#define KILN_LIB_DIALECT_NN_TRANSFORMS_ROOTPARAMETERS_H

#include "AffineAlgebra.h"
#include "RootLayout.h"

namespace kiln::nn {

/// A ledger entry whose affine a layer takes.
struct Contribution {
  int64_t entry;
  bool isForward;
};

/// What is to be folded into a convolution or linear layer: the affine of its
/// input and that of its result, each composed of all that arrived. Weights are
/// touched once, when all has arrived.
struct RootState {
  Affine input;
  Affine output;
  llvm::SmallVector<Contribution> contributions;

  static RootState identity(const RootLayout &layout);
};

/// Stored weights and bias, widened to f64. Zeros for an absent bias.
struct RootParameters {
  llvm::SmallVector<double> weights;
  llvm::SmallVector<double> bias;

  /// Fails, with the reason, where they are not constants.
  static std::optional<RootParameters>
  read(mlir::Operation *root, const RootLayout &layout, std::string &reason);
};

/// Parameters of the folded layer in f64, to be rounded once.
struct FoldedParameters {
  llvm::SmallVector<double> weights; ///< in the order stored
  llvm::SmallVector<double> bias;    ///< O values
  /// O x positions values that take the place of the bias where it depends on
  /// the position: what the shift of a padded input amounts to (F1).
  llvm::SmallVector<double> border;
};

/// `output o layer o input` as one layer:
///   W'[o,i,k] = out.scale[o] * W[o,i,k] * in.scale[c(o,i)]
///   b'[o]     = out.scale[o] * (b[o] + sum over i, k inside of
///                 W[o,i,k] * in.shift[c(o,i)]) + out.shift[o]
/// Fails, with the reason, where that is not a layer of the same type: a value
/// beyond the range of the type (F15), a border of unknown size or of more
/// than `maxBorderElements`.
std::optional<FoldedParameters>
foldParameters(const RootLayout &layout, const RootParameters &parameters,
               const RootState &state, mlir::Type elementType,
               int64_t maxBorderElements, std::string &reason);

} // namespace kiln::nn

#endif // KILN_LIB_DIALECT_NN_TRANSFORMS_ROOTPARAMETERS_H
