//===- ObjectPasses.cpp - What LLVM runs on a net's code ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Kernels reach LLVM unrolled and in vectors, as hundreds of instructions in
// nests of six or seven loops. LLVM's pipeline is made for small loops: what it
// would only find out at length, that there is nothing to gain, is said here.
//===----------------------------------------------------------------------===//

#include "ObjectStages.h"
#include "llvm/Analysis/CGSCCPassManager.h"
#include "llvm/Analysis/LoopInfo.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/OptBisect.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Transforms/IPO/GlobalDCE.h"

using namespace llvm;

namespace kiln::cpu {

namespace {

/// Marks loops that LLVM would not unroll for their size. It takes the cost of
/// a loop's whole body to see that, in each loop of a nest once more.
struct KeepLargeLoops : PassInfoMixin<KeepLargeLoops> {
  /// Instructions. LLVM's limit is 300 for a loop unrolled, and four times that
  /// where much folds.
  static constexpr size_t kLarge = 400;

  static PreservedAnalyses run(Function &function,
                               FunctionAnalysisManager &analyses) {
    auto &loops = analyses.getResult<LoopAnalysis>(function);
    for (Loop *loop : loops.getLoopsInPreorder()) {
      size_t size = 0;
      for (BasicBlock *block : loop->blocks())
        size += block->size();
      if (size > kLarge)
        loop->setLoopAlreadyUnrolled();
    }
    return PreservedAnalyses::all();
  }
};

/// Keeps loop strength reduction from running. Kernels have few induction
/// variables and constant offsets from them, which are address modes already;
/// to find that out took two thirds of the code generator's time.
struct KernelPassGate : OptPassGate {
  bool isEnabled() const override { return true; }
  bool shouldRunPass(StringRef pass, StringRef /*unit*/) const override {
    return pass != "Loop Strength Reduction";
  }
};

} // namespace

static OptimizationLevel passLevel(unsigned optLevel) {
  switch (optLevel) {
  case 0:
    return OptimizationLevel::O0;
  case 1:
    return OptimizationLevel::O1;
  case 2:
    return OptimizationLevel::O2;
  default:
    return OptimizationLevel::O3;
  }
}

void optimize(Module &module, TargetMachine &machine, unsigned optLevel) {
  LoopAnalysisManager loops;
  FunctionAnalysisManager functions;
  CGSCCAnalysisManager components;
  ModuleAnalysisManager modules;
  PassBuilder builder(&machine);
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(components);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, components, modules);

  ModulePassManager passes;
  passes.addPass(GlobalDCEPass());
  passes.addPass(createModuleToFunctionPassAdaptor(KeepLargeLoops()));
  passes.addPass(builder.buildPerModuleDefaultPipeline(passLevel(optLevel)));
  passes.run(module, modules);
}

Error emitFile(Module &module, TargetMachine &machine,
               raw_pwrite_stream &stream, CodeGenFileType type) {
  LLVMContext &context = module.getContext();
  OptPassGate &before = context.getOptPassGate();
  KernelPassGate gate;
  context.setOptPassGate(gate);
  legacy::PassManager passes;
  bool failed = machine.addPassesToEmitFile(passes, stream, nullptr, type);
  if (!failed)
    passes.run(module);
  context.setOptPassGate(before);
  if (failed)
    return codeGenError("LLVM cannot write this file type for the target");
  return Error::success();
}

} // namespace kiln::cpu
