//===- Object.cpp - From the LLVM dialect to machine code ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// A net may carry hundreds of megabytes of constants. They are never put into
// LLVM IR: the object is emitted with a section of zeros in their place, which
// is then filled in the finished bytes.
//===----------------------------------------------------------------------===//

#include "kiln/CodeGen/CPU/Object.h"

#include "ObjectStages.h"
#include "kiln/Dialect/NN/Utils/Constants.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Verifier.h"
#include "llvm/Object/ELFObjectFile.h"

#include <cstring>

using namespace llvm;

namespace kiln::cpu {

static constexpr StringLiteral kConstantsSection = ".rodata.kiln_constants";

/// The small code model reaches 2 GiB; code and descriptor take some of it.
static constexpr uint64_t kMaxConstants = (uint64_t(2) << 30) - (64 << 20);

namespace {

/// Writes into a vector; LLVM's own streams know only its SmallVector.
class VectorStream : public raw_pwrite_stream {
public:
  explicit VectorStream(std::vector<std::byte> &bytes) : bytes(bytes) {
    SetUnbuffered();
  }

private:
  void write_impl(const char *data, size_t size) override {
    auto *first = reinterpret_cast<const std::byte *>(data);
    bytes.insert(bytes.end(), first, first + size);
  }
  void pwrite_impl(const char *data, size_t size, uint64_t offset) override {
    std::memcpy(&bytes[offset], data, size);
  }
  uint64_t current_pos() const override { return bytes.size(); }

  std::vector<std::byte> &bytes;
};

/// One net on its way to machine code.
struct Emission {
  LLVMContext context;
  std::unique_ptr<TargetMachine> machine;
  std::unique_ptr<Module> module;
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
static Error combine(ArrayRef<mlir::ModuleOp> modules, Emission &emission,
                     SmallVectorImpl<Function *> &mains) {
  SmallVector<std::unique_ptr<Module>> nets;
  for (mlir::ModuleOp module : modules) {
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
  }
  Expected<std::unique_ptr<Module>> linked = linkNets(nets, mains);
  if (!linked)
    return linked.takeError();
  emission.module = std::move(*linked);
  return readConstants(modules.back(), emission);
}

/// Translates, links, optimises: all that comes before the choice of a format.
static Error prepare(ArrayRef<mlir::ModuleOp> modules,
                     const TargetDescription &target, Emission &emission) {
  Expected<std::unique_ptr<TargetMachine>> machine =
      createTargetMachine(target);
  if (!machine)
    return machine.takeError();
  emission.machine = std::move(*machine);
  SmallVector<Function *> mains;
  if (Error error = combine(modules, emission, mains))
    return error;
  emission.module->setTargetTriple(Triple(target.triple));
  emission.module->setDataLayout(emission.machine->createDataLayout());
  emission.module->setPICLevel(PICLevel::BigPIC);

  if (Error error = declareConstants(emission))
    return error;
  setTargetAttributes(*emission.module, target);
  if (Error error = addInterface(*emission.module, emission.interface, mains,
                                 requiredCpuFeatures(*emission.machine)))
    return error;
  if (Error error = linkRuntime(*emission.module, target))
    return error;
  if (verifyModule(*emission.module, nullptr))
    return codeGenError("the net's LLVM IR is not valid");
  optimize(*emission.module, *emission.machine, emission.interface,
           target.optLevel);
  return Error::success();
}

/// Gives the constants an initialiser. Zeros in their place are marked as
/// "initialised externally", so that the code generator does not read them.
static void defineConstants(Emission &emission, bool asZeros) {
  GlobalVariable *constants =
      emission.module->getGlobalVariable(kConstantsName);
  if (!constants)
    return;
  constants->setLinkage(GlobalValue::InternalLinkage);
  if (asZeros) {
    constants->setInitializer(
        Constant::getNullValue(constants->getValueType()));
    constants->setExternallyInitialized(true);
    constants->setSection(kConstantsSection);
    return;
  }
  StringRef bytes(emission.constants.data(), emission.constants.size());
  Constant *data = ConstantDataArray::getRaw(bytes, bytes.size(),
                                             Type::getInt8Ty(emission.context));
  constants->setInitializer(data);
}

static Error emitFile(Emission &emission, raw_pwrite_stream &stream,
                      CodeGenFileType type) {
  legacy::PassManager passes;
  if (emission.machine->addPassesToEmitFile(passes, stream, nullptr, type))
    return codeGenError("LLVM cannot write this file type for the target");
  passes.run(*emission.module);
  return Error::success();
}

/// Puts the constants into their section, and makes sure that nothing is left
/// to be found at load time.
static Error finishObject(Emission &emission, std::vector<std::byte> &bytes) {
  StringRef text(reinterpret_cast<const char *>(bytes.data()), bytes.size());
  auto file =
      object::ObjectFile::createELFObjectFile(MemoryBufferRef(text, "object"));
  if (!file)
    return file.takeError();
  for (const object::ELFSymbolRef symbol : (*file)->symbols()) {
    Expected<uint32_t> flags = symbol.getFlags();
    Expected<StringRef> name = symbol.getName();
    if (!flags || !name)
      return joinErrors(flags.takeError(), name.takeError());
    if ((*flags & object::SymbolRef::SF_Undefined) && !name->empty())
      return codeGenError("the code needs '" + *name +
                          "', which an artifact does not have");
  }
  for (const object::SectionRef section : (*file)->sections()) {
    Expected<StringRef> name = section.getName();
    Expected<StringRef> contents = section.getContents();
    if (!name || !contents)
      return joinErrors(name.takeError(), contents.takeError());
    if (*name != kConstantsSection)
      continue;
    if (contents->size() != emission.constants.size())
      return codeGenError("the constants' section has the wrong size");
    std::memcpy(&bytes[contents->data() - text.data()],
                emission.constants.data(), contents->size());
  }
  return Error::success();
}

Expected<ObjectCode> emitObject(ArrayRef<mlir::ModuleOp> modules,
                                const TargetDescription &target) {
  Emission emission;
  if (Error error = prepare(modules, target, emission))
    return error;
  defineConstants(emission, /*asZeros=*/true);
  ObjectCode code;
  // One allocation in the end; else growing would hold the constants twice.
  code.bytes.reserve(emission.constants.size() + (1 << 20));
  VectorStream stream(code.bytes);
  if (Error error = emitFile(emission, stream, CodeGenFileType::ObjectFile))
    return error;
  if (Error error = finishObject(emission, code.bytes))
    return error;
  code.interface = std::move(emission.interface);
  return code;
}

Expected<std::string> emitCodeText(ArrayRef<mlir::ModuleOp> modules,
                                   const TargetDescription &target,
                                   CodeText form) {
  Emission emission;
  if (Error error = prepare(modules, target, emission))
    return error;
  defineConstants(emission, /*asZeros=*/false);
  if (form == CodeText::LLVMIR) {
    std::string text;
    raw_string_ostream stream(text);
    emission.module->print(stream, nullptr);
    return text;
  }
  std::vector<std::byte> bytes;
  VectorStream stream(bytes);
  if (Error error = emitFile(emission, stream, CodeGenFileType::AssemblyFile))
    return error;
  return std::string(reinterpret_cast<const char *>(bytes.data()),
                     bytes.size());
}

} // namespace kiln::cpu
