//===- BlockedConvolution.h - Convolutions over channel blocks ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// From nn.conv, with the nn.fused around it, to cpu.conv.
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_CODEGEN_CPU_LAYOUT_BLOCKEDCONVOLUTION_H
#define KILN_LIB_CODEGEN_CPU_LAYOUT_BLOCKEDCONVOLUTION_H

#include "kiln/CodeGen/CPU/TargetDescription.h"
#include "kiln/Dialect/NN/IR/NN.h"

namespace kiln::cpu {

/// True if `cpu.conv` computes `conv` and everything in the nn.fused around it:
/// two spatial dimensions, constant weights, any kernel, strides, dilations and
/// padding; one group, or groups whose channels fill whole blocks on both
/// sides; no prologue. Neither changes nor makes anything.
bool canBlockConv(nn::ConvOp conv, const TargetDescription &target);

/// True if the input is better read as it is, [N, C, H, W], where it is not in
/// blocks already: there are few channels.
bool prefersPlainInput(nn::ConvOp conv, const TargetDescription &target);

/// Cycles of one core that the kernel is expected to take, with its weights in
/// the cache.
double predictConv(nn::ConvOp conv, const TargetDescription &target);

/// Makes the kernel at the builder's position, epilogue included: `input` is
/// the convolution's input in blocks, or plain. Returns the result in blocks,
/// which replaces the convolution, or the nn.fused around it. Requires
/// canBlockConv. Null where the weights' contents are not known.
mlir::Value lowerBlockedConv(mlir::OpBuilder &builder, nn::ConvOp conv,
                             mlir::Value input,
                             const TargetDescription &target);

} // namespace kiln::cpu

#endif // KILN_LIB_CODEGEN_CPU_LAYOUT_BLOCKEDCONVOLUTION_H
