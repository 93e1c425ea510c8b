//===- ObjectTarget.cpp - LLVM's code generator for a target ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ObjectStages.h"
#include "kiln/Support/ErrorCodes.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/TargetSelect.h"

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

} // namespace kiln::cpu
