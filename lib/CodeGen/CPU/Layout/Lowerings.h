//===- Lowerings.h - From roots to contractions ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_CODEGEN_CPU_LAYOUT_LOWERINGS_H
#define KILN_LIB_CODEGEN_CPU_LAYOUT_LOWERINGS_H

#include "kiln/CodeGen/CPU/TargetDescription.h"
#include "kiln/Dialect/NN/IR/NN.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace kiln::cpu {

/// Each makes a `cpu.contract` (with what brings its operands into layout) at
/// the builder's position for a root, epilogue included if the root lies in an
/// `nn.fused` whose other operations all pass fitsEpilogue. Returns the value
/// that replaces the root, or its region; null if the form is not taken.
mlir::Value lowerConvolution(mlir::OpBuilder &builder, nn::ConvOp conv,
                             const TargetDescription &target);
mlir::Value lowerLinear(mlir::OpBuilder &builder, nn::LinearOp linear,
                        const TargetDescription &target);

/// `linalg.matmul` and `linalg.batch_matmul` into a tensor filled with
/// zeros, any transposition included.
mlir::Value lowerMatmul(mlir::OpBuilder &builder, mlir::linalg::LinalgOp matmul,
                        const TargetDescription &target);

} // namespace kiln::cpu

#endif // KILN_LIB_CODEGEN_CPU_LAYOUT_LOWERINGS_H
