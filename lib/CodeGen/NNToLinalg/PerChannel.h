//===- PerChannel.h - Arithmetic on one value a channel ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_CODEGEN_NNTOLINALG_PERCHANNEL_H
#define KILN_LIB_CODEGEN_NNTOLINALG_PERCHANNEL_H

#include "GenericBuilder.h"

namespace kiln {

/// Elementwise over vectors of one value a channel, in f64, into elements of
/// `type`: what enters every element of the net is computed once and exactly.
mlir::Value perChannel(mlir::OpBuilder &builder, mlir::Location loc,
                       llvm::ArrayRef<mlir::Value> inputs, mlir::Type type,
                       ElementFn body);

/// `vector` in elements of `type`.
mlir::Value asType(mlir::OpBuilder &builder, mlir::Location loc,
                   mlir::Value vector, mlir::Type type);

/// `vector` divided by `divisor`, in f64.
mlir::Value scaled(mlir::OpBuilder &builder, mlir::Location loc,
                   mlir::Value vector, double divisor);

} // namespace kiln

#endif // KILN_LIB_CODEGEN_NNTOLINALG_PERCHANNEL_H
