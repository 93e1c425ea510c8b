//===- ObjectRuntime.cpp - Linking the artifact runtime into a net ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ObjectStages.h"
#include "RuntimeBitcode.h"
#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/Linker/Linker.h"
#include "llvm/Transforms/Utils/ModuleUtils.h"

using namespace llvm;

namespace kiln::cpu {

/// What runs before it is known that the CPU serves the target's features: the
/// C interface, and the functions of its files that it uses.
static SmallPtrSet<Function *, 32> baselineFunctions(Module &runtime) {
  SmallVector<Function *> reached;
  SmallPtrSet<Function *, 32> baseline;
  for (Function &function : runtime)
    if (function.getName().starts_with("kiln_net_") ||
        function.getName().starts_with("kiln_cpu_"))
      reached.push_back(&function);
  while (!reached.empty()) {
    Function *function = reached.pop_back_val();
    if (!baseline.insert(function).second)
      continue;
    for (Instruction &instruction : instructions(function))
      for (Value *operand : instruction.operand_values())
        if (auto *used = dyn_cast<Function>(operand))
          if (used->hasLocalLinkage())
            reached.push_back(used);
  }
  return baseline;
}

/// The code generator itself makes calls to what does not begin with "kiln_",
/// memcpy and its like, after the last pass that could see them.
static bool isLibcall(const Function &function) {
  return !function.isDeclaration() && !function.hasLocalLinkage() &&
         !function.getName().starts_with("kiln_");
}

/// Replaces the attributes with which clang tied the runtime to a baseline CPU.
static void retarget(Module &runtime, const TargetDescription &target) {
  SmallPtrSet<Function *, 32> baseline = baselineFunctions(runtime);
  for (Function &function : runtime) {
    if (function.isDeclaration() || baseline.contains(&function))
      continue;
    for (StringRef name : {"target-cpu", "target-features", "tune-cpu",
                           "min-legal-vector-width"})
      function.removeFnAttr(name);
    // Functions without builtins are not inlined into others; libcalls need it,
    // lest their loops become calls of themselves.
    if (!isLibcall(function))
      function.removeFnAttr("no-builtins");
    function.addFnAttr("target-cpu", target.cpu);
    function.addFnAttr("target-features", target.features);
  }
}

Error linkRuntime(Module &module, const TargetDescription &target) {
  StringRef bitcode = runtimeBitcode(Triple(target.triple).getArch());
  Expected<std::unique_ptr<Module>> runtime = parseBitcodeFile(
      MemoryBufferRef(bitcode, "kiln runtime"), module.getContext());
  if (!runtime)
    return runtime.takeError();
  (*runtime)->setTargetTriple(module.getTargetTriple());
  (*runtime)->setDataLayout(module.getDataLayout());
  retarget(**runtime, target);

  SmallVector<std::string> libcalls;
  for (Function &function : **runtime)
    if (isLibcall(function))
      libcalls.push_back(function.getName().str());
  if (Linker::linkModules(module, std::move(*runtime)))
    return codeGenError("the artifact runtime does not link with the net");
  SmallVector<GlobalValue *> kept;
  for (const std::string &name : libcalls)
    kept.push_back(module.getNamedValue(name));
  appendToCompilerUsed(module, kept);
  return Error::success();
}

} // namespace kiln::cpu
