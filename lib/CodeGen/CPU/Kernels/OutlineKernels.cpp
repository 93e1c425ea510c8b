//===- OutlineKernels.cpp - A function for each kernel ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "kiln/CodeGen/CPU/Passes.h"
#include "kiln/Support/Diagnostics.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Interfaces/ViewLikeInterface.h"
#include "mlir/Transforms/RegionUtils.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringMap.h"

namespace kiln::cpu {
#define GEN_PASS_DEF_OUTLINEKERNELS
#include "kiln/CodeGen/CPU/Passes.h.inc"
} // namespace kiln::cpu

using namespace mlir;
using namespace kiln;

namespace {
/// What a kernel's operation needs: whole buffers from outside, and the
/// operations between them and the operation's operands, in order.
struct Needs {
  llvm::SetVector<Value> buffers;
  llvm::SetVector<Operation *> made;
  bool unknown = false;
};
} // namespace

static bool isBuffer(Value value) {
  return isa<BlockArgument>(value) ||
         isa<memref::AllocOp, memref::GetGlobalOp>(value.getDefiningOp());
}

static void collect(Value value, Needs &needs) {
  if (isBuffer(value)) {
    needs.buffers.insert(value);
    return;
  }
  Operation *op = value.getDefiningOp();
  if (!isPure(op)) {
    needs.unknown = true;
    return;
  }
  for (Value operand : op->getOperands())
    collect(operand, needs);
  needs.made.insert(op);
}

static Needs needsOf(Operation *op) {
  Needs needs;
  for (Value operand : op->getOperands())
    collect(operand, needs);
  llvm::SetVector<Value> captured;
  getUsedValuesDefinedAbove(op->getRegions(), captured);
  for (Value value : captured)
    collect(value, needs);
  return needs;
}

/// Everything of the function's block that touches memory but does not make it.
static bool isKernel(Operation &op) {
  return !isPure(&op) && !op.hasTrait<OpTrait::IsTerminator>() &&
         !isa<memref::AllocOp, memref::DeallocOp, func::CallOp>(op);
}

static func::FuncOp makeKernel(OpBuilder &builder, Operation *op,
                               const Needs &needs) {
  SmallVector<Type> types;
  for (Value buffer : needs.buffers)
    types.push_back(buffer.getType());
  auto kernel = func::FuncOp::create(builder, op->getLoc(), "kernel",
                                     builder.getFunctionType(types, {}));
  kernel.setPrivate();
  // Kernels stay functions: inlined they would cost compile time and lose what
  // noalias says.
  kernel->setAttr(
      "llvm.linkage",
      LLVM::LinkageAttr::get(builder.getContext(), LLVM::Linkage::Internal));
  kernel->setAttr("passthrough", builder.getStrArrayAttr({"noinline"}));
  for (unsigned i = 0; i < types.size(); ++i)
    kernel.setArgAttr(i, LLVM::LLVMDialect::getNoAliasAttrName(),
                      builder.getUnitAttr());
  OpBuilder body = OpBuilder::atBlockBegin(kernel.addEntryBlock());
  IRMapping mapping;
  mapping.map(needs.buffers.getArrayRef(), kernel.getArguments());
  for (Operation *made : needs.made)
    body.clone(*made, mapping);
  body.clone(*op, mapping);
  func::ReturnOp::create(body, op->getLoc());
  return kernel;
}

static std::string print(Operation *op) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  op->print(stream, OpPrintingFlags().printGenericOpForm().useLocalScope());
  return text;
}

namespace {
struct OutlineKernels : cpu::impl::OutlineKernelsBase<OutlineKernels> {
  void runOnOperation() override {
    auto main = getOperation().lookupSymbol<func::FuncOp>(cpu::kMainName);
    if (!main)
      return;
    SmallVector<Operation *> ops;
    for (Operation &op : main.getBody().front())
      if (isKernel(op))
        ops.push_back(&op);
    for (Operation *op : ops)
      if (failed(outline(op, main)))
        return signalPassFailure();
    eraseDead(main);
  }

private:
  LogicalResult outline(Operation *op, func::FuncOp main) {
    Needs needs = needsOf(op);
    if (needs.unknown || op->getNumResults() != 0)
      return kiln::emitError(op->getLoc(), ErrorCode::CodeGenFailed)
             << "no kernel for '" << op->getName() << "'";
    OpBuilder builder(main);
    func::FuncOp kernel = makeKernel(builder, op, needs);
    auto [known, isNew] = kernels.try_emplace(print(kernel), kernel);
    if (isNew) {
      kernel.setName(("kernel_" + Twine(kernels.size() - 1)).str());
      ++numKernels;
    } else {
      ++numShared;
      kernel.erase();
    }
    builder.setInsertionPoint(op);
    func::CallOp::create(builder, op->getLoc(), known->second,
                         needs.buffers.getArrayRef());
    op->erase();
    return success();
  }

  /// Views and constants that only kernels used.
  static void eraseDead(func::FuncOp main) {
    for (Operation &op :
         llvm::make_early_inc_range(llvm::reverse(main.getBody().front())))
      if (isOpTriviallyDead(&op))
        op.erase();
  }

  llvm::StringMap<func::FuncOp> kernels;
};
} // namespace
