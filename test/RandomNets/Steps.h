//===- Steps.h - What a random net is made of ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_TEST_RANDOMNETS_STEPS_H
#define KILN_TEST_RANDOMNETS_STEPS_H

#include "NetBuilder.h"

namespace kiln::test {

/// One way for a net to grow. `make` takes values from the pool, adds what it
/// makes to it, and does nothing where no value suits.
struct Step {
  int64_t weight;
  void (*make)(NetBuilder &net);
};

llvm::ArrayRef<Step> convolutionSteps();
llvm::ArrayRef<Step> normalizationSteps();
llvm::ArrayRef<Step> poolingSteps();
llvm::ArrayRef<Step> activationSteps();
llvm::ArrayRef<Step> elementwiseSteps();
llvm::ArrayRef<Step> reductionSteps();
llvm::ArrayRef<Step> tensorSteps();
/// Patterns of several operations: residual and dense units, squeeze and
/// excite, attention, and so on.
llvm::ArrayRef<Step> blockSteps();

// Parts that several families use.

/// Of convolutions and poolings.
struct Window {
  llvm::SmallVector<int64_t> kernel, strides, dilations, padLow, padHigh;
};

/// A window that fits the spatial dimensions of `x`.
Window makeWindow(Random &random, llvm::ArrayRef<int64_t> x);
/// One of stride 1 that keeps the spatial sizes.
Window makePreservingWindow(Random &random, llvm::ArrayRef<int64_t> x);

/// `nn.conv`, with a bias or without; its weights keep the variance of `x`.
/// `weights` are new where null.
mlir::Value makeConv(NetBuilder &net, mlir::Value x, const Window &window,
                     int64_t groups, int64_t outputs, mlir::Value weights = {});
mlir::Value makeConvWeights(NetBuilder &net, mlir::Value x,
                            const Window &window, int64_t groups,
                            int64_t outputs);
mlir::Value makeLinear(NetBuilder &net, mlir::Value x, int64_t outputs);
mlir::Value makeBatchNorm(NetBuilder &net, mlir::Value x);
/// An activation of the nn dialect, or one written out by linalg.
mlir::Value makeActivation(NetBuilder &net, mlir::Value x);
mlir::Value makeTranspose(NetBuilder &net, mlir::Value x,
                          llvm::ArrayRef<int64_t> permutation);
mlir::Value makeConcat(NetBuilder &net, mlir::ValueRange inputs, int64_t dim);
mlir::Value makeSoftmax(NetBuilder &net, mlir::Value x, int64_t axis);
mlir::Value makeMatmul(NetBuilder &net, mlir::Value a, mlir::Value b);
/// `x` where its magnitude may grow, tanh(x) where the next step would square
/// or exponentiate it.
mlir::Value bounded(NetBuilder &net, mlir::Value x);

} // namespace kiln::test

#endif // KILN_TEST_RANDOMNETS_STEPS_H
