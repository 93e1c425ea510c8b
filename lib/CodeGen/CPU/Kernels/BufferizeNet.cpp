//===- BufferizeNet.cpp - From tensors to buffers that the caller owns ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "kiln/CodeGen/CPU/Passes.h"
#include "kiln/Support/Diagnostics.h"
#include "mlir/Dialect/Arith/Transforms/BufferizableOpInterfaceImpl.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Bufferization/Transforms/Bufferize.h"
#include "mlir/Dialect/Bufferization/Transforms/OneShotAnalysis.h"
#include "mlir/Dialect/Bufferization/Transforms/Transforms.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/Transforms/BufferizableOpInterfaceImpl.h"
#include "mlir/Dialect/Linalg/Transforms/SubsetInsertionOpInterfaceImpl.h"
#include "mlir/Dialect/Linalg/Utils/Utils.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Tensor/Transforms/BufferizableOpInterfaceImpl.h"
#include "mlir/Dialect/Tensor/Transforms/SubsetInsertionOpInterfaceImpl.h"
#include "mlir/IR/BuiltinOps.h"

namespace kiln::cpu {
#define GEN_PASS_DEF_BUFFERIZENET
#include "kiln/CodeGen/CPU/Passes.h.inc"
} // namespace kiln::cpu

using namespace mlir;
using namespace kiln;

static bool isEmpty(Type type) {
  return cast<RankedTensorType>(type).getNumElements() == 0;
}

/// Tensors without elements have a pointer all the same, which nothing uses.
static MemRefType bufferOf(Type type) {
  auto tensor = cast<RankedTensorType>(type);
  if (isEmpty(type))
    return MemRefType::get({1}, tensor.getElementType());
  return MemRefType::get(tensor.getShape(), tensor.getElementType());
}

/// What `value` is written into or a view of; null for what has a buffer of
/// its own.
static Value madeIn(Value value, bool &writes) {
  Operation *op = value.getDefiningOp();
  if (!op)
    return {};
  if (auto style = dyn_cast<DestinationStyleOpInterface>(op)) {
    writes = true;
    return style.getTiedOpOperand(cast<OpResult>(value))->get();
  }
  if (isa<tensor::ExpandShapeOp, tensor::CollapseShapeOp,
          tensor::ExtractSliceOp, tensor::CastOp>(op))
    return op->getOperand(0);
  return {};
}

/// True if a value that `result` is written into has other uses. Then it must
/// not get the output's memory: where bufferization gives `result` memory of
/// its own, to be copied to the output in the end, it does not see that the
/// copy overwrites that value.
static bool isWrittenIntoShared(Value result) {
  bool writes = false;
  while (Value source = madeIn(result, writes)) {
    if (writes && !source.hasOneUse() &&
        !source.getDefiningOp<tensor::EmptyOp>())
      return true;
    result = source;
  }
  return false;
}

static Value createCopy(OpBuilder &builder, Location loc, Value value) {
  auto type = cast<RankedTensorType>(value.getType());
  Value init = tensor::EmptyOp::create(builder, loc, type.getShape(),
                                       type.getElementType());
  return linalg::CopyOp::create(builder, loc, value, init).getResult(0);
}

/// Inputs as memrefs that nothing writes; results written to further arguments.
static void replaceBoundary(func::FuncOp function) {
  Block &entry = function.getBody().front();
  OpBuilder builder(&entry, entry.begin());
  for (BlockArgument argument : entry.getArguments()) {
    Type tensor = argument.getType();
    argument.setType(bufferOf(tensor));
    // cpu-remove-empty-tensors has left no use.
    if (isEmpty(tensor))
      continue;
    auto value = bufferization::ToTensorOp::create(
        builder, function.getLoc(), tensor, argument, /*restrict=*/true);
    argument.replaceAllUsesExcept(value, value);
  }
  auto ret = cast<func::ReturnOp>(entry.getTerminator());
  builder.setInsertionPoint(ret);
  for (Value result : ret.getOperands()) {
    BlockArgument out =
        entry.addArgument(bufferOf(result.getType()), function.getLoc());
    if (isEmpty(result.getType()))
      continue;
    if (isWrittenIntoShared(result))
      result = createCopy(builder, ret.getLoc(), result);
    bufferization::MaterializeInDestinationOp::create(
        builder, ret.getLoc(), /*result=*/Type(), result, out,
        /*restrict=*/true, /*writable=*/true);
  }
  ret.getOperandsMutable().clear();
  function.setType(builder.getFunctionType(entry.getArgumentTypes(), {}));
  function.removeResAttrsAttr();
  function.removeArgAttrsAttr();
}

