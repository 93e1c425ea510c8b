//===- RootLayout.h - Which weight meets which channel ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_DIALECT_NN_TRANSFORMS_ROOTLAYOUT_H
#define KILN_LIB_DIALECT_NN_TRANSFORMS_ROOTLAYOUT_H

#include "kiln/Dialect/NN/IR/NN.h"

#include "llvm/ADT/SmallVector.h"

namespace kiln::nn {

/// `nn.conv`, `nn.conv_transpose` and `nn.linear` seen as one thing: each
/// output channel is a sum over the input channels of its group and the taps of
/// the kernel, and each (output, input, tap) has one weight.
struct RootLayout {
  int64_t outputs = 0;
  int64_t inputs = 0;
  int64_t groups = 1;
  int64_t taps = 1; ///< elements of the kernel, in C order
  bool isTransposed = false;
  int64_t inputAxis = 1;  ///< dimension of the input that holds its channels
  int64_t outputAxis = 1; ///< likewise for the result

  /// Spatial dimensions; sizes can be dynamic.
  llvm::SmallVector<int64_t> inputSize, outputSize, kernel, strides, dilations,
      padLow, padHigh;

  static RootLayout of(mlir::Operation *root);

  int64_t inputsPerGroup() const { return inputs / groups; }
  int64_t outputsPerGroup() const { return outputs / groups; }

  /// The input channel that is number `i` in the group of output channel `o`.
  int64_t inputChannel(int64_t o, int64_t i) const {
    return o / outputsPerGroup() * inputsPerGroup() + i;
  }

  /// Index into the stored weights: [O, C/groups, taps], or transposed
  /// [C, O/groups, taps] (F4, F5).
  int64_t weightIndex(int64_t o, int64_t i, int64_t tap) const {
    if (isTransposed)
      return (inputChannel(o, i) * outputsPerGroup() + o % outputsPerGroup()) *
                 taps +
             tap;
    return (o * inputsPerGroup() + i) * taps + tap;
  }

  /// Every tap meets an input element at every position of the result, whatever
  /// its size. (At the border of a transposed convolution fewer taps overlap.)
  bool isUnpadded() const;
  bool hasStaticSpatialSizes() const;
  int64_t positions() const;

  /// For one position of the result (in C order), whether each tap meets an
  /// element of the input rather than padding. Needs static sizes.
  llvm::SmallVector<bool> tapsInside(int64_t position) const;
};

mlir::Value rootInput(mlir::Operation *root);
mlir::Value rootWeights(mlir::Operation *root);
/// Null where there is none.
mlir::Value rootBias(mlir::Operation *root);

} // namespace kiln::nn

#endif // KILN_LIB_DIALECT_NN_TRANSFORMS_ROOTLAYOUT_H
