//===- BlockedElementwise.h - Elementwise loops over blocks ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_CODEGEN_CPU_LAYOUT_BLOCKEDELEMENTWISE_H
#define KILN_LIB_CODEGEN_CPU_LAYOUT_BLOCKEDELEMENTWISE_H

#include "Blocked.h"

namespace kiln::cpu {

/// True if `op`, elementwise over [N, C, H, W], can be computed over blocks of
/// channels: all its tensors have one floating-point type, and each is read as
/// `canBlockExtra` says.
bool canBlockElementwise(mlir::Operation *op);

/// `op` as a `linalg.generic` over blocked tensors; gives the blocked result.
mlir::Value lowerBlockedElementwise(mlir::OpBuilder &builder,
                                    mlir::Operation *op, int64_t lanes);

} // namespace kiln::cpu

#endif // KILN_LIB_CODEGEN_CPU_LAYOUT_BLOCKEDELEMENTWISE_H