/// Gives each result that is computed on an empty or filled tensor a tensor of
/// its own, where CSE had left one for all. Below, an empty tensor becomes the
/// place of one net output; another result computed there too would be lost
/// when that output is written, which upstream's analysis of tensors does not
/// see.
static void unshareDestinations(func::FuncOp function) {
  auto unshare = [](Operation *op) {
    SmallVector<OpOperand *> uses;
    for (OpOperand &use : op->getUses())
      uses.push_back(&use);
    for (OpOperand *use : ArrayRef(uses).drop_front(!uses.empty()))
      use->set(OpBuilder(op).clone(*op)->getResult(0));
  };
  // Fills first: each copy then takes an empty tensor of its own.
  SmallVector<Operation *> fills, empties;
  function.walk([&](linalg::FillOp fill) { fills.push_back(fill); });
  llvm::for_each(fills, unshare);
  function.walk([&](tensor::EmptyOp empty) { empties.push_back(empty); });
  llvm::for_each(empties, unshare);
}

/// What is inserted into a filled tensor, such as the border of a pooling, can
/// be computed in its place if that is there before: moves the fill up.
static void fillFirst(func::FuncOp function) {
  function.walk([](tensor::InsertSliceOp insert) {
    auto fill = insert.getDest().getDefiningOp<linalg::FillOp>();
    auto maker = insert.getSource().getDefiningOp<linalg::LinalgOp>();
    if (!fill || !maker || maker->getBlock() != fill->getBlock() ||
        fill->isBeforeInBlock(maker))
      return;
    for (Value operand : fill->getOperands()) {
      Operation *op = operand.getDefiningOp();
      if (op && op->getBlock() == maker->getBlock() &&
          maker->isBeforeInBlock(op)) {
        if (op->getNumOperands() > 0)
          return;
        op->moveBefore(maker);
      }
    }
    fill->moveBefore(maker);
  });
}

/// True for one place seen in two ways: what was computed where it is to be
/// needs no copy.
static bool isSamePlace(Value a, Value b) {
  if (a == b)
    return true;
  auto first = a.getDefiningOp<memref::SubViewOp>();
  auto second = b.getDefiningOp<memref::SubViewOp>();
  return first && second && first.getType() == second.getType() &&
         isSamePlace(first.getSource(), second.getSource()) &&
         first.getMixedOffsets() == second.getMixedOffsets() &&
         first.getMixedSizes() == second.getMixedSizes() &&
         first.getMixedStrides() == second.getMixedStrides();
}

static LogicalResult bufferize(func::FuncOp function) {
  IRRewriter rewriter(function.getContext());
  fillFirst(function);
  if (failed(bufferization::eliminateEmptyTensors(rewriter, function)))
    return failure();
  bufferization::OneShotBufferizationOptions options;
  options.bufferAlignment = 64;
  // A copy becomes a loop like any other, never a call.
  options.memCpyFn = [](OpBuilder &builder, Location loc, Value from,
                        Value to) {
    if (!isSamePlace(from, to))
      linalg::makeMemRefCopyOp(builder, loc, from, to);
    return success();
  };
  bufferization::BufferizationState state;
  return bufferization::runOneShotBufferize(function, options, state);
}

namespace {
struct BufferizeNet : cpu::impl::BufferizeNetBase<BufferizeNet> {
  /// How upstream's operations are bufferized is an extension of their
  /// dialects, which an embedder's context need not have.
  void getDependentDialects(DialectRegistry &registry) const override {
    BufferizeNetBase::getDependentDialects(registry);
    arith::registerBufferizableOpInterfaceExternalModels(registry);
    linalg::registerBufferizableOpInterfaceExternalModels(registry);
    linalg::registerSubsetOpInterfaceExternalModels(registry);
    tensor::registerBufferizableOpInterfaceExternalModels(registry);
    tensor::registerSubsetOpInterfaceExternalModels(registry);
  }

  void runOnOperation() override {
    auto function = getOperation().lookupSymbol<func::FuncOp>(cpu::kMainName);
    if (!function)
      return;
    unshareDestinations(function);
    replaceBoundary(function);
    if (succeeded(bufferize(function)))
      return;
    kiln::emitError(function.getLoc(), ErrorCode::CodeGenFailed)
        << "bufferization failed";
    signalPassFailure();
  }
};
} // namespace
