//===- RepeatChannels.h - The same channels several times ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_CODEGEN_CPU_LAYOUT_REPEATCHANNELS_H
#define KILN_LIB_CODEGEN_CPU_LAYOUT_REPEATCHANNELS_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/IRMapping.h"

namespace kiln::cpu {

/// `value` `times` times, behind each other along `dim`.
mlir::Value repeatAlong(mlir::OpBuilder &builder, mlir::Value value,
                        unsigned dim, int64_t times);

/// A copy of the elementwise operation `op` (nn::isElementwise) that works on a
/// tensor of `type`.
mlir::Operation *cloneElementwise(mlir::OpBuilder &builder, mlir::Operation *op,
                                  mlir::IRMapping &mapping,
                                  mlir::RankedTensorType type);

/// Makes the elementwise operation `op`, whose channels lie along dimension 1,
/// do the same with each of `times` sets of channels that follow each other.
/// What it needs for that is made by `builder`.
void repeatChannels(mlir::OpBuilder &builder, mlir::Operation *op,
                    int64_t times);

} // namespace kiln::cpu

#endif // KILN_LIB_CODEGEN_CPU_LAYOUT_REPEATCHANNELS_H
