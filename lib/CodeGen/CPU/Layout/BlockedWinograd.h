//===- BlockedWinograd.h - 3x3 convolutions by minimal filtering ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_CODEGEN_CPU_LAYOUT_BLOCKEDWINOGRAD_H
#define KILN_LIB_CODEGEN_CPU_LAYOUT_BLOCKEDWINOGRAD_H

#include "kiln/CodeGen/CPU/TargetDescription.h"
#include "kiln/Dialect/NN/IR/NN.h"

namespace kiln::cpu {

/// Winograd's F(m x m, 3 x 3). Errors against f64 of a layer, taken over its
/// largest output: F2 as direct convolution in f32, F4 up to ten times that.
enum class WinogradVariant { F2 = 2, F4 = 4 };

/// True if `cpu.winograd` computes `conv` and the nn.fused around it: 3x3,
/// stride 1, no dilation, padding of at most 2, one group, constant weights,
/// f32, no prologue, an epilogue that vectors of channels can go through.
bool canBlockWinograd(nn::ConvOp conv, const TargetDescription &target);

/// Estimated cycles of one core, with weights that no cache holds. Requires
/// canBlockWinograd.
double predictWinograd(nn::ConvOp conv, WinogradVariant variant,
                       const TargetDescription &target);

/// Makes the `cpu.winograd`: `input` is the convolution's input in blocks of
/// target.lanes(32) channels. Returns the result of the convolution, or of the
/// nn.fused around it, in blocks; null where the weights' contents cannot be
/// read. Requires canBlockWinograd.
mlir::Value lowerBlockedWinograd(mlir::OpBuilder &builder, nn::ConvOp conv,
                                 mlir::Value input, WinogradVariant variant,
                                 const TargetDescription &target);

} // namespace kiln::cpu

#endif // KILN_LIB_CODEGEN_CPU_LAYOUT_BLOCKEDWINOGRAD_H
