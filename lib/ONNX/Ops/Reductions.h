//===- Reductions.h - Reductions shared by operators ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_ONNX_OPS_REDUCTIONS_H
#define KILN_LIB_ONNX_OPS_REDUCTIONS_H

#include "NodeImporter.h"

namespace kiln::onnx_import {

/// createReduction with the reduced dimensions kept as size 1.
mlir::Value reduceKeepingDims(NodeImporter &node, mlir::Value input,
                              llvm::ArrayRef<int64_t> axes, BinaryKind kind,
                              BodyFn map);

/// Elementwise with one operand; shape and element type stay.
mlir::Value mapElements(NodeImporter &node, mlir::Value input, BodyFn body);

/// Elements that one result of a reduction joins.
int64_t countReduced(llvm::ArrayRef<int64_t> shape,
                     llvm::ArrayRef<int64_t> axes);

} // namespace kiln::onnx_import

#endif // KILN_LIB_ONNX_OPS_REDUCTIONS_H
