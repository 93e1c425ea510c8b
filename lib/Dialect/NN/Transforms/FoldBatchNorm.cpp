//===- FoldBatchNorm.cpp - Scales and shifts into weights and biases ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Ledger.h"
#include "MaterializeFolds.h"
#include "MoveAffine.h"
#include "kiln/Dialect/NN/Transforms/Passes.h"
#include "kiln/Dialect/NN/Utils/Constants.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/MapVector.h"

namespace kiln::nn {
#define GEN_PASS_DEF_NNFOLDBATCHNORM
#include "kiln/Dialect/NN/Transforms/Passes.h.inc"
} // namespace kiln::nn

using namespace mlir;
using namespace kiln::nn;

namespace {
/// Where the affine of one ledger entry ended.
struct Whereabouts {
  SmallVector<Operation *> roots;
  Operation *kept = nullptr; ///< an operation that still stands for it
  bool isForward = false;
};

class FoldBatchNorm final
    : public kiln::nn::impl::NNFoldBatchNormBase<FoldBatchNorm> {
  using NNFoldBatchNormBase::NNFoldBatchNormBase;

  void runOnOperation() override;

  bool tryFold(ChannelAffineOp op, bool isForward);
  void commit(ChannelAffineOp op, const FoldPlan &plan, bool isForward);
  void foldAll();
  LogicalResult materializeAll();
  void recordLedger();
  std::string whyKept(Operation *op);

  FoldTable table;
  /// In program order; null once folded.
  SmallVector<ChannelAffineOp> affines;
  DenseMap<Operation *, std::string> reasons; ///< of affines that remain
  llvm::MapVector<Operation *, MaterializedFold> results;
};
} // namespace

bool FoldBatchNorm::tryFold(ChannelAffineOp op, bool isForward) {
  FoldPlan plan(table);
  Affine affine = Affine::of(op);
  bool canFold = isForward ? planForward(op.getResult(), affine, plan)
                           : planBackward(op.getInput(), affine, plan);
  if (!canFold && !affine.isIdentity())
    return false;
  commit(op, canFold ? plan : FoldPlan(table), isForward);
  return true;
}

void FoldBatchNorm::commit(ChannelAffineOp op, const FoldPlan &plan,
                           bool isForward) {
  ArrayRef<int64_t> entries = ledgerEntries(op);
  for (const auto &[root, state] : plan.roots) {
    RootState &target = table.roots[root];
    target = state;
    for (int64_t entry : entries)
      target.contributions.push_back({entry, isForward});
  }
  for (const auto &[other, composed] : plan.affines) {
    auto target = cast<ChannelAffineOp>(other);
    target.setScale(composed.scale);
    target.setShift(composed.shift);
    target.setAxis(composed.axis);
    SmallVector<int64_t> all(ledgerEntries(target));
    for (int64_t entry : entries)
      if (!llvm::is_contained(all, entry))
        all.push_back(entry);
    setLedgerEntries(target, all);
  }
  for (const auto &[pad, value] : plan.pads) {
    OpBuilder outside(pad);
    Type type = getElementTypeOrSelf(pad->getResult(0).getType());
    Value constant = arith::ConstantOp::create(
        outside, pad->getLoc(), outside.getFloatAttr(type, value));
    cast<tensor::PadOp>(pad).getBody()->getTerminator()->setOperand(0,
                                                                    constant);
  }
  ++(isForward ? numForward : numBackward);
  op.getResult().replaceAllUsesWith(op.getInput());
  op.erase();
}

/// Backward first: one layer takes the affine, and no border is in the way.
/// Every fold removes an affine, so this ends.
void FoldBatchNorm::foldAll() {
  auto sweep = [&](bool isForward) {
    bool changed = false;
    for (ChannelAffineOp &op : affines)
      if (op && tryFold(op, isForward)) {
        op = {};
        changed = true;
      }
    return changed;
  };
  do {
    while (sweep(/*isForward=*/false))
      ;
  } while (sweep(/*isForward=*/true));
  for (ChannelAffineOp op : affines) {
    if (!op)
      continue;
    ++numKept;
    FoldPlan backward(table), forward(table);
    (void)planBackward(op.getInput(), Affine::of(op), backward);
    (void)planForward(op.getResult(), Affine::of(op), forward);
    reasons[op] =
        "backward: " + backward.reason + "; forward: " + forward.reason;
  }
}

