//===- Pipelines.h - Phases over the nn dialect ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_DIALECT_NN_TRANSFORMS_PIPELINES_H
#define KILN_DIALECT_NN_TRANSFORMS_PIPELINES_H

#include "kiln/Dialect/NN/Transforms/Passes.h"

#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassOptions.h"

namespace kiln::nn {

struct ModeOptions {
  Mode mode = Mode::Keep;
  /// Running statistics become inputs and outputs of the net.
  bool exposesState = false;
};

/// Phase "mode": eval or train for the whole net, or as its file states.
void buildModePipeline(mlir::OpPassManager &manager,
                       const ModeOptions &options = {});

/// Phase "fold": constants folded, scales and shifts per channel composed and
/// folded into weights, the ledger recorded.
void buildFoldPipeline(mlir::OpPassManager &manager);

/// Phase "fuse": elementwise operations drawn into the layers beside them.
void buildFusePipeline(mlir::OpPassManager &manager);

/// Makes the passes and `nn-mode-pipeline`, `nn-fold-pipeline` and
/// `nn-fuse-pipeline` known by name.
void registerNNTransformPasses();

} // namespace kiln::nn

#endif // KILN_DIALECT_NN_TRANSFORMS_PIPELINES_H
