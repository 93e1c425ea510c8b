//===- EmitWinograd.cpp - Loops over vectors for cpu.winograd ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "WinogradEmitter.h"
#include "kiln/CodeGen/CPU/Passes.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

namespace kiln::cpu {
#define GEN_PASS_DEF_EMITWINOGRAD
#include "kiln/CodeGen/CPU/Passes.h.inc"
} // namespace kiln::cpu

using namespace mlir;

namespace {
struct EmitWinograd : kiln::cpu::impl::EmitWinogradBase<EmitWinograd> {
  void runOnOperation() override {
    SmallVector<kiln::cpu::WinogradOp> ops;
    getOperation().walk([&](kiln::cpu::WinogradOp op) {
      if (isa<MemRefType>(op.getOut().getType()))
        ops.push_back(op);
    });
    for (kiln::cpu::WinogradOp op : ops) {
      OpBuilder builder(op);
      kiln::cpu::WinogradEmitter(builder, op).emit();
      op.erase();
    }
  }
};
} // namespace
