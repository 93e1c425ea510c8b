//===- ObjectTarget.cpp - LLVM's code generator for a target ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ObjectStages.h"
#include "kiln/Support/ErrorCodes.h"
#include "llvm/Analysis/CGSCCPassManager.h"
#include "llvm/Analysis/LoopAnalysisManager.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Transforms/IPO/GlobalDCE.h"

using namespace llvm;

namespace kiln::cpu {

Error codeGenError(const Twine &message) {
  return createStringError(errorLabel(ErrorCode::CodeGenFailed) + ": " +
                           message);
}

static Error targetError(const Twine &message) {
  return createStringError(errorLabel(ErrorCode::UnsupportedTarget) + ": " +
                           message);
}

static CodeGenOptLevel codeGenLevel(unsigned optLevel) {
  return CodeGenOpt::getLevel(static_cast<int>(std::min(optLevel, 3u)))
      .value_or(CodeGenOptLevel::Aggressive);
}

Expected<std::unique_ptr<TargetMachine>>
createTargetMachine(const TargetDescription &target) {
  InitializeAllTargetInfos();
  InitializeAllTargets();
  InitializeAllTargetMCs();
  InitializeAllAsmPrinters();
  InitializeAllAsmParsers(); // the runtime has inline assembly

  Triple triple(target.triple);
  bool hasRuntime =
      triple.getArch() == Triple::x86_64 || triple.getArch() == Triple::aarch64;
  if (!hasRuntime || !triple.isOSBinFormatELF())
    return targetError("no artifacts for '" + triple.str() +
                       "': 64-bit x86 and AArch64 with ELF are supported");
  std::string error;
  const Target *backend = TargetRegistry::lookupTarget(triple, error);
  if (!backend)
    return targetError(error);
  TargetOptions options;
  // So that the linker drops what the net does not call of the runtime.
  options.FunctionSections = true;
  std::unique_ptr<TargetMachine> machine(backend->createTargetMachine(
      triple, target.cpu, target.features, options, Reloc::PIC_,
      CodeModel::Small, codeGenLevel(target.optLevel)));
  if (!machine)
    return targetError("LLVM has no code generator for '" + triple.str() + "'");
  return machine;
}

uint64_t requiredCpuFeatures(const TargetMachine &machine) {
  if (machine.getTargetTriple().getArch() != Triple::x86_64)
    return 0;
  const MCSubtargetInfo &subtarget = *machine.getMCSubtargetInfo();
  uint64_t mask = 0;
  unsigned index = 0;
#define KILN_X86_FEATURE(name, leaf, reg, bit, state)                          \
  if (subtarget.checkFeatures("+" name))                                       \
    mask |= uint64_t(1) << index;                                              \
  ++index;
#include "kiln/Runtime/CpuFeatures.def"
  return mask;
}

void setTargetAttributes(Module &module, const TargetDescription &target) {
  for (Function &function : module) {
    if (function.isDeclaration())
      continue;
    function.addFnAttr("target-cpu", target.cpu);
    function.addFnAttr("target-features", target.features);
    // Kernels are made for the widest registers, which LLVM's tuning for some
    // processors shuns.
    if (Triple(target.triple).isX86())
      function.addFnAttr("prefer-vector-width", utostr(target.vectorBits));
    function.setDoesNotThrow();
  }
}

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
  passes.addPass(builder.buildPerModuleDefaultPipeline(passLevel(optLevel)));
  passes.run(module, modules);
}

Error emitFile(Module &module, TargetMachine &machine,
               raw_pwrite_stream &stream, CodeGenFileType type) {
  legacy::PassManager passes;
  if (machine.addPassesToEmitFile(passes, stream, nullptr, type))
    return codeGenError("LLVM cannot write this file type for the target");
  passes.run(module);
  return Error::success();
}

} // namespace kiln::cpu
