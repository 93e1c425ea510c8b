//===- BlockedBatchNorm.h - Batch normalisation over blocks of channels ---*-
//C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_CODEGEN_CPU_LAYOUT_BLOCKEDBATCHNORM_H
#define KILN_LIB_CODEGEN_CPU_LAYOUT_BLOCKEDBATCHNORM_H

#include "Blocked.h"
#include "kiln/CodeGen/CPU/IR/CPU.h"

namespace kiln::cpu {

/// True if `op`, over [N, C, H, W], can be computed over blocks of channels:
/// each of its extras is read as `canBlockExtra` says.
bool canBlockBatchNorm(BatchNormOp op);

/// `op` over blocks, the statistics as before.
BatchNormOp lowerBlockedBatchNorm(mlir::OpBuilder &builder, BatchNormOp op);

} // namespace kiln::cpu

#endif // KILN_LIB_CODEGEN_CPU_LAYOUT_BLOCKEDBATCHNORM_H
