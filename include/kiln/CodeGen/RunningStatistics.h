//===- RunningStatistics.h - What training returns of its statistics ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_CODEGEN_RUNNINGSTATISTICS_H
#define KILN_CODEGEN_RUNNINGSTATISTICS_H

#include "kiln/Dialect/NN/IR/NN.h"

namespace kiln {

/// Mean and variance, tensors with an element for each channel.
struct BatchStatistics {
  mlir::Value mean, variance;
};

/// The second and third result of `op`, elementwise from the mean and the
/// biased variance of the batch, in f64: these in the results' types or, with
/// running statistics, blended with them in f64 by the operation's momentum,
/// the variance first unbiased if it says so.
BatchStatistics buildReturnedStatistics(mlir::OpBuilder &builder,
                                        nn::BatchNormTrainingOp op,
                                        BatchStatistics batch);

} // namespace kiln

#endif // KILN_CODEGEN_RUNNINGSTATISTICS_H
