//===- BatchDependence.h - Outputs that depend on all of a batch ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_DIALECT_NN_ANALYSIS_BATCHDEPENDENCE_H
#define KILN_DIALECT_NN_ANALYSIS_BATCHDEPENDENCE_H

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace kiln::nn {

/// Result attribute (string): the output depends on the whole batch that comes
/// in, for a batch normalisation that normalises by its statistics lies on the
/// way; the name of the first such layer.
inline constexpr llvm::StringLiteral kDependsOnBatchAttrName =
    "nn.depends_on_batch";

/// Sets that attribute on the results of `net` that do, and takes it from those
/// that do not. Layers whose input is a constant see no batch.
void markBatchDependence(mlir::func::FuncOp net);

} // namespace kiln::nn

#endif // KILN_DIALECT_NN_ANALYSIS_BATCHDEPENDENCE_H
