//===- DistributeTasks.cpp - Kernels over a range of tasks ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "kiln/CodeGen/CPU/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/Support/MathExtras.h"

namespace kiln::cpu {
#define GEN_PASS_DEF_DISTRIBUTETASKS
#include "kiln/CodeGen/CPU/Passes.h.inc"
} // namespace kiln::cpu

using namespace mlir;
using namespace kiln;

/// What memory is aligned to, in the arena and on the stack.
static constexpr int64_t kAlignment = 64;

namespace {
/// What becomes of one kernel.
struct Plan {
  /// The loop over the tasks; none where the kernel is one task.
  scf::ParallelOp loop;
  int64_t numTasks = 1;
  /// Each task's memory, and which of it goes off the stack, with its offset.
  SmallVector<memref::AllocaOp> allocas;
  DenseMap<Operation *, int64_t> offsets;
  int64_t scratchBytes = 0;
};
} // namespace

static int64_t bytesOf(MemRefType type) {
  int64_t width = llvm::divideCeil(type.getElementTypeBitWidth(), 8);
  return llvm::alignTo(type.getNumElements() * width, kAlignment);
}

/// The loop over tasks, if there is one of the agreed form.
static scf::ParallelOp taskLoop(func::FuncOp kernel) {
  auto loops = kernel.getBody().front().getOps<scf::ParallelOp>();
  if (!llvm::hasSingleElement(loops))
    return {};
  scf::ParallelOp loop = *loops.begin();
  bool fits = loop.getNumLoops() == 1 && loop.getNumResults() == 0 &&
              getConstantIntValue(loop.getLowerBound()[0]) == 0 &&
              getConstantIntValue(loop.getStep()[0]) == 1 &&
              getConstantIntValue(loop.getUpperBound()[0]).value_or(0) > 0;
  return fits ? loop : scf::ParallelOp();
}

static Plan planFor(func::FuncOp kernel, int64_t maxStack) {
  Plan plan;
  plan.loop = taskLoop(kernel);
  Block *block = &kernel.getBody().front();
  if (plan.loop) {
    plan.numTasks = *getConstantIntValue(plan.loop.getUpperBound()[0]);
    block = plan.loop.getBody();
  }
  for (auto alloca : block->getOps<memref::AllocaOp>()) {
    MemRefType type = alloca.getType();
    if (!type.hasStaticShape() || !type.getLayout().isIdentity())
      continue;
    plan.allocas.push_back(alloca);
    if (bytesOf(type) <= maxStack)
      continue;
    plan.offsets[alloca] = plan.scratchBytes;
    plan.scratchBytes += bytesOf(type);
  }
  return plan;
}

namespace {
struct DistributeTasks : cpu::impl::DistributeTasksBase<DistributeTasks> {
  using DistributeTasksBase::DistributeTasksBase;

  void runOnOperation() override {
    auto main = getOperation().lookupSymbol<func::FuncOp>(cpu::kMainName);
    if (!main)
      return;
    SmallVector<func::CallOp> calls;
    llvm::MapVector<Operation *, Plan> plans;
    int64_t scratchBytes = 0;
    SymbolTable symbols(getOperation());
    for (auto call : main.getBody().front().getOps<func::CallOp>()) {
      auto kernel = symbols.lookup<func::FuncOp>(call.getCallee());
      if (!kernel || kernel.isDeclaration())
        continue;
      calls.push_back(call);
      auto [plan, isNew] = plans.try_emplace(kernel);
      if (isNew)
        plan->second = planFor(kernel, maxStack);
      scratchBytes = std::max(scratchBytes, plan->second.scratchBytes);
    }
    auto scratch = MemRefType::get(
        {scratchBytes}, IntegerType::get(&getContext(), /*width=*/8));
    for (auto &[kernel, plan] : plans)
      rewrite(cast<func::FuncOp>(kernel), plan, scratch);
    rewriteMain(main, calls, symbols, scratch);
    Builder builder(&getContext());
    getOperation()->setAttr(cpu::kScratchBytesAttrName,
                            builder.getI64IntegerAttr(scratchBytes));
  }

private:
  void rewrite(func::FuncOp kernel, Plan &plan, MemRefType scratchType) {
    (plan.loop ? numDistributed : numSingle) += 1;
    OpBuilder builder(kernel.getBody());
    Location loc = kernel.getLoc();
    unsigned first = kernel.getNumArguments();
    // The caller's signature does not say that nothing else is scratch memory.
    DictionaryAttr own = builder.getDictionaryAttr(builder.getNamedAttr(
        LLVM::LLVMDialect::getNoAliasAttrName(), builder.getUnitAttr()));
    (void)kernel.insertArguments(
        {first, first, first},
        {builder.getIndexType(), builder.getIndexType(), scratchType},
        {DictionaryAttr(), DictionaryAttr(), own}, {loc, loc, loc});
    kernel->setAttr(cpu::kTasksAttrName,
                    builder.getI64IntegerAttr(plan.numTasks));
    if (plan.loop)
      builder.setInsertionPoint(plan.loop);
    for (memref::AllocaOp alloca : plan.allocas)
      placeScratch(builder, alloca, plan, kernel.getArgument(first + 2));
    if (plan.loop)
      replaceLoop(builder, plan.loop, kernel.getArgument(first),
                  kernel.getArgument(first + 1));
  }

  /// In front of the loop, off the stack where it is large.
  static void placeScratch(OpBuilder &builder, memref::AllocaOp alloca,
                           Plan &plan, Value scratch) {
    auto offset = plan.offsets.find(alloca);
    if (offset == plan.offsets.end()) {
      if (plan.loop)
        alloca->moveBefore(plan.loop);
      return;
    }
    Location loc = alloca.getLoc();
    Value from = arith::ConstantIndexOp::create(builder, loc, offset->second);
    Value view = memref::ViewOp::create(builder, loc, alloca.getType(), scratch,
                                        from, ValueRange());
    alloca.replaceAllUsesWith(view);
    alloca.erase();
  }

  static void replaceLoop(OpBuilder &builder, scf::ParallelOp loop, Value begin,
                          Value end) {
    auto forOp = scf::ForOp::create(builder, loop.getLoc(), begin, end,
                                    loop.getStep()[0]);
    Block &from = *loop.getBody(), &to = *forOp.getBody();
    to.getOperations().splice(to.begin(), from.getOperations(), from.begin(),
                              std::prev(from.end()));
    from.getArgument(0).replaceAllUsesWith(forOp.getInductionVar());
    loop.erase();
  }

  static void rewriteMain(func::FuncOp main, ArrayRef<func::CallOp> calls,
                          SymbolTable &symbols, MemRefType scratchType) {
    unsigned last = main.getNumArguments();
    (void)main.insertArgument(last, scratchType, DictionaryAttr(),
                              main.getLoc());
    for (func::CallOp call : calls) {
      auto kernel = symbols.lookup<func::FuncOp>(call.getCallee());
      int64_t numTasks =
          kernel->getAttrOfType<IntegerAttr>(cpu::kTasksAttrName).getInt();
      OpBuilder builder(call);
      Location loc = call.getLoc();
      SmallVector<Value> operands(call.getOperands());
      operands.push_back(arith::ConstantIndexOp::create(builder, loc, 0));
      operands.push_back(
          arith::ConstantIndexOp::create(builder, loc, numTasks));
      operands.push_back(main.getArgument(last));
      func::CallOp::create(builder, loc, kernel, operands);
      call.erase();
    }
  }
};
} // namespace
