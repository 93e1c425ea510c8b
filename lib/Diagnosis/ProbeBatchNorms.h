//===- ProbeBatchNorms.h - Putting probes into a net ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_DIAGNOSIS_PROBEBATCHNORMS_H
#define KILN_LIB_DIAGNOSIS_PROBEBATCHNORMS_H

#include "kiln/Diagnosis/ProbedNet.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace kiln {

/// Rewrites the L batch normalisations of `net` whose input stems from an
/// argument, with C_i channels each:
///
/// - three arguments are added: tensor<L x f64>, not 0 where a layer uses the
///   batch, and the means and variances given, tensor<sum of C_i x f64> each;
/// - 2 L results are added, a pair for each layer: mean and sum of squared
///   deviations of each channel of each row of its input,
///   tensor<rows x C_i x f64>, where rows is its dimension 0.
///
/// Nothing is added to a net without batch normalisation. A layer tracks where
/// its statistics are constants; others keep what they do and get the results
/// alone. Statistics that a tracking layer in training mode would update stay
/// as they are.
std::vector<NormLayer> probeBatchNorms(mlir::func::FuncOp net);

} // namespace kiln

#endif // KILN_LIB_DIAGNOSIS_PROBEBATCHNORMS_H
