//===- ObjectVariants.cpp - Several nets in one artifact ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// An artifact that serves several sets of shapes has a net for each. Their
// functions are kept apart by internal linkage, which the linker renames;
// kernels that are the same in several nets are merged. Their constants are one
// region, of which each net knows a beginning.
//===----------------------------------------------------------------------===//

#include "ObjectStages.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Linker/Linker.h"
#include "llvm/Transforms/IPO/MergeFunctions.h"

using namespace llvm;

namespace kiln::cpu {

/// Makes the net's function the one symbol that can meet another net's, and
/// gives that a name of its own.
static Error isolate(Module &module, unsigned index) {
  Function *main = module.getFunction(kMainName);
  if (!main || main->isDeclaration())
    return codeGenError("the module defines no " + kMainName);
  for (GlobalObject &object : module.global_objects()) {
    if (object.isDeclaration() || &object == main)
      continue;
    // Nobody compares addresses: what is the same may become one.
    object.setUnnamedAddr(GlobalValue::UnnamedAddr::Global);
    object.setVisibility(GlobalValue::DefaultVisibility);
    object.setLinkage(GlobalValue::InternalLinkage);
  }
  if (index == 0)
    return Error::success();
  main->setName(kMainName + "_" + Twine(index));
  if (GlobalVariable *constants = module.getGlobalVariable(kConstantsName))
    constants->setName(kConstantsName + "_" + Twine(index));
  return Error::success();
}

/// Lets all nets read the region of the last, which holds the others'.
static Error shareConstants(Module &module, size_t count) {
  SmallVector<GlobalVariable *> regions;
  for (size_t i = 0; i < count; ++i) {
    std::string name = kConstantsName.str();
    if (i != 0)
      name += "_" + std::to_string(i);
    if (GlobalVariable *region = module.getGlobalVariable(name))
      regions.push_back(region);
  }
  if (regions.size() < 2)
    return Error::success();
  GlobalVariable *last = regions.pop_back_val();
  const DataLayout &layout = module.getDataLayout();
  for (GlobalVariable *region : regions) {
    if (layout.getTypeAllocSize(region->getValueType()) >
        layout.getTypeAllocSize(last->getValueType()))
      return codeGenError("a net's constants are not among the last one's");
    region->replaceAllUsesWith(last);
    region->eraseFromParent();
  }
  last->setName(kConstantsName);
  return Error::success();
}

static void mergeKernels(Module &module) {
  SmallVector<Function *> kernels;
  for (Function &function : module)
    if (!function.isDeclaration() && function.hasLocalLinkage())
      kernels.push_back(&function);
  MergeFunctionsPass::runOnFunctions(kernels);
}

Expected<std::unique_ptr<Module>>
linkNets(MutableArrayRef<std::unique_ptr<Module>> nets,
         SmallVectorImpl<Function *> &mains) {
  for (auto [i, net] : enumerate(nets))
    if (Error error = isolate(*net, i))
      return error;
  std::unique_ptr<Module> linked = std::move(nets.front());
  for (std::unique_ptr<Module> &net : drop_begin(nets))
    if (Linker::linkModules(*linked, std::move(net)))
      return codeGenError("the nets for the sets of shapes do not link");
  for (size_t i = 0; i < nets.size(); ++i) {
    std::string name = kMainName.str();
    if (i != 0)
      name += "_" + std::to_string(i);
    mains.push_back(linked->getFunction(name));
  }
  if (Error error = shareConstants(*linked, nets.size()))
    return error;
  if (nets.size() > 1)
    mergeKernels(*linked);
  return linked;
}

} // namespace kiln::cpu
