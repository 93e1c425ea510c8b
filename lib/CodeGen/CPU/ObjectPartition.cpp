//===- ObjectPartition.cpp - Dividing a module for threads ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Kernels know nothing of each other: they take all they need as arguments, and
// call functions of the runtime. So each part of a module gets some kernels and
// a copy of those functions, to inline. What must exist once (the interface,
// the nets' own functions, memcpy and its like, and whatever has state) is in
// the first part.
//===----------------------------------------------------------------------===//

#include "ObjectStages.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/Bitcode/BitcodeWriter.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Transforms/IPO/Internalize.h"

using namespace llvm;

namespace kiln::cpu {

/// Instructions, before optimisation, up to which kernels share a part. Less
/// costs more in what each part repeats; more balances worse.
static constexpr unsigned kPartSize = 2500;

/// A name by which the parts find each other, and nothing outside does.
static void share(GlobalValue &value) {
  value.setLinkage(GlobalValue::ExternalLinkage);
  value.setVisibility(GlobalValue::HiddenVisibility);
  value.setDSOLocal(true);
}

/// The functions whose code names `value`.
static void collectUsers(Value &value, SmallPtrSetImpl<Function *> &functions) {
  for (User *user : value.users()) {
    if (auto *instruction = dyn_cast<Instruction>(user))
      functions.insert(instruction->getFunction());
    else if (isa<Constant>(user))
      collectUsers(*user, functions);
  }
}

/// Variables, and what works on them, exist once.
static void shareState(Module &module) {
  SmallPtrSet<Function *, 8> functions;
  for (GlobalVariable &variable : module.globals())
    if (!variable.isConstant() && variable.hasLocalLinkage()) {
      share(variable);
      collectUsers(variable, functions);
    }
  for (Function *function : functions)
    if (function->hasLocalLinkage())
      share(*function);
}

/// First fit, largest first: the parts depend on the module alone.
static SmallVector<std::vector<std::string>>
groupBySize(ArrayRef<Function *> kernels) {
  SmallVector<std::pair<unsigned, size_t>> order;
  for (auto [i, kernel] : enumerate(kernels))
    order.emplace_back(kernel->getInstructionCount(), i);
  sort(order, [](auto a, auto b) {
    return std::pair(b.first, a.second) < std::pair(a.first, b.second);
  });
  SmallVector<std::vector<std::string>> groups;
  SmallVector<unsigned> sizes;
  for (auto [size, kernel] : order) {
    auto *fitting = find_if(sizes, [size = size](unsigned used) {
      return used + size <= kPartSize;
    });
    size_t index = fitting - sizes.begin();
    if (fitting == sizes.end()) {
      sizes.push_back(0);
      groups.emplace_back();
    }
    sizes[index] += size;
    groups[index].push_back(kernels[kernel]->getName().str());
  }
  return groups;
}

PartitionedModule::PartitionedModule(Module &module,
                                     ArrayRef<Function *> kernels,
                                     const NetInterface &interface) {
  for (Function *kernel : kernels)
    share(*kernel);
  SmallVector<GlobalValue *> libcalls;
  collectUsedGlobalVariables(module, libcalls, /*CompilerUsed=*/true);
  internalizeModule(module, [&](const GlobalValue &value) {
    return isInterfaceSymbol(value.getName(), interface) ||
           value.hasHiddenVisibility() || is_contained(libcalls, &value);
  });
  for (GlobalValue *libcall : libcalls)
    share(*libcall);
  shareState(module);
  if (GlobalVariable *constants = module.getGlobalVariable(kConstantsName))
    share(*constants);
  for (Function *kernel : kernels)
    kernelNames.insert(kernel->getName());
  groups = groupBySize(kernels);
  raw_svector_ostream stream(bitcode);
  WriteBitcodeToFile(module, stream);
}

namespace {
/// Reads one part: what of the module is in it, and what only declared.
class PartReader {
public:
  PartReader(Module &module, const StringSet<> &kernels,
             ArrayRef<std::string> own, bool isFirst)
      : module(module), kernels(kernels), own(own), isFirst(isFirst) {}

  Error read();

private:
  bool isHere(const Function &function) const {
    if (kernels.contains(function.getName()))
      return is_contained(own, function.getName());
    return isFirst;
  }
  Error readBodies();
  void reach(Constant &constant);
  void dropShared();

  Module &module;
  const StringSet<> &kernels;
  ArrayRef<std::string> own;
  bool isFirst;
  SetVector<Function *> needed;
  SmallPtrSet<Constant *, 32> seen;
};
} // namespace

/// Local functions that `constant` names come along, as copies.
void PartReader::reach(Constant &constant) {
  if (!seen.insert(&constant).second)
    return;
  if (auto *function = dyn_cast<Function>(&constant)) {
    if (function->hasLocalLinkage())
      needed.insert(function);
    return;
  }
  for (Value *operand : constant.operands())
    if (auto *inner = dyn_cast<Constant>(operand))
      reach(*inner);
}

Error PartReader::readBodies() {
  for (Function &function : module)
    if (!function.isDeclaration() && isHere(function))
      needed.insert(&function);
  // Grows while it is walked.
  for (size_t i = 0; i < needed.size(); ++i) {
    if (Error error = needed[i]->materialize())
      return error;
    for (Instruction &instruction : instructions(needed[i]))
      for (Value *operand : instruction.operands())
        if (auto *constant = dyn_cast<Constant>(operand))
          reach(*constant);
  }
  return Error::success();
}

/// Variables, and the list that keeps the libcalls, are in the first part.
void PartReader::dropShared() {
  if (GlobalVariable *used = module.getGlobalVariable("llvm.compiler.used"))
    used->eraseFromParent();
  for (GlobalVariable &variable : module.globals())
    if (!variable.isConstant() && variable.hasInitializer())
      variable.setInitializer(nullptr);
}

Error PartReader::read() {
  if (Error error = readBodies())
    return error;
  for (Function &function : module)
    if (!needed.contains(&function) && !function.isDeclaration()) {
      function.deleteBody();
      share(function);
    }
  if (!isFirst)
    dropShared();
  return module.materializeAll();
}

Expected<std::unique_ptr<Module>>
PartitionedModule::load(size_t index, LLVMContext &context) const {
  Expected<std::unique_ptr<Module>> module = getLazyBitcodeModule(
      MemoryBufferRef(StringRef(bitcode.data(), bitcode.size()), "kiln net"),
      context);
  if (!module)
    return module.takeError();
  ArrayRef<std::string> own;
  if (index > 0)
    own = groups[index - 1];
  if (Error error =
          PartReader(**module, kernelNames, own, /*isFirst=*/index == 0).read())
    return std::move(error);
  return module;
}

} // namespace kiln::cpu
