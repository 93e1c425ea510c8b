//===- DispatchKernels.cpp - Calls of kernels by the runtime ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "kiln/CodeGen/CPU/Passes.h"
#include "kiln/Support/Diagnostics.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/BuiltinOps.h"

namespace kiln::cpu {
#define GEN_PASS_DEF_DISPATCHKERNELS
#include "kiln/CodeGen/CPU/Passes.h.inc"
} // namespace kiln::cpu

using namespace mlir;
using namespace kiln;

/// `void kiln_run_tasks(run, task, frame, count)` of lib/Runtime/Run.c.
static constexpr llvm::StringLiteral kRunTasksName = "kiln_run_tasks";

/// Arguments that cpu-distribute-tasks gives each kernel: begin, end, scratch.
static constexpr unsigned kNumTaskArguments = 3;

namespace {
struct DispatchKernels : cpu::impl::DispatchKernelsBase<DispatchKernels> {
  void runOnOperation() override {
    SymbolTable symbols(getOperation());
    auto main = symbols.lookup<LLVM::LLVMFuncOp>(cpu::kMainName);
    if (!main || main.isExternal())
      return;
    SmallVector<std::pair<LLVM::CallOp, LLVM::LLVMFuncOp>> calls;
    size_t frameSize = 0;
    for (auto call : main.getBody().front().getOps<LLVM::CallOp>()) {
      auto kernel = call.getCallee()
                        ? symbols.lookup<LLVM::LLVMFuncOp>(*call.getCallee())
                        : LLVM::LLVMFuncOp();
      if (!kernel || !kernel->hasAttr(cpu::kTasksAttrName))
        continue;
      calls.emplace_back(call, kernel);
      frameSize = std::max<size_t>(frameSize, call.getNumOperands());
    }
    if (calls.empty())
      return;
    declareRunTasks(symbols);
    OpBuilder builder(main.getBody());
    Value size = constant(builder, main.getLoc(), frameSize);
    Value frame = LLVM::AllocaOp::create(builder, main.getLoc(), pointer(),
                                         pointer(), size);
    for (auto [call, kernel] : calls)
      dispatch(call, unpackerOf(kernel, symbols), kernel, frame);
    checkRun(main);
  }

private:
  Type pointer() { return LLVM::LLVMPointerType::get(&getContext()); }
  Type int64() { return IntegerType::get(&getContext(), 64); }
  LLVM::LLVMFunctionType functionType(ArrayRef<Type> arguments) {
    return LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(&getContext()),
                                       arguments);
  }

  Value constant(OpBuilder &builder, Location loc, int64_t value) {
    return LLVM::ConstantOp::create(builder, loc, int64(),
                                    builder.getI64IntegerAttr(value));
  }

  /// The place of the frame's argument `index`.
  Value slot(OpBuilder &builder, Location loc, Value frame, int32_t index) {
    return LLVM::GEPOp::create(builder, loc, pointer(), pointer(), frame,
                               ArrayRef<LLVM::GEPArg>{index});
  }

  void declareRunTasks(SymbolTable &symbols) {
    OpBuilder builder(&getContext());
    symbols.insert(
        LLVM::LLVMFuncOp::create(
            builder, getOperation().getLoc(), kRunTasksName,
            functionType({pointer(), pointer(), pointer(), int64()})),
        getOperation().getBody()->begin());
  }

  /// `<kernel>_task(frame, begin, end, scratch)`: calls the kernel.
  LLVM::LLVMFuncOp unpackerOf(LLVM::LLVMFuncOp kernel, SymbolTable &symbols) {
    LLVM::LLVMFuncOp &unpacker = unpackers[kernel];
    if (unpacker)
      return unpacker;
    Location loc = kernel.getLoc();
    OpBuilder builder(&getContext());
    unpacker = LLVM::LLVMFuncOp::create(
        builder, loc, (kernel.getName() + "_task").str(),
        functionType({pointer(), int64(), int64(), pointer()}),
        LLVM::Linkage::Internal);
    symbols.insert(unpacker, std::next(kernel->getIterator()));
    Block *block = unpacker.addEntryBlock(builder);
    builder.setInsertionPointToStart(block);
    SmallVector<Value> operands;
    unsigned count = kernel.getNumArguments() - kNumTaskArguments;
    for (unsigned i = 0; i < count; ++i)
      operands.push_back(
          LLVM::LoadOp::create(builder, loc, kernel.getArgument(i).getType(),
                               slot(builder, loc, block->getArgument(0), i)));
    llvm::append_range(operands, block->getArguments().drop_front());
    LLVM::CallOp::create(builder, loc, kernel, operands);
    LLVM::ReturnOp::create(builder, loc, ValueRange());
    return unpacker;
  }

  void dispatch(LLVM::CallOp call, LLVM::LLVMFuncOp unpacker,
                LLVM::LLVMFuncOp kernel, Value frame) {
    OpBuilder builder(call);
    Location loc = call.getLoc();
    ValueRange packed = call.getArgOperands().drop_back(kNumTaskArguments);
    for (auto [i, argument] : llvm::enumerate(packed))
      LLVM::StoreOp::create(builder, loc, argument,
                            slot(builder, loc, frame, i));
    int64_t numTasks =
        kernel->getAttrOfType<IntegerAttr>(cpu::kTasksAttrName).getInt();
    Value run = call->getParentOfType<LLVM::LLVMFuncOp>().getArguments().back();
    Value task = LLVM::AddressOfOp::create(builder, loc, unpacker);
    LLVM::CallOp::create(
        builder, loc, TypeRange(), kRunTasksName,
        ValueRange{run, task, frame, constant(builder, loc, numTasks)});
    call.erase();
  }

  /// Nothing may take what is no longer scratch memory for it.
  void checkRun(LLVM::LLVMFuncOp main) {
    for (Operation *user : main.getArguments().back().getUsers()) {
      auto call = dyn_cast<LLVM::CallOp>(user);
      if (call && call.getCallee() == kRunTasksName)
        continue;
      kiln::emitError(user->getLoc(), ErrorCode::CodeGenFailed)
          << "scratch memory is used outside of kernels";
      return signalPassFailure();
    }
  }

  DenseMap<Operation *, LLVM::LLVMFuncOp> unpackers;
};
} // namespace
