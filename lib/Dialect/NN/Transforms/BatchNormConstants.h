//===- BatchNormConstants.h - Constant parameters of batch normalisation ---*-
//C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_DIALECT_NN_TRANSFORMS_BATCHNORMCONSTANTS_H
#define KILN_LIB_DIALECT_NN_TRANSFORMS_BATCHNORMCONSTANTS_H

#include "kiln/Dialect/NN/IR/NN.h"

namespace kiln::nn {

/// The parameters in f64, one element a channel.
struct BatchNormConstants {
  llvm::SmallVector<double> scale, offset, mean, variance;
  double epsilon;
};

/// Nothing where a parameter is not constant.
std::optional<BatchNormConstants>
readBatchNormConstants(BatchNormInferenceOp op);

/// Emits K0400 for the first channel whose parameters make no function (F12,
/// F13).
mlir::LogicalResult checkStatistics(BatchNormInferenceOp op,
                                    const BatchNormConstants &constants);

} // namespace kiln::nn

#endif // KILN_LIB_DIALECT_NN_TRANSFORMS_BATCHNORMCONSTANTS_H
