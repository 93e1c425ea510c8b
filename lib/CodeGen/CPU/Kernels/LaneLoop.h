//===- LaneLoop.h - Loops over the lanes of a block ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_CODEGEN_CPU_KERNELS_LANELOOP_H
#define KILN_LIB_CODEGEN_CPU_KERNELS_LANELOOP_H

#include "mlir/Dialect/SCF/IR/SCF.h"

namespace kiln::cpu {

/// Replaces an innermost loop over the lanes of a block (4, 8 or 16 elements
/// from 0 on, side by side in all that it stores) by operations on vectors.
/// LLVM would unroll it, and make vectors along the loop around it that gather
/// and scatter. Fails, changing nothing, where the body does anything else than
/// load, compute element by element, and store.
mlir::LogicalResult vectorizeLanes(mlir::scf::ForOp loop);

} // namespace kiln::cpu

#endif // KILN_LIB_CODEGEN_CPU_KERNELS_LANELOOP_H
