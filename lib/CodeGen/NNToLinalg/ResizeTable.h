//===- ResizeTable.h - Indices and weights of a resized dimension ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_CODEGEN_NNTOLINALG_RESIZETABLE_H
#define KILN_LIB_CODEGEN_NNTOLINALG_RESIZETABLE_H

#include "kiln/Dialect/NN/IR/NN.h"

namespace kiln {

/// For each output position along one dimension, as many input positions and
/// weights as the interpolation has taps: [tap][position].
struct ResizeTable {
  llvm::SmallVector<llvm::SmallVector<double>> indices, weights;
  int64_t inputSize = 0;
  /// Positions outside of what is cut out, whose value is none of the input's;
  /// empty where there are none.
  llvm::SmallVector<bool> isOutside;

  int64_t numTaps() const { return indices.size(); }
  int64_t size() const { return indices.front().size(); }
  /// Every position keeps its element.
  bool isIdentity() const;
};

/// The table of spatial dimension `dim`, by ONNX Resize (opset 19). Positions
/// outside the input take the border's.
ResizeTable makeResizeTable(nn::ResizeOp op, unsigned dim);

} // namespace kiln

#endif // KILN_LIB_CODEGEN_NNTOLINALG_RESIZETABLE_H
