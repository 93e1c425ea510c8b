//===- Kernels.h - One function an operation ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Each takes the operation and the live values, and returns its results, or
// emits an error at the operation.
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_REFERENCE_KERNELS_H
#define KILN_LIB_REFERENCE_KERNELS_H

#include "Environment.h"
#include "kiln/Dialect/NN/IR/NN.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace kiln::reference {

using Outcome = mlir::FailureOr<Results>;

// ConvolutionKernels.cpp
Outcome evaluate(nn::ConvOp op, const Environment &env);
Outcome evaluate(nn::ConvTransposeOp op, const Environment &env);
Outcome evaluate(nn::LinearOp op, const Environment &env);

// NormalizationKernels.cpp
Outcome evaluate(nn::BatchNormInferenceOp op, const Environment &env);
Outcome evaluate(nn::BatchNormTrainingOp op, const Environment &env);
Outcome evaluate(nn::ChannelAffineOp op, const Environment &env);

// PoolingKernels.cpp
Outcome evaluate(nn::MaxPoolOp op, const Environment &env);
Outcome evaluate(nn::AveragePoolOp op, const Environment &env);
Outcome evaluate(nn::GlobalMaxPoolOp op, const Environment &env);
Outcome evaluate(nn::GlobalAveragePoolOp op, const Environment &env);
Outcome evaluate(nn::ChannelShuffleOp op, const Environment &env);

// ResizeKernel.cpp
Outcome evaluate(nn::ResizeOp op, const Environment &env);

// ActivationKernels.cpp: nothing where `op` is not an activation.
std::optional<Outcome> evaluateActivation(mlir::Operation *op,
                                          const Environment &env);

// LinalgKernels.cpp
Outcome evaluate(mlir::linalg::LinalgOp op, const Environment &env);
/// Arithmetic on whole tensors or on scalars.
Outcome evaluateElementwise(mlir::Operation *op, const Environment &env);

// TensorKernels.cpp: nothing where `op` is not one of them.
std::optional<Outcome> evaluateTensorOp(mlir::Operation *op,
                                        const Environment &env);

} // namespace kiln::reference

#endif // KILN_LIB_REFERENCE_KERNELS_H
