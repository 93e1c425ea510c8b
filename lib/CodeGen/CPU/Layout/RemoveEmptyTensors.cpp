//===- RemoveEmptyTensors.cpp - Compute nothing where there is nothing ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "kiln/CodeGen/CPU/Passes.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace kiln::cpu {
#define GEN_PASS_DEF_REMOVEEMPTYTENSORS
#include "kiln/CodeGen/CPU/Passes.h.inc"
} // namespace kiln::cpu

using namespace mlir;

static bool isEmpty(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor && tensor.hasStaticShape() && tensor.getNumElements() == 0;
}

static bool isEmptyValue(Value value) { return isEmpty(value.getType()); }

static Value createEmpty(OpBuilder &builder, Location loc, Type type) {
  auto tensor = cast<RankedTensorType>(type);
  return tensor::EmptyOp::create(builder, loc, tensor.getShape(),
                                 tensor.getElementType());
}

/// What stands for the one result of `op`, some of whose operands are empty;
/// null where it stays as it is.
static Value replacement(OpBuilder &builder, Operation *op) {
  if (auto concat = dyn_cast<tensor::ConcatOp>(op)) {
    SmallVector<Value> parts(llvm::make_filter_range(
        concat.getInputs(), [](Value part) { return !isEmptyValue(part); }));
    return tensor::ConcatOp::create(
        builder, op->getLoc(), concat.getResultType(), concat.getDim(), parts);
  }
  if (auto insert = dyn_cast<tensor::InsertSliceOp>(op))
    return insert.getDest();
  if (auto linalgOp = dyn_cast<linalg::LinalgOp>(op))
    return linalgOp.getDpsInits().front();
  if (auto pad = dyn_cast<tensor::PadOp>(op)) {
    Value value = pad.getConstantPaddingValue();
    if (!value)
      return {};
    Value empty = createEmpty(builder, op->getLoc(), pad.getResultType());
    return linalg::FillOp::create(builder, op->getLoc(), value, empty)
        .getResult(0);
  }
  return {};
}

static void simplify(Operation *op) {
  OpBuilder builder(op);
  for (OpResult result : op->getResults())
    if (isEmptyValue(result) && !result.use_empty())
      result.replaceAllUsesWith(
          createEmpty(builder, op->getLoc(), result.getType()));
  if (llvm::all_of(op->getResults(), isEmptyValue)) {
    op->erase();
    return;
  }
  if (op->getNumResults() != 1 ||
      llvm::none_of(op->getOperands(), isEmptyValue))
    return;
  if (Value value = replacement(builder, op)) {
    op->getResult(0).replaceAllUsesWith(value);
    op->erase();
  }
}

namespace {
struct RemoveEmptyTensors
    : kiln::cpu::impl::RemoveEmptyTensorsBase<RemoveEmptyTensors> {
  void runOnOperation() override {
    Block &entry = getOperation().getBody().front();
    OpBuilder builder = OpBuilder::atBlockBegin(&entry);
    for (BlockArgument argument : entry.getArguments())
      if (isEmptyValue(argument) && !argument.use_empty())
        argument.replaceAllUsesWith(
            createEmpty(builder, argument.getLoc(), argument.getType()));
    for (Operation &op : llvm::make_early_inc_range(entry))
      if (op.getNumResults() > 0 && !isa<tensor::EmptyOp>(op))
        simplify(&op);
  }
};
} // namespace
