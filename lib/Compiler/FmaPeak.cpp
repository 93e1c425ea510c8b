//===- FmaPeak.cpp - How much arithmetic a core can do ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "kiln/Compiler/FmaPeak.h"

#include "LLVMErrors.h"
#include "kiln/CodeGen/CPU/Object.h"
#include "kiln/Compiler/Artifact.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

#include <chrono>

namespace kiln {

static constexpr int64_t kIterations = 20000;
static constexpr int kSlices = 40;

/// One accumulator's text for each of `count`, `separator` between.
template <typename Make>
static std::string each(unsigned count, const char *separator, Make make) {
  std::vector<std::string> parts;
  for (unsigned i = 0; i < count; ++i)
    parts.push_back(make(std::to_string(i)));
  return llvm::join(parts, separator);
}

/// A net `v = v * x[0] + x[1]`, kIterations times for `count` vectors that
/// begin differently, as the kernels phase would leave it. Its output is their
/// sum.
static std::string netText(int64_t lanes, unsigned count) {
  std::string vector = llvm::formatv("vector<{0}xf32>", lanes);
  auto name = [](const char *prefix) {
    return [prefix](const std::string &i) { return prefix + i; };
  };
  auto typed = [&](const std::string &) { return vector; };
  std::string text = llvm::formatv(R"mlir(
module attributes {{kiln.arena_bytes = 0 : i64, kiln.scratch_bytes = 0 : i64,
    kiln.interface = {{name = "peak",
      inputs = [{{name = "x", type = f32, shape = array<i64: {0}>}],
      outputs = [{{name = "y", type = f32, shape = array<i64: {1}>}]}} {{
  llvm.func @kiln_main(%x: !llvm.ptr, %y: !llvm.ptr, %arena: !llvm.ptr,
                       %run: !llvm.ptr) {{
    %zero = llvm.mlir.constant(0 : i64) : i64
    %one = llvm.mlir.constant(1 : i64) : i64
    %n = llvm.mlir.constant({2} : i64) : i64
    %bs = llvm.getelementptr %x[{1}] : (!llvm.ptr) -> !llvm.ptr, f32
    %a = llvm.load %x {{alignment = 4 : i64} : !llvm.ptr -> {3}
    %b = llvm.load %bs {{alignment = 4 : i64} : !llvm.ptr -> {3}
)mlir",
                                   2 * lanes, lanes, kIterations, vector);
  text += each(count, "\n", [&](const std::string &i) {
    return "%k" + i + " = llvm.mlir.constant(dense<" + i + ".0> : " + vector +
           ") : " + vector + "\n%s" + i + " = llvm.fmul %a, %k" + i + " : " +
           vector;
  });
  text += "\nllvm.br ^loop(%zero, " + each(count, ", ", name("%s")) +
          " : i64, " + each(count, ", ", typed) + ")\n^loop(%i: i64, " +
          each(count, ", ",
               [&](const std::string &i) { return "%v" + i + ": " + vector; }) +
          "):\n";
  text += each(count, "\n", [&](const std::string &i) {
    return "%w" + i + " = llvm.intr.fmuladd(%v" + i + ", %a, %b) : (" + vector +
           ", " + vector + ", " + vector + ") -> " + vector;
  });
  text += "\n%i1 = llvm.add %i, %one : i64\n"
          "%more = llvm.icmp \"slt\" %i1, %n : i64\n"
          "llvm.cond_br %more, ^loop(%i1, " +
          each(count, ", ", name("%w")) + " : i64, " +
          each(count, ", ", typed) +
          "), ^done\n^done:\n%r0 = llvm.fadd %w0, %b : " + vector + "\n";
  for (unsigned i = 1; i < count; ++i)
    text += llvm::formatv("%r{0} = llvm.fadd %r{1}, %w{0} : {2}\n", i, i - 1,
                          vector);
  text += llvm::formatv("llvm.store %r{0}, %y {{alignment = 4 : i64} : {1}, "
                        "!llvm.ptr\nllvm.return\n}\n}\n",
                        count - 1, vector);
  return text;
}

static Result<Artifact> compileProbe(const cpu::TargetDescription &target,
                                     int64_t lanes, unsigned count) {
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  context.loadDialect<mlir::LLVM::LLVMDialect>();
  auto module =
      mlir::parseSourceString<mlir::ModuleOp>(netText(lanes, count), &context);
  if (!module)
    return Error{ErrorCode::Internal, "the probe of the FMA peak is not valid"};
  llvm::Expected<cpu::ObjectCode> code =
      cpu::emitObject(*module, target, /*numThreads=*/1);
  if (!code)
    return toError(code.takeError(), ErrorCode::CodeGenFailed);
  return Artifact(std::move(code->bytes), std::move(code->interface));
}

static Result<double> measure(const cpu::TargetDescription &target) {
  int64_t lanes = target.lanes(32);
  // Two registers hold the factors; ten chains hide four cycles at two a cycle.
  unsigned count = target.numVectorRegisters >= 32 ? 24 : 12;
  Result<Artifact> probe = compileProbe(target, lanes, count);
  if (!probe)
    return probe.error();
  Result<std::unique_ptr<LoadedNet>> net = probe->load();
  if (!net)
    return net.error();
  // v = v / 2 + 1/4 goes to 1/2: no number on the way is slow.
  std::vector<double> factors(2 * lanes, 0.5);
  std::fill(factors.begin() + lanes, factors.end(), 0.25);
  std::vector<HostTensor> inputs = {
      HostTensor::fromDoubles(ElementType::F32, {2 * lanes}, factors)};
  double best = 0;
  for (int i = 0; i < kSlices; ++i) {
    auto start = std::chrono::steady_clock::now();
    Result<std::vector<HostTensor>> outputs = (*net)->run(inputs);
    std::chrono::duration<double> passed =
        std::chrono::steady_clock::now() - start;
    if (!outputs)
      return outputs.error();
    best = std::max(best, 2.0 * static_cast<double>(kIterations * lanes) *
                              count / passed.count());
  }
  return best;
}

Result<double> measureFmaPeak(const TargetOptions &options) {
  llvm::Expected<std::vector<cpu::TargetDescription>> targets =
      cpu::describeTargets(options.triple, options.cpu, options.features,
                           options.optLevel);
  if (!targets)
    return toError(targets.takeError(), ErrorCode::UnsupportedTarget);
  // As an artifact does: the first that this CPU runs.
  Result<double> peak = Error{};
  for (const cpu::TargetDescription &target : *targets) {
    peak = measure(target);
    if (peak || peak.error().code != ErrorCode::UnsupportedTarget)
      break;
  }
  return peak;
}

} // namespace kiln
