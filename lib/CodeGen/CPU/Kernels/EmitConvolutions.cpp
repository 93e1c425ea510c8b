//===- EmitConvolutions.cpp - Loops for cpu.conv ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ConvEmitter.h"
#include "kiln/CodeGen/CPU/Passes.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

namespace kiln::cpu {
#define GEN_PASS_DEF_EMITCONVOLUTIONS
#include "kiln/CodeGen/CPU/Passes.h.inc"
} // namespace kiln::cpu

using namespace mlir;

namespace {
struct EmitConvolutions
    : kiln::cpu::impl::EmitConvolutionsBase<EmitConvolutions> {
  void runOnOperation() override {
    SmallVector<kiln::cpu::ConvOp> ops;
    getOperation().walk([&](kiln::cpu::ConvOp op) {
      if (isa<MemRefType>(op.getOut().getType()))
        ops.push_back(op);
    });
    for (kiln::cpu::ConvOp op : ops) {
      OpBuilder builder(op);
      kiln::cpu::ConvEmitter(builder, op).emit();
      op.erase();
    }
  }
};
} // namespace
