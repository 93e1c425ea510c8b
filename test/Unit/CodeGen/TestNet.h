//===- TestNet.h - A small net in the LLVM dialect ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// What the kernels phase would leave for two outputs over 37 floats:
//   y[i] = 2 * x[i] + c[i]   (2 * x goes through the arena; c is a constant)
//   e[i] = exp(x[i])
// so that constants, arena, runtime and several pointers all count.
//===----------------------------------------------------------------------===//

#ifndef KILN_TEST_UNIT_CODEGEN_TESTNET_H
#define KILN_TEST_UNIT_CODEGEN_TESTNET_H

#include "kiln/CodeGen/CPU/Object.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Parser/Parser.h"
#include "llvm/ADT/StringExtras.h"

#include <cstring>
#include <string>

namespace kiln::test {

inline constexpr int64_t kSize = 37;
inline constexpr int64_t kArenaBytes = 192;

/// The constant c of a net; `shift` tells two nets apart.
inline float constantAt(int64_t i, float shift) {
  return 0.25f * static_cast<float>(i) + shift;
}

/// A name that must be escaped wherever it lands.
inline constexpr const char *kInputName = "x \"*/?"
                                          "?/\n\\";

inline std::string testNetText(const std::string &identifier, float shift) {
  std::string constants;
  for (int64_t i = 0; i < kSize; ++i) {
    float value = constantAt(i, shift);
    char bytes[4];
    std::memcpy(bytes, &value, 4);
    constants += llvm::toHex(llvm::StringRef(bytes, 4));
  }
  return R"mlir(
module attributes {
  kiln.arena_bytes = 192 : i64,
  kiln.scratch_bytes = 0 : i64,
  kiln.constants = dense<"0x)mlir" +
         constants + R"mlir("> : tensor<148xi8>,
  kiln.interface = {
    name = ")mlir" +
         identifier + R"mlir(",
    inputs = [{name = "x \22*/??/\0A\\", type = f32, shape = array<i64: 1, 37>}],
    outputs = [{name = "y", type = f32, shape = array<i64: 37>},
               {name = "e", type = f32, shape = array<i64: 37, 1>}]}} {
  llvm.mlir.global external constant @kiln_constants() : !llvm.array<148 x i8>
  llvm.func @kiln_expf(f32) -> f32
  llvm.func @kiln_main(%x: !llvm.ptr, %y: !llvm.ptr, %e: !llvm.ptr,
                       %arena: !llvm.ptr, %run: !llvm.ptr) {
    %c = llvm.mlir.addressof @kiln_constants : !llvm.ptr
    %zero = llvm.mlir.constant(0 : i64) : i64
    %one = llvm.mlir.constant(1 : i64) : i64
    %n = llvm.mlir.constant(37 : i64) : i64
    %two = llvm.mlir.constant(2.0 : f32) : f32
    llvm.br ^first(%zero : i64)
  ^first(%i: i64):
    %xi = llvm.getelementptr %x[%i] : (!llvm.ptr, i64) -> !llvm.ptr, f32
    %ai = llvm.getelementptr %arena[%i] : (!llvm.ptr, i64) -> !llvm.ptr, f32
    %ei = llvm.getelementptr %e[%i] : (!llvm.ptr, i64) -> !llvm.ptr, f32
    %v = llvm.load %xi : !llvm.ptr -> f32
    %double = llvm.fmul %v, %two : f32
    llvm.store %double, %ai : f32, !llvm.ptr
    %exp = llvm.call @kiln_expf(%v) : (f32) -> f32
    llvm.store %exp, %ei : f32, !llvm.ptr
    %i1 = llvm.add %i, %one : i64
    %more = llvm.icmp "slt" %i1, %n : i64
    llvm.cond_br %more, ^first(%i1 : i64), ^second(%zero : i64)
  ^second(%j: i64):
    %aj = llvm.getelementptr %arena[%j] : (!llvm.ptr, i64) -> !llvm.ptr, f32
    %cj = llvm.getelementptr %c[%j] : (!llvm.ptr, i64) -> !llvm.ptr, f32
    %yj = llvm.getelementptr %y[%j] : (!llvm.ptr, i64) -> !llvm.ptr, f32
    %d = llvm.load %aj : !llvm.ptr -> f32
    %w = llvm.load %cj : !llvm.ptr -> f32
    %sum = llvm.fadd %d, %w : f32
    llvm.store %sum, %yj : f32, !llvm.ptr
    %j1 = llvm.add %j, %one : i64
    %again = llvm.icmp "slt" %j1, %n : i64
    llvm.cond_br %again, ^second(%j1 : i64), ^done
  ^done:
    llvm.return
  }
}
)mlir";
}

/// Parses IR in a context with the LLVM dialect.
inline mlir::OwningOpRef<mlir::ModuleOp> parse(mlir::MLIRContext &context,
                                               const std::string &text) {
  context.loadDialect<mlir::LLVM::LLVMDialect>();
  return mlir::parseSourceString<mlir::ModuleOp>(text, &context);
}

/// The object of a net given as text; no CPU and triple mean this machine's.
inline llvm::Expected<cpu::ObjectCode>
compileText(const std::string &text, const std::string &cpu = "",
            const std::string &features = "", const std::string &triple = "") {
  mlir::MLIRContext context;
  auto module = parse(context, text);
  if (!module)
    return llvm::createStringError("the test net does not parse");
  auto target = cpu::describeTarget(triple, cpu, features);
  if (!target)
    return target.takeError();
  return cpu::emitObject(*module, *target);
}

inline llvm::Expected<cpu::ObjectCode>
compileTestNet(const std::string &identifier, float shift = -3.0f,
               const std::string &features = "") {
  return compileText(testNetText(identifier, shift), "", features);
}

} // namespace kiln::test

#endif // KILN_TEST_UNIT_CODEGEN_TESTNET_H
