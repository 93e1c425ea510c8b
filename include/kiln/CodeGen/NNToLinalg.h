//===- NNToLinalg.h - The nn dialect as linalg on tensors ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_CODEGEN_NNTOLINALG_H
#define KILN_CODEGEN_NNTOLINALG_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Pass/Pass.h"

namespace kiln {

/// Activations, `nn.prelu` and `nn.channel_affine` as `linalg.generic`.
void populateElementwiseToLinalgPatterns(mlir::RewritePatternSet &patterns);

/// Pooling and global pooling as reductions whose innermost loop is the last
/// spatial dimension.
void populatePoolingToLinalgPatterns(mlir::RewritePatternSet &patterns);

/// `nn.resize`, one dimension after the other by tables, and
/// `nn.channel_shuffle`.
void populateResamplingToLinalgPatterns(mlir::RewritePatternSet &patterns);

/// `nn.softmax`, `nn.log_softmax` and both forms of batch normalisation.
void populateNormalizationToLinalgPatterns(mlir::RewritePatternSet &patterns);

/// Makes a tree of each `tensor.concat` of very many operands.
void splitWideConcats(mlir::func::FuncOp function);

/// Function pass `convert-nn-to-linalg`: all of the above; fails with K0501 on
/// an operation of the nn dialect that is left.
std::unique_ptr<mlir::Pass> createConvertNNToLinalgPass();
void registerConvertNNToLinalgPass();

} // namespace kiln

#endif // KILN_CODEGEN_NNTOLINALG_H
