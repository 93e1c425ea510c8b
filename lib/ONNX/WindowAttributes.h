//===- WindowAttributes.h - Attributes of sliding windows ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_ONNX_WINDOWATTRIBUTES_H
#define KILN_LIB_ONNX_WINDOWATTRIBUTES_H

#include "NodeImporter.h"

namespace kiln::onnx_import {

/// Values along each spatial dimension.
struct WindowAttributes {
  llvm::SmallVector<int64_t> strides, dilations, padLow, padHigh;
};

/// Reads strides, dilations and padding of convolution and pooling, with
/// `auto_pad` resolved for the input's spatial sizes. List lengths are checked
/// and values lie below 2^31.
llvm::FailureOr<WindowAttributes> readWindow(NodeImporter &node,
                                             llvm::ArrayRef<int64_t> spatial,
                                             llvm::ArrayRef<int64_t> kernel);

/// The attribute, or `otherwise` for each spatial dimension where it is
/// absent; an error where its length is wrong or a value is not in
/// [least, 2^31).
llvm::FailureOr<llvm::SmallVector<int64_t>>
readSpatialInts(NodeImporter &node, llvm::StringRef name, size_t count,
                int64_t otherwise, int64_t least);

enum class AutoPad { None, SameUpper, SameLower, Valid };
llvm::FailureOr<AutoPad> readAutoPad(NodeImporter &node);

} // namespace kiln::onnx_import

#endif // KILN_LIB_ONNX_WINDOWATTRIBUTES_H
