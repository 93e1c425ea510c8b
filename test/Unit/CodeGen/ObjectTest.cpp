//===- ObjectTest.cpp - From the LLVM dialect to machine code ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TestNet.h"
#include "mlir/IR/AsmState.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/Object/ELFObjectFile.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <set>
#include <sys/resource.h>

using namespace kiln;
using namespace kiln::test;

namespace {

cpu::ObjectCode compiled(const std::string &identifier) {
  auto code = compileTestNet(identifier);
  if (!code) {
    ADD_FAILURE() << llvm::toString(code.takeError());
    return {};
  }
  return std::move(*code);
}

std::unique_ptr<llvm::object::ObjectFile> open(const cpu::ObjectCode &code) {
  llvm::StringRef bytes(reinterpret_cast<const char *>(code.bytes.data()),
                        code.bytes.size());
  return llvm::cantFail(llvm::object::ObjectFile::createELFObjectFile(
      llvm::MemoryBufferRef(bytes, "object")));
}

/// The error's text, or nothing where there is an object.
std::string failure(const std::string &text,
                    const std::string &triple = "x86_64-unknown-linux-gnu") {
  mlir::MLIRContext context;
  auto module = parse(context, text);
  if (!module)
    return "does not parse";
  auto target = cpu::describeTarget(triple, "generic");
  if (!target)
    return llvm::toString(target.takeError());
  auto code = cpu::emitObject(*module, *target);
  return code ? "" : llvm::toString(code.takeError());
}

std::string replaced(std::string text, const std::string &from,
                     const std::string &to) {
  size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

} // namespace

TEST(Object, OnlyTheInterfaceIsGlobal) {
  cpu::ObjectCode code = compiled("odd");
  std::set<std::string> globals, wanted;
  auto file = open(code);
  for (const llvm::object::SymbolRef &symbol : file->symbols()) {
    uint32_t flags = llvm::cantFail(symbol.getFlags());
    llvm::StringRef name = llvm::cantFail(symbol.getName());
    if (flags & llvm::object::SymbolRef::SF_Undefined && !name.empty()) {
      EXPECT_TRUE(flags & llvm::object::SymbolRef::SF_Weak) << name.str();
      wanted.insert(name.str());
    } else if (flags & llvm::object::SymbolRef::SF_Global) {
      globals.insert(name.str());
    }
  }
  // For the pool, which does without where there are none.
  EXPECT_EQ(wanted, (std::set<std::string>{"aligned_alloc", "free",
                                           "pthread_create", "pthread_join"}));
  const std::set<std::string> expected = {
      "odd_abi_version",  "odd_num_inputs",  "odd_num_outputs",
      "odd_input_name",   "odd_input_rank",  "odd_input_shape",
      "odd_input_type",   "odd_output_name", "odd_output_rank",
      "odd_output_shape", "odd_output_type", "odd_num_shapes",
      "odd_shape_dims",   "odd_output_dims", "odd_arena_size",
      "odd_error_text",   "odd_run",         "odd_arena_size_for",
      "odd_run_with",     "odd_pool_create", "odd_pool_executor",
      "odd_pool_destroy"};
  EXPECT_EQ(globals, expected);
}

TEST(Object, StackIsNotExecutable) {
  cpu::ObjectCode code = compiled("odd");
  bool found = false;
  auto file = open(code);
  for (const llvm::object::SectionRef &section : file->sections())
    if (llvm::cantFail(section.getName()) == ".note.GNU-stack") {
      found = true;
      EXPECT_FALSE(llvm::object::ELFSectionRef(section).getFlags() &
                   llvm::ELF::SHF_EXECINSTR);
    }
  EXPECT_TRUE(found);
}

TEST(Object, SameModuleGivesSameBytes) {
  EXPECT_EQ(compiled("odd").bytes, compiled("odd").bytes);
}

TEST(Object, InterfaceIsRead) {
  NetInterface net = compiled("odd").interface;
  EXPECT_EQ(net.identifier, "odd");
  EXPECT_EQ(net.arenaBytes, kArenaBytes);
  ASSERT_EQ(net.inputs.size(), 1u);
  EXPECT_EQ(net.inputs[0].name, kInputName);
  EXPECT_EQ(net.inputs[0].shape, (std::vector<int64_t>{1, 37}));
  ASSERT_EQ(net.outputs.size(), 2u);
  EXPECT_EQ(net.outputs[1].type, ElementType::F32);
  ASSERT_EQ(net.served.size(), 1u);
  EXPECT_FALSE(net.served[0].inputs[0].isBatched);
}

TEST(Object, OpenBatchIsRead) {
  mlir::MLIRContext context;
  auto module = parse(context, replaced(testNetText("odd", 0),
                                        "shape = array<i64: 1, 37>}",
                                        "shape = array<i64: 1, 37>, batched}"));
  ASSERT_TRUE(module);
  NetInterface net = llvm::cantFail(cpu::readNetInterface(*module));
  EXPECT_EQ(net.inputs[0].shape, (std::vector<int64_t>{-1, 37}));
  EXPECT_TRUE(net.served[0].inputs[0].isBatched);
  EXPECT_EQ(net.served[0].inputs[0].dims, (std::vector<int64_t>{1, 37}));
  EXPECT_FALSE(net.served[0].outputs[0].isBatched);
}

TEST(Object, NetsForSeveralShapesDifferInShapesAlone) {
  mlir::MLIRContext context;
  std::string text = testNetText("odd", 0);
  auto read = [&](const std::string &from, const std::string &to) {
    auto module = parse(context, replaced(text, from, to));
    return llvm::cantFail(cpu::readNetInterface(*module));
  };
  NetInterface net = read("i64: 1, 37>}", "i64: 1, 37>}");
  EXPECT_FALSE(
      cpu::mergeNetInterface(net, read("i64: 1, 37>}", "i64: 2, 37>}")));
  EXPECT_EQ(net.inputs[0].shape, (std::vector<int64_t>{-1, 37}));
  EXPECT_EQ(net.served.size(), 2u);
  for (const char *other :
       {"{name = \"y\", type = f64", "{name = \"z\", type = f32"}) {
    llvm::Error error =
        cpu::mergeNetInterface(net, read("{name = \"y\", type = f32", other));
    EXPECT_NE(llvm::toString(std::move(error)).find("differ in name, type"),
              std::string::npos);
  }
}

// Both nets' code is there, and the second one's constants, of which the first
// knows the beginning, once.
TEST(Object, SeveralNetsShareConstants) {
  mlir::MLIRContext context;
  auto first = parse(context, testNetText("odd", 0));
  auto second =
      parse(context, replaced(testNetText("odd", 0), "1, 37>}", "37>}"));
  second->getOperation()->setAttr(
      "kiln.interface", first->getOperation()->getAttr("kiln.interface"));
  auto target = llvm::cantFail(cpu::describeTarget("", ""));
  size_t one = llvm::cantFail(cpu::emitObject(*first, target)).bytes.size();
  cpu::ObjectCode both =
      llvm::cantFail(cpu::emitObject({*first, *second}, target));
  EXPECT_EQ(both.interface.served.size(), 2u);
  EXPECT_GT(both.bytes.size(), one);
  auto file = open(both);
  size_t sections = 0;
  for (const llvm::object::SectionRef &section : file->sections())
    if (llvm::cantFail(section.getName()) == ".rodata.kiln_constants") {
      ++sections;
      EXPECT_EQ(section.getSize(), 4 * kSize);
    }
  EXPECT_EQ(sections, 1u);
}

// The runtime's exp works in f64: four lanes of a 256-bit register.
TEST(Object, RuntimeIsInlinedAndVectorised) {
  mlir::MLIRContext context;
  auto module = parse(context, testNetText("odd", 0));
  auto target = llvm::cantFail(
      cpu::describeTarget("x86_64-unknown-linux-gnu", "x86-64-v3"));
  std::string text =
      llvm::cantFail(cpu::emitCodeText(*module, target, cpu::CodeText::LLVMIR));
  size_t main = text.find("@kiln_main_image("), end = text.find("\n}", main);
  ASSERT_NE(main, std::string::npos);
  std::string body = text.substr(main, end - main);
  EXPECT_NE(body.find("fmul <4 x double>"), std::string::npos) << body;
  EXPECT_EQ(body.find("@kiln_expf"), std::string::npos) << body;
}

// What runs before the CPU is checked must run on any CPU.
TEST(Object, InterfaceIsBaselineCode) {
  mlir::MLIRContext context;
  auto module = parse(context, testNetText("odd", 0));
  auto target =
      llvm::cantFail(cpu::describeTarget("x86_64-unknown-linux-gnu", "znver4"));
  std::string text =
      llvm::cantFail(cpu::emitCodeText(*module, target, cpu::CodeText::LLVMIR));
  auto cpuOf = [&](llvm::StringRef function) {
    llvm::StringRef rest = llvm::StringRef(text).split(function).second;
    llvm::StringRef group = rest.split('#').second.take_while(llvm::isDigit);
    llvm::StringRef attributes =
        llvm::StringRef(text)
            .split(("attributes #" + group + " = {").str())
            .second.split('}')
            .first;
    return attributes.split("\"target-cpu\"=\"").second.split('"').first.str();
  };
  for (const char *name : {"abi_version", "input_shape", "arena_size",
                           "error_text", "run", "run_with", "pool_create"})
    EXPECT_EQ(cpuOf(std::string("@odd_") + name + "("), "x86-64") << name;
  // Functions of the runtime's own that these use, by pointer.
  for (const char *name : {"@parallelFor(", "@runThread("})
    EXPECT_EQ(cpuOf(name), "x86-64") << name;
  EXPECT_EQ(cpuOf("void @kiln_main_image("), "znver4");
  EXPECT_EQ(cpuOf("ptr @memcpy("), "znver4");
}

TEST(Object, AssemblyHoldsTheConstants) {
  mlir::MLIRContext context;
  auto module = parse(context, testNetText("odd", -3.0f));
  auto target =
      llvm::cantFail(cpu::describeTarget("x86_64-unknown-linux-gnu", "x86-64"));
  std::string text = llvm::cantFail(
      cpu::emitCodeText(*module, target, cpu::CodeText::Assembly));
  EXPECT_NE(text.find("odd_run:"), std::string::npos);
  // -3.0f is 0xc0400000: @ is 0x40, and 300 octal is 0xc0.
  EXPECT_NE(text.find("@\\300"), std::string::npos);
}

TEST(Object, OtherArchitectures) {
  EXPECT_EQ(failure(testNetText("odd", 0), "aarch64-unknown-linux-gnu"), "");
  EXPECT_NE(
      failure(testNetText("odd", 0), "i686-unknown-linux-gnu").find("K0500"),
      std::string::npos);
  EXPECT_NE(failure(testNetText("odd", 0), "x86_64-apple-darwin").find("K0500"),
            std::string::npos);
}

TEST(Object, WhatIsMissingIsNamed) {
  const std::string good = testNetText("odd", 0);
  auto expectError = [&](const std::string &from, const std::string &to,
                         const std::string &message) {
    std::string error = failure(replaced(good, from, to));
    EXPECT_EQ(error.substr(0, 7), "K0501: ") << error;
    EXPECT_NE(error.find(message), std::string::npos) << error;
  };
  expectError("kiln.interface", "kiln.other", "kernels phase");
  expectError("name = \"odd\"", "name = \"not an id\"", "malformed");
  expectError("type = f32", "type = f80", "malformed");
  expectError("1, 37>", "1, -37>", "malformed");
  expectError("@kiln_main", "@other_main", "defines no kiln_main");
  expectError("outputs = [{",
              "outputs = [{name = \"z\", type = f64, "
              "shape = array<i64>}, {",
              "one pointer for each");
  expectError("array<148 x i8>", "array<152 x i8>", "differ in their size");
}

TEST(Object, UndefinedSymbolIsAnError) {
  std::string text = testNetText("odd", 0);
  text = replaced(text, "llvm.func @kiln_expf", "llvm.func @foreign");
  text = replaced(text, "llvm.call @kiln_expf", "llvm.call @foreign");
  std::string error = failure(text);
  EXPECT_NE(error.find("K0501: the code needs 'foreign'"), std::string::npos)
      << error;
}

// Beside the constants themselves there is the object, and nothing else that
// grows with them.
TEST(Object, LargeConstantsAreHeldOnce) {
  constexpr int64_t size = 96 << 20;
  mlir::MLIRContext context;
  std::string text = testNetText("odd", 0);
  text = replaced(text, "array<148 x i8>", "array<100663296 x i8>");
  auto module = parse(context, text);
  ASSERT_TRUE(module);
  auto type =
      mlir::RankedTensorType::get({size}, mlir::IntegerType::get(&context, 8));
  mlir::AsmResourceBlob blob =
      mlir::HeapAsmResourceBlob::allocate(size, /*align=*/64);
  std::memset(blob.getMutableData().data(), 'k', size);
  (*module)->setAttr("kiln.constants", mlir::DenseResourceElementsAttr::get(
                                           type, "weights", std::move(blob)));
  auto peak = [] {
    rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return int64_t(usage.ru_maxrss) * 1024;
  };
  int64_t before = peak();
  auto target = llvm::cantFail(cpu::describeTarget());
  auto code = cpu::emitObject(*module, target);
  ASSERT_TRUE(bool(code)) << llvm::toString(code.takeError());
  EXPECT_GE(code->bytes.size(), size_t(size));
  EXPECT_GE(std::count(code->bytes.begin(), code->bytes.end(), std::byte('k')),
            size);
  EXPECT_LT(peak() - before, size * 3 / 2);
}
