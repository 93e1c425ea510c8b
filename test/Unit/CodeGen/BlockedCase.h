//===- BlockedCase.h - Kernels over channel blocks in unit tests ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_TEST_UNIT_CODEGEN_BLOCKEDCASE_H
#define KILN_TEST_UNIT_CODEGEN_BLOCKEDCASE_H

#include "kiln/CodeGen/CPU/TargetDescription.h"
#include "kiln/Dialect/NN/IR/NN.h"
#include "mlir/IR/BuiltinOps.h"

namespace kiln::test {

/// The input in blocks, with NaN in the lanes that no channel fills: nothing
/// may depend on them.
mlir::Value packWithNaN(mlir::OpBuilder &builder, mlir::Value plain,
                        int64_t lanes);

/// Replaces the only convolution of `module`, with the nn.fused around it, by
/// what `lower` makes of it at the builder's position: a result in blocks. A
/// failed test where that is null.
void replaceConvolution(
    mlir::ModuleOp module,
    llvm::function_ref<mlir::Value(mlir::OpBuilder &, nn::ConvOp)> lower);

/// This machine, as if its vectors were no wider and no more than that.
cpu::TargetDescription withVectors(unsigned bits, unsigned registers);

} // namespace kiln::test

#endif // KILN_TEST_UNIT_CODEGEN_BLOCKEDCASE_H
