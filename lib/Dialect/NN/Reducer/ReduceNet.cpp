//===- ReduceNet.cpp - Reduces a net to its interesting part ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "kiln/Dialect/NN/Reducer/Passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/OwningOpRef.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Reducer/Tester.h"

namespace kiln::nn {
#define GEN_PASS_DEF_NNREDUCENET
#include "kiln/Dialect/NN/Reducer/Passes.h.inc"
} // namespace kiln::nn

using namespace mlir;

namespace {
/// The net of a module and what a change does to it.
class Net {
public:
  explicit Net(func::FuncOp func) : func(func) {}

  static Net of(ModuleOp module) {
    for (auto func : module.getOps<func::FuncOp>())
      if (func.isPublic() && !func.isExternal())
        return Net(func);
    return Net({});
  }

  explicit operator bool() { return func && func.getBody().hasOneBlock(); }

  Block &block() { return func.getBody().front(); }
  Operation *terminator() { return block().getTerminator(); }
  /// Operation `index` of the block; the same one in a clone.
  Operation *operation(size_t index) {
    return &*std::next(block().begin(), static_cast<ptrdiff_t>(index));
  }
  /// All but the terminator.
  size_t size() { return block().getOperations().size() - 1; }

  void removeDead();
  void restoreInterface();

private:
  func::FuncOp func;
};

/// Keeps the smallest interesting net so far, and tries changes on clones.
class Reducer {
public:
  Reducer(ModuleOp module, const Tester &tester, llvm::Statistic &tests)
      : module(module.clone()), tester(tester), tests(tests) {}

  bool isInteresting(ModuleOp candidate);
  /// Until nothing makes it smaller.
  void run();
  ModuleOp best() { return *module; }

private:
  using Change = function_ref<bool(Net &)>;
  bool attempt(Change change);

  bool keepOneOutput();
  bool endEarlier();
  bool beginLater(bool ofConstants);
  bool bypass();

  OwningOpRef<ModuleOp> module;
  const Tester &tester;
  llvm::Statistic &tests;
};
} // namespace

void Net::removeDead() {
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block())))
    if (isOpTriviallyDead(&op))
      op.erase();
  block().eraseArguments(
      [](BlockArgument argument) { return argument.use_empty(); });
}

/// Makes type and names fit what the block takes and returns.
void Net::restoreInterface() {
  Builder builder(func.getContext());
  func.removeArgAttrsAttr();
  func.removeResAttrsAttr();
  func.setFunctionType(builder.getFunctionType(
      block().getArgumentTypes(), terminator()->getOperandTypes()));
  auto name = [&](const char *prefix, unsigned i) {
    return builder.getStringAttr(prefix + std::to_string(i));
  };
  for (unsigned i = 0; i < func.getNumArguments(); ++i)
    func.setArgAttr(i, "nn.name", name("x", i));
  for (unsigned i = 0; i < func.getNumResults(); ++i)
    func.setResultAttr(i, "nn.name", name("y", i));
}

bool Reducer::isInteresting(ModuleOp candidate) {
  ++tests;
  return tester.isInteresting(candidate).first == Tester::Interestingness::True;
}

bool Reducer::attempt(Change change) {
  OwningOpRef<ModuleOp> candidate = module->clone();
  Net net = Net::of(*candidate);
  if (!change(net))
    return false;
  net.removeDead();
  net.restoreInterface();
  if (failed(verify(*candidate)) || !isInteresting(*candidate))
    return false;
  module = std::move(candidate);
  return true;
}

bool Reducer::keepOneOutput() {
  unsigned outputs = Net::of(*module).terminator()->getNumOperands();
  for (unsigned i = 0; outputs > 1 && i < outputs; ++i)
    if (attempt([&](Net &net) {
          net.terminator()->setOperands(net.terminator()->getOperand(i));
          return true;
        }))
      return true;
  return false;
}

static bool isTensor(Value value) {
  return isa<RankedTensorType>(value.getType());
}

/// The first value that is an interesting output by itself ends the net.
bool Reducer::endEarlier() {
  for (size_t i = 0, size = Net::of(*module).size(); i + 1 < size; ++i)
    if (attempt([&](Net &net) {
          Operation *op = net.operation(i);
          // An empty tensor holds anything, whatever a test sees there.
          if (op->hasTrait<OpTrait::ConstantLike>() ||
              isa<tensor::EmptyOp>(op) || op->getNumResults() == 0 ||
              !llvm::all_of(op->getResults(), isTensor))
            return false;
          net.terminator()->setOperands(op->getResults());
          return true;
        }))
      return true;
  return false;
}

/// Later values first: what only they need goes with them. Indices below the
/// one that is changed keep their meaning only if nothing before it is
/// removed, so that each success starts over.
bool Reducer::beginLater(bool ofConstants) {
  for (size_t i = Net::of(*module).size(); i-- > 0;)
    if (attempt([&](Net &net) {
          Operation *op = net.operation(i);
          if (op->hasTrait<OpTrait::ConstantLike>() != ofConstants ||
              isa<tensor::EmptyOp, linalg::FillOp>(op))
            return false;
          bool changes = false;
          for (Value result : op->getResults()) {
            if (!isTensor(result) || result.use_empty() ||
                llvm::is_contained(net.terminator()->getOperands(), result))
              continue;
            result.replaceAllUsesWith(
                net.block().addArgument(result.getType(), op->getLoc()));
            changes = true;
          }
          return changes && isOpTriviallyDead(op);
        }))
      return true;
  return false;
}

bool Reducer::bypass() {
  for (size_t i = 0, size = Net::of(*module).size(); i < size; ++i)
    for (unsigned k = 0, n = Net::of(*module).operation(i)->getNumOperands();
         k < n; ++k)
      if (attempt([&](Net &net) {
            Operation *op = net.operation(i);
            if (op->getNumResults() != 1 || !isTensor(op->getResult(0)) ||
                op->getOperand(k).getType() != op->getResult(0).getType() ||
                op->getOperand(k).getDefiningOp<tensor::EmptyOp>())
              return false;
            op->getResult(0).replaceAllUsesWith(op->getOperand(k));
            return true;
          }))
        return true;
  return false;
}

void Reducer::run() {
  while (keepOneOutput() || endEarlier() || beginLater(/*ofConstants=*/false) ||
         bypass() || beginLater(/*ofConstants=*/true))
    continue;
}

namespace {
struct NNReduceNet : kiln::nn::impl::NNReduceNetBase<NNReduceNet> {
  using Base::Base;

  void runOnOperation() override {
    if (!Net::of(getOperation())) {
      getOperation().emitError() << "the module has no net to reduce";
      return signalPassFailure();
    }
    SmallVector<std::string> arguments(testArgs.begin(), testArgs.end());
    Tester tester(test, arguments);
    Reducer reducer(getOperation(), tester, numTests);
    if (!reducer.isInteresting(getOperation())) {
      getOperation().emitError()
          << "'" << test << "' does not find the net interesting: it exits "
          << "with 1 for what is";
      return signalPassFailure();
    }
    reducer.run();
    getOperation().getBodyRegion().takeBody(reducer.best().getBodyRegion());
  }
};
} // namespace
