//===- BlockedWindow.h - Depthwise convolution and pooling over blocks ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_CODEGEN_CPU_LAYOUT_BLOCKEDWINDOW_H
#define KILN_LIB_CODEGEN_CPU_LAYOUT_BLOCKEDWINDOW_H

#include "Blocked.h"
#include "kiln/CodeGen/CPU/TargetDescription.h"

namespace kiln::cpu {

/// True if `cpu.window` computes `conv`, with all that its nn.fused holds: a
/// group for each channel of input and result, two spatial dimensions, constant
/// weights, no prologue, and an epilogue that can be read by blocks.
bool canBlockDepthwise(nn::ConvOp conv, const TargetDescription &target);

/// True if `cpu.window` computes the pooling `op` (nn.max_pool,
/// nn.average_pool, nn.global_average_pool or nn.global_max_pool): two spatial
/// dimensions, floating-point elements.
bool canBlockPool(mlir::Operation *op, const TargetDescription &target);

/// Cycles of one core that the kernel is expected to take.
double predictDepthwise(nn::ConvOp conv, const TargetDescription &target);
double predictPool(mlir::Operation *op, const TargetDescription &target);

/// Makes the `cpu.window` at the builder's position: `input` is the blocked
/// form of the convolution's or pooling's input. Returns the blocked result, of
/// the region where the convolution is in one. Requires canBlock...
mlir::Value lowerBlockedDepthwise(mlir::OpBuilder &builder, nn::ConvOp conv,
                                  mlir::Value input,
                                  const TargetDescription &target);
mlir::Value lowerBlockedPool(mlir::OpBuilder &builder, mlir::Operation *op,
                             mlir::Value input,
                             const TargetDescription &target);

} // namespace kiln::cpu

#endif // KILN_LIB_CODEGEN_CPU_LAYOUT_BLOCKEDWINDOW_H
