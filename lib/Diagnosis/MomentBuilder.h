//===- MomentBuilder.h - IR that computes means and variances ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_DIAGNOSIS_MOMENTBUILDER_H
#define KILN_LIB_DIAGNOSIS_MOMENTBUILDER_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace kiln {

/// Of a tensor [rows, channels, ...]: mean and sum of squared deviations of
/// each channel of each row, tensor<rows x channels x f64>, over `count`
/// elements each.
struct RowMoments {
  mlir::Value mean, m2;
  int64_t count;
};

/// Two passes in f64: the sum, then the squares of the distances from the mean.
RowMoments buildRowMoments(mlir::OpBuilder &builder, mlir::Location loc,
                           mlir::Value input);

/// Mean and biased variance of each channel over all rows,
/// tensor<channels x f64>.
struct BatchMoments {
  mlir::Value mean, variance;
};

/// Rows are of equal size: the mean is that of their means, and the squares are
/// theirs and those of the distances of their means from it (Chan, Golub and
/// LeVeque 1979, for many parts at once).
BatchMoments buildBatchMoments(mlir::OpBuilder &builder, mlir::Location loc,
                               const RowMoments &rows);

/// `ifSet` where the one element of `flag` is not 0, else `otherwise`; all
/// vectors of f64.
mlir::Value buildChoice(mlir::OpBuilder &builder, mlir::Location loc,
                        mlir::Value flag, mlir::Value ifSet,
                        mlir::Value otherwise);

} // namespace kiln

#endif // KILN_LIB_DIAGNOSIS_MOMENTBUILDER_H
