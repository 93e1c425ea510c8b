//===- EmitBatchNorms.cpp - Loops over vectors for cpu.batch_norm ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "BatchNormEmitter.h"
#include "kiln/CodeGen/CPU/Passes.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

namespace kiln::cpu {
#define GEN_PASS_DEF_EMITBATCHNORMS
#include "kiln/CodeGen/CPU/Passes.h.inc"
} // namespace kiln::cpu

using namespace mlir;

namespace {
struct EmitBatchNorms : kiln::cpu::impl::EmitBatchNormsBase<EmitBatchNorms> {
  void getDependentDialects(DialectRegistry &registry) const override {
    EmitBatchNormsBase::getDependentDialects(registry);
    registry.insert<LLVM::LLVMDialect>(); // the fence behind streamed results
  }

  void runOnOperation() override {
    SmallVector<kiln::cpu::BatchNormOp> ops;
    getOperation().walk([&](kiln::cpu::BatchNormOp op) {
      if (isa<MemRefType>(op.getOut().getType()))
        ops.push_back(op);
    });
    for (kiln::cpu::BatchNormOp op : ops) {
      OpBuilder builder(op);
      kiln::cpu::BatchNormEmitter(builder, op).emit();
      op.erase();
    }
  }
};
} // namespace
