//===- Elementwise.h - Shared by the elementwise families ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_ONNX_OPS_ELEMENTWISE_H
#define KILN_LIB_ONNX_OPS_ELEMENTWISE_H

#include "NodeImporter.h"

namespace kiln::onnx_import {

std::string typeText(mlir::Type type);

/// The shape of the second operand of a node of two, as it broadcasts.
llvm::FailureOr<llvm::SmallVector<int64_t>> alignedShape(NodeImporter &node);

/// Sets result 0 to one elementwise operation on broadcast operands of one
/// type, or says why there is none.
llvm::LogicalResult createBinary(NodeImporter &node, BinaryKind kind,
                                 mlir::Value lhs, mlir::Value rhs);

} // namespace kiln::onnx_import

#endif // KILN_LIB_ONNX_OPS_ELEMENTWISE_H
