//===- ResizeScaling.h - Sizes and scales of a resized tensor ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_ONNX_OPS_RESIZESCALING_H
#define KILN_LIB_ONNX_OPS_RESIZESCALING_H

#include "NodeImporter.h"

namespace kiln::onnx_import {

/// Sizes and scales of all dimensions. A scale is kept as the file states it:
/// the size rounded down does not give it back. `starts` and `ends` name the
/// part of each dimension that tf_crop_and_resize takes.
struct Scaling {
  llvm::SmallVector<int64_t> sizes;
  llvm::SmallVector<double> scales, starts, ends;
  bool isChanged(NodeImporter &node, int64_t dim) const;
};

/// From the node's scales or sizes, axes, roi and keep_aspect_ratio_policy.
llvm::FailureOr<Scaling> readScaling(NodeImporter &node);

} // namespace kiln::onnx_import

#endif // KILN_LIB_ONNX_OPS_RESIZESCALING_H
