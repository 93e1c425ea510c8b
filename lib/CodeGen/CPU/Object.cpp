//===- Object.cpp - From the LLVM dialect to machine code ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "kiln/CodeGen/CPU/Object.h"

#include "ObjectStages.h"
#include "kiln/Dialect/NN/Utils/Constants.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/Verifier.h"
#include "llvm/Transforms/IPO/Internalize.h"

#ifdef __GLIBC__
#include <malloc.h>
#endif

using namespace llvm;

namespace kiln::cpu {

/// The small code model reaches 2 GiB; code and descriptor take some of it.
static constexpr uint64_t kMaxConstants = (uint64_t(2) << 30) - (64 << 20);

namespace {

/// One net on its way to machine code.
struct Emission {
  LLVMContext context;
  /// For the least demanding target; functions say which one they are for.
  std::unique_ptr<TargetMachine> machine;
  std::unique_ptr<Module> module;
  /// The nets' functions but for their own ones.
  SmallVector<Function *> kernels;
  /// Serves each set of shapes once for each target.
  NetInterface interface;
  ArrayRef<char> constants;
  SmallVector<char> constantsStorage;
};

} // namespace

static Error readConstants(mlir::ModuleOp module, Emission &emission) {
  auto elements = module->getAttrOfType<mlir::ElementsAttr>("kiln.constants");
  if (!elements)
    return Error::success();
  std::optional<ArrayRef<char>> bytes =
      nn::rawBytes(elements, emission.constantsStorage);
  if (!bytes)
    return codeGenError("kiln.constants has no data");
  if (bytes->size() > kMaxConstants)
    return codeGenError("the net's constants take " + Twine(bytes->size()) +
                        " bytes; an artifact holds at most " +
                        Twine(kMaxConstants));
  emission.constants = *bytes;
  return Error::success();
}

/// Checks the declaration of the constants and tells LLVM what it may assume.
static Error declareConstants(Emission &emission) {
  GlobalVariable *constants =
      emission.module->getGlobalVariable(kConstantsName);
  if (!constants)
    return Error::success();
  const DataLayout &layout = emission.module->getDataLayout();
  if (layout.getTypeAllocSize(constants->getValueType()) !=
      emission.constants.size())
    return codeGenError(kConstantsName +
                        " and kiln.constants differ in their size");
  constants->setConstant(true);
  constants->setDSOLocal(true);
  constants->setAlignment(Align(64));
  return Error::success();
}

/// The nets' interfaces in one, their code in one module.
static Error combine(ArrayRef<mlir::ModuleOp> modules,
                     ArrayRef<TargetDescription> targets, Emission &emission,
                     SmallVectorImpl<Function *> &mains) {
  SmallVector<std::unique_ptr<Module>> nets;
  for (auto [i, module] : enumerate(modules)) {
    Expected<NetInterface> interface = readNetInterface(module);
    if (!interface)
      return interface.takeError();
    if (nets.empty())
      emission.interface = std::move(*interface);
    else if (Error error = mergeNetInterface(emission.interface, *interface))
      return error;
    mlir::registerBuiltinDialectTranslation(*module->getContext());
    mlir::registerLLVMDialectTranslation(*module->getContext());
    nets.push_back(mlir::translateModuleToLLVMIR(
        module, emission.context, emission.interface.identifier));
    if (!nets.back())
      return codeGenError("the module does not translate to LLVM IR");
    setTargetAttributes(*nets.back(),
                        targets[i * targets.size() / modules.size()]);
  }
  Expected<std::unique_ptr<Module>> linked = linkNets(nets, mains);
  if (!linked)
    return linked.takeError();
  emission.module = std::move(*linked);
  for (Function &function : *emission.module)
    if (!function.isDeclaration() && !is_contained(mains, &function))
      emission.kernels.push_back(&function);
  return readConstants(modules.back(), emission);
}

/// Translates and links: all that comes before the division into parts.
static Error prepare(ArrayRef<mlir::ModuleOp> modules,
                     ArrayRef<TargetDescription> targets, Emission &emission) {
  SmallVector<uint64_t> cpuFeatures;
  for (const TargetDescription &target : targets) {
    Expected<std::unique_ptr<TargetMachine>> machine =
        createTargetMachine(target);
    if (!machine)
      return machine.takeError();
    emission.machine = std::move(*machine);
    cpuFeatures.push_back(requiredCpuFeatures(*emission.machine));
  }
  SmallVector<Function *> mains;
  if (Error error = combine(modules, targets, emission, mains))
    return error;
  emission.module->setTargetTriple(Triple(targets.back().triple));
  emission.module->setDataLayout(emission.machine->createDataLayout());
  emission.module->setPICLevel(PICLevel::BigPIC);

  if (Error error = declareConstants(emission))
    return error;
  if (Error error = addInterface(*emission.module, emission.interface, mains,
                                 cpuFeatures))
    return error;
  // Inlined into code for a better target it is code for that one.
  if (Error error = linkRuntime(*emission.module, targets.back()))
    return error;
  if (verifyModule(*emission.module, nullptr))
    return codeGenError("the net's LLVM IR is not valid");
  return Error::success();
}

/// glibc keeps what the compiling threads have freed for other such threads;
/// the weights are about to be written out, and need the memory.
static void releaseFreedMemory() {
#ifdef __GLIBC__
  (void)malloc_trim(0);
#endif
}

Expected<ObjectCode> emitObject(ArrayRef<mlir::ModuleOp> modules,
                                ArrayRef<TargetDescription> targets,
                                unsigned numThreads) {
  Emission emission;
  if (Error error = prepare(modules, targets, emission))
    return error;
  PartitionedModule parts(*emission.module, emission.kernels,
                          emission.interface);
  emission.module.reset();
  Expected<std::vector<ObjectBytes>> objects =
      compileParts(parts, targets.back(), numThreads);
  if (!objects)
    return objects.takeError();
  releaseFreedMemory();
  Expected<std::vector<std::byte>> bytes =
      linkParts(std::move(*objects), emission.constants, targets.back());
  if (!bytes)
    return bytes.takeError();
  emission.interface.served.resize(modules.size() / targets.size());
  return ObjectCode{std::move(*bytes), std::move(emission.interface)};
}

/// Puts the constants into the module, which is only to be read by people.
static void defineConstants(Emission &emission) {
  GlobalVariable *constants =
      emission.module->getGlobalVariable(kConstantsName);
  if (!constants)
    return;
  constants->setLinkage(GlobalValue::InternalLinkage);
  StringRef bytes(emission.constants.data(), emission.constants.size());
  Constant *data = ConstantDataArray::getRaw(bytes, bytes.size(),
                                             Type::getInt8Ty(emission.context));
  constants->setInitializer(data);
}

Expected<std::string> emitCodeText(ArrayRef<mlir::ModuleOp> modules,
                                   ArrayRef<TargetDescription> targets,
                                   CodeText form) {
  Emission emission;
  if (Error error = prepare(modules, targets, emission))
    return error;
  internalizeModule(*emission.module, [&](const GlobalValue &value) {
    return isInterfaceSymbol(value.getName(), emission.interface);
  });
  optimize(*emission.module, *emission.machine, targets.back().optLevel);
  defineConstants(emission);
  if (form == CodeText::LLVMIR) {
    std::string text;
    raw_string_ostream stream(text);
    emission.module->print(stream, nullptr);
    return text;
  }
  SmallVector<char, 0> bytes;
  raw_svector_ostream stream(bytes);
  if (Error error = emitFile(*emission.module, *emission.machine, stream,
                             CodeGenFileType::AssemblyFile))
    return error;
  return std::string(bytes.data(), bytes.size());
}

} // namespace kiln::cpu
