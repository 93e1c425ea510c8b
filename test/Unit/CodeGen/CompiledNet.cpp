//===- CompiledNet.cpp - Compiling and running IR text in unit tests ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CompiledNet.h"

#include "kiln/CodeGen/CPU/IR/CPU.h"
#include "kiln/CodeGen/CPU/Object.h"
#include "kiln/CodeGen/CPU/Pipelines.h"
#include "kiln/Runtime/Net.h"
#include "kiln/Support/HostTensor.h"
#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Target/LLVMIR/Dialect/All.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/Support/TargetSelect.h"

using namespace mlir;

namespace kiln::test {

static std::optional<cpu::ObjectCode>
compile(StringRef text, const cpu::TargetDescription &target,
        function_ref<void(ModuleOp)> prepare) {
  DialectRegistry registry;
  registerAllDialects(registry);
  registerAllExtensions(registry);
  registerAllToLLVMIRTranslations(registry);
  registry.insert<nn::NNDialect, cpu::CPUDialect>();
  Session session;
  session.context.appendDialectRegistry(registry);
  auto module = session.parse(text);
  if (!module) {
    ADD_FAILURE() << session.errors;
    return std::nullopt;
  }
  session.context.loadDialect<cpu::CPUDialect>();
  if (prepare)
    prepare(*module);
  PassManager manager(&session.context);
  cpu::buildLayoutPipeline(manager, target);
  cpu::buildKernelsPipeline(manager, target);
  if (failed(manager.run(*module))) {
    ADD_FAILURE() << session.errors << text.str();
    return std::nullopt;
  }
  auto object = cpu::emitObject(*module, target);
  if (object)
    return std::move(*object);
  ADD_FAILURE() << llvm::toString(object.takeError());
  return std::nullopt;
}

using RunFn = int(const int64_t *, const void *const *, void *const *, void *);

/// Runs `function` on host tensors made from `inputs`.
static std::vector<Tensor> call(RunFn *function, const NetInterface &interface,
                                ArrayRef<Tensor> inputs) {
  std::vector<HostTensor> arguments, results;
  std::vector<const void *> in;
  std::vector<void *> out;
  for (auto [tensor, input] : llvm::zip_equal(interface.inputs, inputs))
    arguments.push_back(
        HostTensor::fromDoubles(tensor.type, tensor.shape, input.data));
  for (const TensorInterface &tensor : interface.outputs)
    results.push_back(HostTensor::zeros(tensor.type, tensor.shape));
  // A tensor without elements needs a pointer that is not null all the same.
  for (HostTensor &argument : arguments) {
    argument.data.reserve(1);
    in.push_back(argument.data.data());
  }
  for (HostTensor &result : results) {
    result.data.reserve(1);
    out.push_back(result.data.data());
  }
  // Poison: a kernel that reads what nothing wrote shows as NaN.
  size_t bytes = std::max<int64_t>(
      interface.arenaBytes + interface.scratchBytes, KILN_ARENA_ALIGNMENT);
  void *arena = std::aligned_alloc(64, bytes);
  std::memset(arena, 0xff, bytes);
  EXPECT_EQ(function(nullptr, in.data(), out.data(), arena), 0);
  std::free(arena);
  std::vector<Tensor> tensors;
  for (HostTensor &result : results)
    tensors.push_back({result.shape, result.toDoubles()});
  return tensors;
}

std::vector<Tensor> runCompiled(StringRef text, ArrayRef<Tensor> inputs,
                                const cpu::TargetDescription &target,
                                function_ref<void(ModuleOp)> prepare) {
  std::optional<cpu::ObjectCode> code = compile(text, target, prepare);
  if (!code)
    return {};
  llvm::InitializeNativeTarget();
  llvm::InitializeNativeTargetAsmPrinter();
  auto jit = llvm::orc::LLJITBuilder().create();
  if (!jit) {
    ADD_FAILURE() << llvm::toString(jit.takeError());
    return {};
  }
  StringRef bytes(reinterpret_cast<const char *>(code->bytes.data()),
                  code->bytes.size());
  if (llvm::Error error =
          (*jit)->addObjectFile(llvm::MemoryBuffer::getMemBufferCopy(bytes))) {
    ADD_FAILURE() << llvm::toString(std::move(error));
    return {};
  }
  auto symbol = (*jit)->lookup(code->interface.identifier + "_run");
  if (!symbol) {
    ADD_FAILURE() << llvm::toString(symbol.takeError());
    return {};
  }
  return call(symbol->toPtr<RunFn>(), code->interface, inputs);
}

void expectCompiledNear(StringRef text, ArrayRef<Tensor> inputs,
                        double tolerance) {
  std::vector<Tensor> expected = interpretText(text, inputs);
  auto native = llvm::cantFail(cpu::describeTarget());
  auto narrow = native;
  narrow.vectorBits = 128;
  narrow.numVectorRegisters = 16;
  for (const auto &target : {native, narrow}) {
    SCOPED_TRACE("vectors of " + std::to_string(target.vectorBits) + " bits");
    std::vector<Tensor> actual = runCompiled(text, inputs, target);
    ASSERT_EQ(actual.size(), expected.size());
    for (auto [a, e] : llvm::zip_equal(actual, expected))
      expectNear(a, e, tolerance);
  }
}

} // namespace kiln::test
