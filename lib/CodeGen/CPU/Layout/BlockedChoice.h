//===- BlockedChoice.h - The kernel over blocks for an operation ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_CODEGEN_CPU_LAYOUT_BLOCKEDCHOICE_H
#define KILN_LIB_CODEGEN_CPU_LAYOUT_BLOCKEDCHOICE_H

#include "kiln/CodeGen/CPU/ConvAccuracy.h"
#include "kiln/CodeGen/CPU/TargetDescription.h"
#include "kiln/Dialect/NN/IR/NN.h"

namespace kiln::cpu {

/// `op` (nn.conv, a pooling, or an nn.fused around one) computed over blocks of
/// channels by the kernel that is expected to be the fastest of those that are
/// exact enough: the result in blocks. Null where no such kernel computes it,
/// and for pooling whose input is not in blocks.
mlir::Value lowerByBlockedKernel(mlir::OpBuilder &builder, mlir::Operation *op,
                                 const TargetDescription &target,
                                 ConvAccuracy accuracy);

} // namespace kiln::cpu

#endif // KILN_LIB_CODEGEN_CPU_LAYOUT_BLOCKEDCHOICE_H
