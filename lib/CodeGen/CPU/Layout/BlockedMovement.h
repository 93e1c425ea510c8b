//===- BlockedMovement.h - Moving elements in blocks ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_CODEGEN_CPU_LAYOUT_BLOCKEDMOVEMENT_H
#define KILN_LIB_CODEGEN_CPU_LAYOUT_BLOCKEDMOVEMENT_H

#include "Blocked.h"

namespace kiln::cpu {

/// The operations that move whole channels: concatenation, slices taken and
/// inserted, resizing. Null where blocks would have to be taken apart.
mlir::Value lowerBlockedMovement(mlir::OpBuilder &builder, mlir::Operation *op,
                                 int64_t lanes);

} // namespace kiln::cpu

#endif // KILN_LIB_CODEGEN_CPU_LAYOUT_BLOCKEDMOVEMENT_H