LogicalResult FoldBatchNorm::materializeAll() {
  uint64_t seed = 0;
  for (const auto &[root, state] : table.roots) {
    FailureOr<MaterializedFold> result =
        materializeFold(root, state, table.maxBorderElements, seed++);
    if (failed(result))
      return failure();
    if (result->hasBorder)
      ++numBorderMaps;
    results[root] = *result;
  }
  getOperation().walk([](Operation *op) {
    if (isa<arith::ConstantOp, tensor::EmptyOp>(op) && op->use_empty())
      op->erase();
  });
  return success();
}

/// Why an affine, or a batch normalisation that never became one, remains.
std::string FoldBatchNorm::whyKept(Operation *op) {
  if (isa<ChannelAffineOp>(op))
    return reasons.lookup(op);
  if (auto training = dyn_cast<BatchNormTrainingOp>(op))
    return training.getTracksStatistics()
               ? "in training mode: it uses the batch's own statistics"
               : "it does not track statistics: it uses the batch's own in "
                 "every mode";
  auto inference = cast<BatchNormInferenceOp>(op);
  if (inference.getInput().getType().isDynamicDim(1))
    return "its channel count is not known";
  std::pair<StringRef, Value> parameters[] = {
      {"scale", inference.getScale()},
      {"offset", inference.getOffset()},
      {"mean", inference.getMean()},
      {"variance", inference.getVariance()}};
  for (auto [name, value] : parameters)
    if (!getConstant(value))
      return ("its " + name + " is not a constant").str();
  return "it was not written as nn.channel_affine";
}

void FoldBatchNorm::recordLedger() {
  SmallVector<FoldLedgerEntry> ledger = readFoldLedger(getOperation());
  SmallVector<Whereabouts> places(ledger.size());
  auto count = static_cast<int64_t>(ledger.size());
  for (const auto &[root, state] : table.roots)
    for (const Contribution &part : state.contributions)
      if (part.entry >= 0 && part.entry < count) {
        Whereabouts &place = places[part.entry];
        if (!llvm::is_contained(place.roots, root))
          place.roots.push_back(root);
        place.isForward = part.isForward;
      }
  getOperation().walk([&](Operation *op) {
    for (int64_t entry : ledgerEntries(op))
      if (entry >= 0 && entry < count)
        places[entry].kept = op;
  });

  for (auto [entry, place] : llvm::zip(ledger, places)) {
    SmallVector<std::string> names;
    for (Operation *root : place.roots) {
      names.push_back(layerName(root));
      const MaterializedFold &result = results[root];
      entry.maxWeightChange =
          std::max(entry.maxWeightChange, result.error.maxWeightChange);
      entry.bound = std::max(entry.bound, result.error.bound);
      entry.measured = std::max(entry.measured, result.error.measured);
      if (result.hasBorder)
        entry.reason = "the layer is padded: the shift is a constant for each "
                       "position";
    }
    if (!names.empty()) {
      entry.into = llvm::join(names, ", ");
      entry.direction = place.isForward ? "forward" : "backward";
      entry.action = FoldAction::Folded;
    }
    // What a region holds was decided when the region was made.
    if (place.kept && !isa<FusedOp>(place.kept->getParentOp())) {
      entry.action = FoldAction::Kept;
      entry.reason = whyKept(place.kept);
    } else if (!place.kept && names.empty() &&
               entry.action == FoldAction::Kept) {
      entry.action = FoldAction::Folded;
      entry.reason = "it has no effect: scale 1 and shift 0, or not used";
    }
  }
  writeFoldLedger(getOperation(), ledger);
}

void FoldBatchNorm::runOnOperation() {
  // The ledger keeps the reasons of the fold that was made (F25).
  if (getOperation()->hasAttr(kFoldedAttrName))
    return;
  table = {};
  table.maxBorderElements = maxBorderElements;
  affines.clear();
  reasons.clear();
  results.clear();
  openFoldLedger(getOperation());
  getOperation().walk([&](ChannelAffineOp op) {
    if (isa<func::FuncOp>(op->getParentOp()))
      affines.push_back(op);
  });
  foldAll();
  if (failed(materializeAll()))
    return signalPassFailure();
  recordLedger();
  getOperation()->setAttr(kFoldedAttrName, UnitAttr::get(&getContext()));
}
