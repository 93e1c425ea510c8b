//===- WindowReduction.h - Sliding windows as linalg.generic ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// For poolings that the nn dialect has no operation for, since nothing folds
// through them.
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_ONNX_OPS_WINDOWREDUCTION_H
#define KILN_LIB_ONNX_OPS_WINDOWREDUCTION_H

#include "WindowAttributes.h"

namespace kiln::onnx_import {

/// A window's attributes with its kernel and the size of the result, [N, C,
/// spatial...]. `padHigh` reaches as far as the last window.
struct PoolWindow : WindowAttributes {
  llvm::SmallVector<int64_t> kernel;
  llvm::SmallVector<int64_t> resultShape;
};

/// Reads kernel_shape, strides, dilations, pads, auto_pad and ceil_mode of a
/// pooling of input 0. Sizes are those of nn.max_pool.
llvm::FailureOr<PoolWindow> readPoolWindow(NodeImporter &node);

/// Makes the new element of the result from the element of the input, the
/// elements of `others` (of the result's shape) and the result's so far. In the
/// body, linalg.index of dimension 2 + i is the position along spatial
/// dimension i, that of 2 + spatial + i the tap.
mlir::Value createWindowReduction(NodeImporter &node, const PoolWindow &window,
                                  mlir::Value input, double padding,
                                  mlir::ValueRange others, mlir::Value init,
                                  BodyFn body);

} // namespace kiln::onnx_import

#endif // KILN_LIB_ONNX_OPS_WINDOWREDUCTION_H
