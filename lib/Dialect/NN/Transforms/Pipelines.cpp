//===- Pipelines.cpp - Phases over the nn dialect ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "kiln/Dialect/NN/Transforms/Pipelines.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;

namespace kiln::nn {

void buildModePipeline(OpPassManager &manager, const ModeOptions &options) {
  manager.addPass(createNNSetMode({options.mode}));
  manager.addPass(createNNCheckStatistics());
  if (options.exposesState)
    manager.addPass(createNNExposeState());
  manager.addNestedPass<func::FuncOp>(createNNMarkBatchDependence());
}

void buildFoldPipeline(OpPassManager &manager) {
  manager.addPass(createNNFoldConstants());
  manager.addPass(createNNFoldPadding());
  manager.addPass(createNNRaiseChannelShuffle());
  manager.addPass(createNNRaiseActivations());
  manager.addPass(createNNRaiseChannelAffine());
  manager.addPass(createNNFoldBatchNorm());
  // Once more: a padding can meet its convolution only now that what lay
  // between them is folded, and folding twice is to be folding once (F25).
  manager.addPass(createNNFoldPadding());
}

void buildFusePipeline(OpPassManager &manager) {
  manager.addPass(createNNFuseEpilogues());
}

namespace {
/// The options of `nn-mode-pipeline`, spelled as those of `nn-set-mode`.
struct ModePipelineOptions : PassPipelineOptions<ModePipelineOptions> {
  Option<Mode> mode{
      *this, "mode", llvm::cl::desc("The mode of the whole net"),
      llvm::cl::init(Mode::Keep),
      llvm::cl::values(clEnumValN(Mode::Keep, "keep", "as the file states"),
                       clEnumValN(Mode::Eval, "eval", "inference"),
                       clEnumValN(Mode::Train, "train", "training"))};
};
} // namespace

void registerNNTransformPasses() {
  registerKilnNNTransformsPasses();
  PassPipelineRegistration<ModePipelineOptions>(
      "nn-mode-pipeline", "Phase mode: eval or train for the whole net",
      [](OpPassManager &manager, const ModePipelineOptions &options) {
        buildModePipeline(manager, {options.mode});
      });
  PassPipelineRegistration<>(
      "nn-fold-pipeline", "Phase fold: batch normalisation into weights",
      [](OpPassManager &manager) { buildFoldPipeline(manager); });
  PassPipelineRegistration<>(
      "nn-fuse-pipeline", "Phase fuse: elementwise operations into layers",
      [](OpPassManager &manager) { buildFusePipeline(manager); });
}

} // namespace kiln::nn
