//===- SplitFused.cpp - Leave in nn.fused what registers can take ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Prologue.h"
#include "kiln/CodeGen/CPU/Passes.h"

namespace kiln::cpu {
#define GEN_PASS_DEF_SPLITFUSED
#include "kiln/CodeGen/CPU/Passes.h.inc"
} // namespace kiln::cpu

using namespace mlir;
using namespace kiln;

/// The one value of `inside` that operations outside of it use, or null if
/// there are several.
static Value soleResult(ArrayRef<Operation *> inside) {
  Value sole;
  for (Operation *op : inside)
    for (OpOperand &use : op->getResult(0).getUses()) {
      if (llvm::is_contained(inside, use.getOwner()))
        continue;
      if (sole && sole != use.get())
        return {};
      sole = use.get();
    }
  return sole;
}

/// The channels of a convolution's input lie along dimension 1, those of a
/// linear layer's along its last.
static int64_t inputChannels(Operation *root) {
  auto type = cast<RankedTensorType>(root->getOperand(0).getType());
  return isa<nn::LinearOp>(root) ? type.getRank() - 1 : 1;
}

/// A transposed convolution's result is made in parts, each of some positions:
/// constants of its affines are taken whole.
static bool variesInPlane(Operation *op) {
  auto affine = dyn_cast<nn::ChannelAffineOp>(op);
  return affine && affine.getAxis() != 1;
}

/// True if the kernel of `root`, whose result has element type `type`, computes
/// `op` too.
static bool canKeep(Operation *op, Operation *root, Type type) {
  if (!cpu::fitsEpilogue(op, type))
    return false;
  if (isa<nn::BatchNormTrainingOp>(root))
    return cpu::readsWholePlanes(op);
  return !isa<nn::ConvTransposeOp>(root) || !variesInPlane(op);
}

/// The root and the longest run of operations behind it that fit the epilogue
/// and leave through one value.
static SmallVector<Operation *> chooseKept(nn::FusedOp fused) {
  Operation *root = fused.getRoot();
  if (!isa<nn::BatchNormTrainingOp, nn::ConvOp, nn::LinearOp,
           nn::ConvTransposeOp>(root))
    return {};
  Type type = getElementTypeOrSelf(root->getResult(0).getType());
  SmallVector<Operation *> kept{root}, longest;
  for (Operation *op = root->getNextNode();
       !op->hasTrait<OpTrait::IsTerminator>(); op = op->getNextNode()) {
    if (isa<tensor::EmptyOp>(op))
      continue;
    if (!canKeep(op, root, type))
      break;
    kept.push_back(op);
    if (soleResult(kept))
      longest = kept;
  }
  if (longest.empty() && !cpu::findPrologue(root, inputChannels(root)).empty())
    longest.push_back(root);
  return longest;
}

static void splitFused(nn::FusedOp fused) {
  Block &body = fused.getBody().front();
  auto yield = cast<nn::YieldOp>(body.getTerminator());
  SmallVector<Operation *> kept = chooseKept(fused);
  Value inner = soleResult(kept), outer = yield.getValue();
  Operation *root = kept.empty() ? yield.getOperation() : kept.front();
  if (!kept.empty())
    llvm::append_range(kept, cpu::findPrologue(root, inputChannels(root)));
  SmallVector<Operation *> before, after;
  bool behind = false;
  for (Operation &op : body.without_terminator()) {
    behind |= &op == root;
    if (llvm::is_contained(kept, &op))
      continue;
    (behind && !isa<tensor::EmptyOp>(op) ? after : before).push_back(&op);
  }
  for (Operation *op : before)
    op->moveBefore(fused);
  Operation *last = fused;
  for (Operation *op : after) {
    op->moveAfter(last);
    last = op;
  }
  if (kept.empty()) {
    fused->replaceAllUsesWith(yield->getOperands());
    fused.erase();
    return;
  }
  if (inner != outer) {
    fused.getResult().replaceAllUsesWith(outer);
    inner.replaceUsesWithIf(fused.getResult(), [&](OpOperand &use) {
      return use.getOwner()->getBlock() != &body;
    });
    yield.getValueMutable().assign(inner);
  }
  fused.getResult().setType(cast<RankedTensorType>(inner.getType()));
}

namespace {
struct SplitFused : cpu::impl::SplitFusedBase<SplitFused> {
  void runOnOperation() override {
    SmallVector<nn::FusedOp> fused;
    getOperation().walk([&](nn::FusedOp op) { fused.push_back(op); });
    for (nn::FusedOp op : fused)
      splitFused(op);
  }
};
} // namespace
