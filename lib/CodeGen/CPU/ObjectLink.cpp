//===- ObjectLink.cpp - The parts of a net in one object ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// A net may carry hundreds of megabytes of constants. They go neither through
// LLVM IR nor through the linker: a section of a few bytes stands in their
// place, and is given its contents in the finished object.
//===----------------------------------------------------------------------===//

#include "ObjectStages.h"
#include "kiln/Support/LLD.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/IR/Constants.h"
#include "llvm/ObjCopy/ConfigManager.h"
#include "llvm/ObjCopy/ObjCopy.h"
#include "llvm/Object/ELFObjectFile.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

#include <cstring>

using namespace llvm;
using Elf = object::ELF64LE;

namespace kiln::cpu {

using llvm::Error; // not kiln::Error

static constexpr StringLiteral kConstantsSection = ".rodata.kiln_constants";
static constexpr uint64_t kAlignment = 64;

/// An object with nothing but the section that the constants will be in.
static Expected<ObjectBytes> makePlace(const TargetDescription &target) {
  Expected<std::unique_ptr<TargetMachine>> machine =
      createTargetMachine(target);
  if (!machine)
    return machine.takeError();
  LLVMContext context;
  Module module("constants", context);
  module.setTargetTriple(Triple(target.triple));
  module.setDataLayout((*machine)->createDataLayout());
  // One byte: a symbol must not end behind its section.
  auto *type = ArrayType::get(Type::getInt8Ty(context), 1);
  auto *place = new GlobalVariable(
      module, type, /*isConstant=*/true, GlobalValue::ExternalLinkage,
      Constant::getNullValue(type), kConstantsName);
  place->setVisibility(GlobalValue::HiddenVisibility);
  place->setSection(kConstantsSection);
  place->setAlignment(Align(kAlignment));
  ObjectBytes bytes;
  raw_svector_ostream stream(bytes);
  if (Error error =
          emitFile(module, **machine, stream, CodeGenFileType::ObjectFile))
    return std::move(error);
  return bytes;
}

static Error fileError(const Twine &name, std::error_code error) {
  return codeGenError("temporary file '" + name + "': " + error.message());
}

/// `ld -r` of the parts. LLD reads and writes files only.
static Expected<std::unique_ptr<MemoryBuffer>>
linkRelocatable(ArrayRef<ObjectBytes> parts) {
  SmallString<128> folder;
  if (std::error_code error = sys::fs::createUniqueDirectory("kiln", folder))
    return fileError("kiln-*", error);
  auto cleanUp = scope_exit([&] { (void)sys::fs::remove_directories(folder); });
  std::string output = (folder + "/net.o").str();
  std::vector<std::string> names;
  for (auto [i, bytes] : enumerate(parts)) {
    names.push_back((folder + "/" + Twine(i) + ".o").str());
    std::error_code error;
    raw_fd_ostream file(names.back(), error, sys::fs::OF_None);
    file << StringRef(bytes.data(), bytes.size());
    file.close();
    if (file.has_error()) {
      error = file.error();
      file.clear_error();
    }
    if (error)
      return fileError(names.back(), error);
  }
  SmallVector<const char *> arguments = {"-r", "--threads=1", "-o",
                                         output.c_str()};
  for (const std::string &name : names)
    arguments.push_back(name.c_str());
  if (Result<void> linked = runLLD(arguments); !linked)
    return createStringError(linked.error().text());
  auto buffer = MemoryBuffer::getFile(output, /*IsText=*/false,
                                      /*RequiresNullTerminator=*/false);
  if (!buffer)
    return fileError(output, buffer.getError());
  return std::move(*buffer);
}

/// Makes local what only the parts show each other: objects of two nets go into
/// one program.
static Error localizeHidden(MemoryBufferRef object, raw_ostream &stream) {
  auto file = object::ObjectFile::createELFObjectFile(object);
  if (!file)
    return file.takeError();
  objcopy::ConfigManager config;
  config.ELF.LocalizeHidden = true;
  return objcopy::executeObjcopyOnBinary(config, **file, stream);
}

/// Libc's functions for the pool of threads: an artifact can do without.
static bool isOptional(StringRef name, const Elf::Sym &symbol) {
  static constexpr StringLiteral kNames[] = {"pthread_create", "pthread_join",
                                             "aligned_alloc", "free"};
  return symbol.getBinding() == ELF::STB_WEAK && is_contained(kNames, name);
}

static Error checkDefined(const object::ELFFile<Elf> &file) {
  Expected<Elf::ShdrRange> sections = file.sections();
  if (!sections)
    return sections.takeError();
  for (const Elf::Shdr &section : *sections) {
    if (section.sh_type != ELF::SHT_SYMTAB)
      continue;
    Expected<StringRef> names = file.getStringTableForSymtab(section);
    Expected<Elf::SymRange> symbols = file.symbols(&section);
    if (!names || !symbols)
      return joinErrors(names.takeError(), symbols.takeError());
    for (const Elf::Sym &symbol : *symbols) {
      Expected<StringRef> name = symbol.getName(*names);
      if (!name)
        return name.takeError();
      if (symbol.isUndefined() && !name->empty() && !isOptional(*name, symbol))
        return codeGenError("the code needs '" + *name +
                            "', which an artifact does not have");
    }
  }
  return Error::success();
}

/// The headers of the section and of the symbol that stand for the constants,
/// as offsets into the object.
static Error placeConstants(std::vector<std::byte> &bytes, uint64_t objectSize,
                            ArrayRef<char> constants) {
  StringRef text(reinterpret_cast<const char *>(bytes.data()), objectSize);
  Expected<object::ELFFile<Elf>> file = object::ELFFile<Elf>::create(text);
  if (!file)
    return file.takeError();
  if (Error error = checkDefined(*file))
    return error;
  if (constants.empty())
    return Error::success();
  Expected<Elf::ShdrRange> sections = file->sections();
  if (!sections)
    return sections.takeError();
  for (const Elf::Shdr &section : *sections) {
    Expected<StringRef> name = file->getSectionName(section);
    if (!name)
      return name.takeError();
    if (*name != kConstantsSection)
      continue;
    auto *header = reinterpret_cast<Elf::Shdr *>(
        &bytes[reinterpret_cast<const char *>(&section) - text.data()]);
    header->sh_offset = bytes.size() - constants.size();
    header->sh_size = constants.size();
    std::memcpy(&bytes[header->sh_offset], constants.data(), constants.size());
    return Error::success();
  }
  return codeGenError("the object has no place for the constants");
}

Expected<std::vector<std::byte>> linkParts(std::vector<ObjectBytes> parts,
                                           ArrayRef<char> constants,
                                           const TargetDescription &target) {
  if (!constants.empty()) {
    Expected<ObjectBytes> place = makePlace(target);
    if (!place)
      return place.takeError();
    parts.push_back(std::move(*place));
  }
  Expected<std::unique_ptr<MemoryBuffer>> linked = linkRelocatable(parts);
  if (!linked)
    return linked.takeError();
  ObjectBytes object;
  raw_svector_ostream stream(object);
  if (Error error = localizeHidden((*linked)->getMemBufferRef(), stream))
    return std::move(error);
  uint64_t start = alignTo(object.size(), kAlignment);
  std::vector<std::byte> bytes(constants.empty() ? object.size()
                                                 : start + constants.size());
  std::memcpy(bytes.data(), object.data(), object.size());
  if (Error error = placeConstants(bytes, object.size(), constants))
    return std::move(error);
  return bytes;
}

} // namespace kiln::cpu
