//===- EmitContractions.cpp - Loops over vectors for cpu.contract ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ContractionEmitter.h"
#include "kiln/CodeGen/CPU/Passes.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

namespace kiln::cpu {
#define GEN_PASS_DEF_EMITCONTRACTIONS
#include "kiln/CodeGen/CPU/Passes.h.inc"
} // namespace kiln::cpu

using namespace mlir;

namespace {
struct EmitContractions
    : kiln::cpu::impl::EmitContractionsBase<EmitContractions> {
  void runOnOperation() override {
    SmallVector<kiln::cpu::ContractOp> ops;
    getOperation().walk([&](kiln::cpu::ContractOp op) {
      if (isa<MemRefType>(op.getOut().getType()))
        ops.push_back(op);
    });
    for (kiln::cpu::ContractOp op : ops) {
      OpBuilder builder(op);
      kiln::cpu::ContractionEmitter(builder, op).emit();
      op.erase();
    }
  }
};
} // namespace
