//===- Phases.cpp - The passes of each phase ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Phases.h"

#include "kiln/CodeGen/CPU/Pipelines.h"
#include "kiln/Dialect/NN/Transforms/Pipelines.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/ErrorHandling.h"

#include <array>

namespace kiln {

static constexpr std::array<std::string_view, 6> kPhaseNames = {
    "import", "mode", "fold", "fuse", "layout", "kernels"};

std::string_view phaseName(Phase phase) {
  return kPhaseNames[static_cast<size_t>(phase)];
}

std::optional<Phase> parsePhase(std::string_view name) {
  const auto *found = llvm::find(kPhaseNames, name);
  if (found == kPhaseNames.end())
    return std::nullopt;
  return static_cast<Phase>(found - kPhaseNames.begin());
}

static nn::Mode toPassMode(Mode mode) {
  switch (mode) {
  case Mode::Keep:
    return nn::Mode::Keep;
  case Mode::Eval:
    return nn::Mode::Eval;
  case Mode::Train:
    return nn::Mode::Train;
  }
  llvm_unreachable("unknown mode");
}

/// Several sets of shapes share their weights: what suits one set's shapes must
/// not transform them.
static cpu::ConvAccuracy toPassAccuracy(const CompileOptions &options) {
  if (!options.furtherShapes.empty())
    return cpu::ConvAccuracy::Direct;
  switch (options.convAccuracy) {
  case ConvAccuracy::Direct:
    return cpu::ConvAccuracy::Direct;
  case ConvAccuracy::Strict:
    return cpu::ConvAccuracy::Strict;
  case ConvAccuracy::Fast:
    return cpu::ConvAccuracy::Fast;
  }
  llvm_unreachable("unknown accuracy");
}

void addPhasePasses(mlir::OpPassManager &manager, Phase phase,
                    const CompileOptions &options,
                    const cpu::TargetDescription &target) {
  switch (phase) {
  case Phase::Import:
    return;
  case Phase::Mode:
    return nn::buildModePipeline(
        manager, {toPassMode(options.mode),
                  /*exposesState=*/options.state == StateForm::Explicit});
  case Phase::Fold:
    if (options.fold)
      nn::buildFoldPipeline(manager);
    return;
  case Phase::Fuse:
    return nn::buildFusePipeline(manager);
  case Phase::Layout:
    return cpu::buildLayoutPipeline(manager, target, toPassAccuracy(options));
  case Phase::Kernels:
    return cpu::buildKernelsPipeline(manager, target);
  }
}

} // namespace kiln
