//===- PartitionTest.cpp - Compiling a net in parts ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TestNet.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/Object/ELFObjectFile.h"
#include "llvm/Support/TargetSelect.h"

#include <gtest/gtest.h>
#include <map>

using namespace kiln;
using namespace kiln::test;

namespace {

constexpr int kKernels = 5;

/// Kernel k adds 1200 + k to y (x at first) in many steps; counts in a variable
/// that all share, or in e; and writes exp of the count to e. Two of them fit
/// into one part.
std::string netOfKernels(bool withState = true) {
  std::string text = R"mlir(
module attributes {kiln.arena_bytes = 0 : i64, kiln.scratch_bytes = 0 : i64,
    kiln.interface = {name = "many",
    inputs = [{name = "x", type = f32, shape = array<i64: 1>}],
    outputs = [{name = "y", type = f32, shape = array<i64: 1>},
               {name = "e", type = f32, shape = array<i64: 1>}]}} {
  llvm.func @kiln_expf(f32) -> f32
)mlir";
  std::string counter =
      "llvm.getelementptr %e[0] : (!llvm.ptr) -> !llvm.ptr, f32";
  if (withState) {
    text += "llvm.mlir.global internal @state(0.0 : f32) : f32\n";
    counter = "llvm.mlir.addressof @state : !llvm.ptr";
  }
  for (int k = 0; k < kKernels; ++k) {
    text += "llvm.func internal @kernel_" + std::to_string(k) +
            "(%x: !llvm.ptr, %y: !llvm.ptr, %e: !llvm.ptr) attributes "
            "{passthrough = [\"noinline\"]} {\n"
            "  %one = llvm.mlir.constant(1.0 : f32) : f32\n"
            "  %k = llvm.mlir.constant(" +
            std::to_string(k) + ".0 : f32) : f32\n  %s = " + counter +
            "\n"
            "  %c = llvm.load volatile %s : !llvm.ptr -> f32\n"
            "  %n = llvm.fadd %c, %one : f32\n"
            "  llvm.store volatile %n, %s : f32, !llvm.ptr\n"
            "  %exp = llvm.call @kiln_expf(%n) : (f32) -> f32\n"
            "  llvm.store %exp, %e : f32, !llvm.ptr\n"
            "  %xk = llvm.load %x : !llvm.ptr -> f32\n"
            "  %v0 = llvm.fadd %xk, %k : f32\n";
    for (int i = 0; i < 1200; ++i)
      text += "  %v" + std::to_string(i + 1) + " = llvm.fadd %v" +
              std::to_string(i) + ", %one : f32\n";
    text += "  llvm.store %v1200, %y : f32, !llvm.ptr\n  llvm.return\n}\n";
  }
  text += "llvm.func @kiln_main(%x: !llvm.ptr, %y: !llvm.ptr, %e: !llvm.ptr, "
          "%a: !llvm.ptr, %run: !llvm.ptr) {\n";
  for (int k = 0; k < kKernels; ++k)
    text += "  llvm.call @kernel_" + std::to_string(k) +
            (k == 0 ? "(%x" : "(%y") +
            ", %y, %e) : (!llvm.ptr, !llvm.ptr, !llvm.ptr) -> ()\n";
  return text + "  llvm.return\n}\n}\n";
}

cpu::ObjectCode compiled(unsigned threads) {
  mlir::MLIRContext context;
  auto module = parse(context, netOfKernels());
  auto target = llvm::cantFail(cpu::describeTarget());
  auto code = cpu::emitObject(*module, target, threads);
  if (code)
    return std::move(*code);
  ADD_FAILURE() << llvm::toString(code.takeError());
  return {};
}

llvm::StringRef text(const cpu::ObjectCode &code) {
  return {reinterpret_cast<const char *>(code.bytes.data()), code.bytes.size()};
}

/// How often each symbol is there. Only those of the interface may be global.
std::map<std::string, int> countSymbols(const cpu::ObjectCode &code) {
  auto file = llvm::cantFail(llvm::object::ObjectFile::createELFObjectFile(
      llvm::MemoryBufferRef(text(code), "object")));
  std::map<std::string, int> counts;
  for (const llvm::object::ELFSymbolRef symbol : file->symbols()) {
    std::string name = llvm::cantFail(symbol.getName()).str();
    ++counts[name];
    uint32_t flags = llvm::cantFail(symbol.getFlags());
    if ((flags & llvm::object::SymbolRef::SF_Global) &&
        !(flags & llvm::object::SymbolRef::SF_Undefined))
      EXPECT_EQ(name.substr(0, 5), "many_");
  }
  return counts;
}

} // namespace

TEST(Partition, CodeDoesNotDependOnThreads) {
  cpu::ObjectCode one = compiled(1);
  for (unsigned threads : {2, 3, 0})
    EXPECT_EQ(one.bytes, compiled(threads).bytes) << threads;
}

// Kernels, and what has state, are there once and not to be seen from outside.
TEST(Partition, NothingIsThereTwice) {
  std::map<std::string, int> counts = countSymbols(compiled(2));
  EXPECT_EQ(counts["state"], 1);
  EXPECT_EQ(counts["memcpy"], 1);
  for (int k = 0; k < kKernels; ++k)
    EXPECT_EQ(counts["kernel_" + std::to_string(k)], 1) << k;
  // Inlined into each part.
  EXPECT_EQ(counts["kiln_expf"], 0);
}

// Nets for two sets of shapes have most kernels in common.
TEST(Partition, NetsShareKernels) {
  mlir::MLIRContext context;
  std::string text = netOfKernels(/*withState=*/false);
  auto first = parse(context, text), second = parse(context, text);
  auto target = llvm::cantFail(cpu::describeTarget());
  cpu::ObjectCode code =
      llvm::cantFail(cpu::emitObject({*first, *second}, target));
  std::map<std::string, int> counts = countSymbols(code);
  int kernels = 0;
  for (const auto &[name, count] : counts)
    if (llvm::StringRef(name).starts_with("kernel_"))
      kernels += count;
  EXPECT_EQ(kernels, kKernels);
}

TEST(Partition, PartsWorkTogether) {
  llvm::InitializeNativeTarget();
  llvm::InitializeNativeTargetAsmPrinter();
  cpu::ObjectCode code = compiled(2);
  auto jit = llvm::cantFail(llvm::orc::LLJITBuilder().create());
  llvm::cantFail(jit->addObjectFile(
      llvm::MemoryBuffer::getMemBufferCopy(text(code), "many")));
  auto *run = llvm::cantFail(jit->lookup("many_run"))
                  .toPtr<int(const int64_t *, const void *const *,
                             void *const *, void *)>();
  float x = 3, y = 0, e = 0;
  const void *inputs[] = {&x};
  void *outputs[] = {&y, &e};
  ASSERT_EQ(run(nullptr, inputs, outputs, nullptr), 0);
  EXPECT_EQ(y, 3 + 1200 * kKernels + (0 + 1 + 2 + 3 + 4));
  EXPECT_NEAR(e, 148.413159f, 1e-4); // exp(5): five kernels have counted
}
