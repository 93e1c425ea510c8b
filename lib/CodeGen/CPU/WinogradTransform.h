//===- WinogradTransform.h - The transforms of minimal filtering ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_CODEGEN_CPU_WINOGRADTRANSFORM_H
#define KILN_LIB_CODEGEN_CPU_WINOGRADTRANSFORM_H

#include "mlir/IR/Builders.h"

#include <array>

namespace kiln::cpu {

/// F(m, 3) in one dimension, for m = 2 and 4: m outputs of a filter of 3 taps
/// from n = m + 2 inputs d by n multiplications,
///
///   A^T ((G w) * (B^T d)),
///
/// by Toom-Cook interpolation at 0, the pairs +-a of `pairs`, and infinity
/// (S. Winograd, "Arithmetic Complexity of Computations", 1980; A. Lavin and
/// S. Gray, CVPR 2016). With e the coefficients of the product of x^2 - p^2
/// over all pairs p but a, and c of that over all pairs, the rows of B^T are
///
///   0: c_0 d_0 + c_1 d_2 + ..,  +-a: (e_0 d_2 + e_1 d_4 + ..) +-
///   a (e_0 d_1 + e_1 d_3 + ..),  infinity: c_0 d_1 + c_1 d_3 + ..,
///
/// and output i is the sum of v^i over the values v times what belongs to them,
/// where infinity counts for the last output alone.
///
/// For m = 4 the pairs are 3/4 and 3/2: of those with coefficients exact in f32
/// among the eighths they give the least greatest error (over random layers a
/// fifth of that of the usual 1 and 2, at the same number of operations).
class WinogradTransform {
public:
  explicit WinogradTransform(int64_t outputTile);

  int64_t getOutputTile() const { return outputTile; }
  int64_t getInputTile() const { return outputTile + 2; }

  /// The rows of G, one a multiplication: 0, a, -a, .., infinity.
  llvm::SmallVector<std::array<double, 3>> getKernelRows() const;

  /// B^T d: `values` are the n vectors (or scalars) d.
  llvm::SmallVector<mlir::Value> emitInput(mlir::OpBuilder &builder,
                                           mlir::Location loc,
                                           mlir::ValueRange values) const;
  /// A^T p: `values` are the n products p. Returns the m outputs.
  llvm::SmallVector<mlir::Value> emitOutput(mlir::OpBuilder &builder,
                                            mlir::Location loc,
                                            mlir::ValueRange values) const;

private:
  int64_t outputTile;
  llvm::SmallVector<double, 2> pairs;
};

} // namespace kiln::cpu

#endif // KILN_LIB_CODEGEN_CPU_WINOGRADTRANSFORM_H
