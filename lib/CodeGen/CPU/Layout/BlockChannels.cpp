//===- BlockChannels.cpp - Lay out channels in blocks ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "BlockedBatchNorm.h"
#include "BlockedChoice.h"
#include "BlockedElementwise.h"
#include "BlockedMovement.h"
#include "DepthToSpace.h"
#include "Prologue.h"
#include "kiln/CodeGen/CPU/IR/CPU.h"
#include "kiln/CodeGen/CPU/Passes.h"
#include "kiln/CodeGen/CPU/TargetDescription.h"
#include "kiln/Dialect/NN/Utils/Constants.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace kiln::cpu {
#define GEN_PASS_DEF_BLOCKCHANNELS
#include "kiln/CodeGen/CPU/Passes.h.inc"
} // namespace kiln::cpu

using namespace mlir;
using namespace kiln;

/// The result's type if it is an activation that blocks may hold.
static RankedTensorType activationType(Operation *op) {
  if (op->getNumResults() != 1)
    return {};
  auto type = dyn_cast<RankedTensorType>(op->getResult(0).getType());
  bool fits = type && type.getRank() == 4 && type.hasStaticShape() &&
              type.getNumElements() > 0 && type.getElementType().isIntOrFloat();
  return fits ? type : RankedTensorType();
}

namespace {
struct BlockChannels : cpu::impl::BlockChannelsBase<BlockChannels> {
  using BlockChannelsBase::BlockChannelsBase;

  void runOnOperation() override {
    target.vectorBits = vectorBits;
    target.numVectorRegisters = registers;
    target.l2Bytes = l2Bytes;
    target.sharesWeights = accuracy == cpu::ConvAccuracy::Direct;
    SmallVector<Operation *> ops;
    for (Operation &op : getOperation().getBody().front())
      ops.push_back(&op);
    for (Operation *op : ops) {
      auto fused = dyn_cast<nn::FusedOp>(op);
      // The kernel of direct sums is the one that takes a prologue back.
      bool direct = fused && hoistPrologue(fused);
      if (auto norm = dyn_cast<cpu::BatchNormOp>(op))
        blockNorm(norm);
      else if (RankedTensorType type = activationType(op))
        blockOperation(op, type, direct ? cpu::ConvAccuracy::Direct : accuracy);
    }
    getOperation().walk([&](Operation *op) {
      numPacked += isa<linalg::PackOp>(op);
      numUnpacked += isa<linalg::UnPackOp>(op) && !op->use_empty();
    });
  }

private:
  void blockOperation(Operation *op, RankedTensorType type,
                      cpu::ConvAccuracy exactness) {
    OpBuilder builder(op);
    int64_t lanes = target.lanes(type.getElementTypeBitWidth());
    // The channels that are left after that would waste lanes.
    Value plain =
        cpu::lowerBlockedDepthToSpace(builder, op->getResult(0), lanes);
    if (!plain) {
      Value blocked = lower(builder, op, type, exactness);
      if (!blocked)
        return;
      plain = cpu::unpackChannels(builder, op->getLoc(), blocked, type);
    }
    op->getResult(0).replaceAllUsesWith(plain);
    op->erase();
    ++numBlocked;
  }

  /// Its statistics are vectors in any layout.
  void blockNorm(cpu::BatchNormOp op) {
    if (!cpu::isBlocked(op.getInput(), op.getLanes()) ||
        !cpu::canBlockBatchNorm(op))
      return;
    OpBuilder builder(op);
    SmallVector<Value> results(
        cpu::lowerBlockedBatchNorm(builder, op).getResults());
    results.front() =
        cpu::unpackChannels(builder, op.getLoc(), results.front(),
                            cast<RankedTensorType>(op.getOut().getType()));
    op->replaceAllUsesWith(results);
    op->erase();
    ++numBlocked;
  }

  /// A kernel over blocks has no prologue: where the input is in blocks, what
  /// the region does to it first becomes loops over them. cpu-fuse-strips makes
  /// these a part of the kernel again.
  bool hoistPrologue(nn::FusedOp fused) {
    auto conv = dyn_cast<nn::ConvOp>(fused.getRoot());
    if (!conv || conv.getGroups() != 1 || !nn::getConstant(conv.getWeights()))
      return false;
    SmallVector<Operation *> prologue = cpu::findPrologue(conv, 1);
    if (prologue.empty())
      return false;
    auto source =
        dyn_cast<RankedTensorType>(prologue.front()->getOperand(0).getType());
    if (!source || source.getRank() != 4 ||
        !cpu::isBlocked(prologue.front()->getOperand(0),
                        target.lanes(source.getElementTypeBitWidth())))
      return false;
    for (Operation *op : prologue) {
      for (Value operand : op->getOperands())
        if (operand.getParentBlock() == conv->getBlock())
          if (auto empty = operand.getDefiningOp<tensor::EmptyOp>())
            empty->moveBefore(fused);
      op->moveBefore(fused);
      if (RankedTensorType type = activationType(op))
        blockOperation(op, type, accuracy);
    }
    return true;
  }

  /// The result in blocks, or null where the operation stays as it is.
  Value lower(OpBuilder &builder, Operation *op, RankedTensorType type,
              cpu::ConvAccuracy exactness) {
    int64_t lanes = target.lanes(type.getElementTypeBitWidth());
    if (Value result =
            cpu::lowerByBlockedKernel(builder, op, target, exactness))
      return result;
    if (!readsBlocks(op, lanes))
      return {};
    if (cpu::canBlockElementwise(op))
      return cpu::lowerBlockedElementwise(builder, op, lanes);
    return cpu::lowerBlockedMovement(builder, op, lanes);
  }

  static bool readsBlocks(Operation *op, int64_t lanes) {
    return llvm::any_of(op->getOperands(), [&](Value operand) {
      return cpu::isBlocked(operand, lanes);
    });
  }

  cpu::TargetDescription target;
};
} // namespace
