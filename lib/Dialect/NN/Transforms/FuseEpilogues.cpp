//===- FuseEpilogues.cpp - Elementwise operations into layers ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Ledger.h"
#include "RootLayout.h"
#include "kiln/Dialect/NN/Transforms/Passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/SetVector.h"

namespace kiln::nn {
#define GEN_PASS_DEF_NNFUSEEPILOGUES
#include "kiln/Dialect/NN/Transforms/Passes.h.inc"
} // namespace kiln::nn

using namespace mlir;
using namespace kiln::nn;

/// Operations looked at behind a root: chains are short, and a group too long
/// for registers gains nothing.
static constexpr size_t kMaxEpilogue = 32;

namespace {
/// A root and the operations to be drawn into its loop nest.
struct Group {
  Operation *root;
  SmallVector<Operation *> prologue; ///< in program order
  SmallVector<Operation *> epilogue; ///< in program order
};
} // namespace

/// True if each operand of the generic can be read where its result is
/// computed, element by element: dims and zeros as indices, no access beyond.
static bool readsAtPosition(linalg::GenericOp op) {
  bool mapsAreSimple =
      llvm::all_of(op.getIndexingMapsArray(), [](AffineMap map) {
        return llvm::all_of(map.getResults(), [](AffineExpr expr) {
          return isa<AffineDimExpr, AffineConstantExpr>(expr);
        });
      });
  return mapsAreSimple &&
         op.getBody()
                 ->walk([](Operation *nested) {
                   return isa<tensor::ExtractOp, linalg::IndexOp>(nested)
                              ? WalkResult::interrupt()
                              : WalkResult::advance();
                 })
                 .wasInterrupted() == false;
}

/// Whether `op` can be computed at a position of a value of `type`, reading
/// those of its operands that are in `inside` at the same position.
static bool canJoin(Operation *op, Type type,
                    function_ref<bool(Value)> isInside) {
  if (!isElementwise(op) || op->getResult(0).getType() != type)
    return false;
  if (auto generic = dyn_cast<linalg::GenericOp>(op)) {
    if (!readsAtPosition(generic))
      return false;
    for (OpOperand *input : generic.getDpsInputOperands())
      if (isInside(input->get()) &&
          !generic.getMatchingIndexingMap(input).isIdentity())
        return false;
    // A destination that is read, or made by the group, is not a mere shape.
    for (OpOperand &init : generic.getDpsInitsMutable())
      if (generic.payloadUsesValueFromOperand(&init) || isInside(init.get()))
        return false;
    return true;
  }
  // Per-channel parameters come from outside.
  return llvm::none_of(op->getOperands().drop_front(), isInside);
}

/// The first operation of the block that uses a result of `root` other than the
/// first, or null: a group must be complete before it.
static Operation *firstUserOfStatistics(Operation *root) {
  Operation *first = nullptr;
  for (OpResult statistic : root->getResults().drop_front())
    for (Operation *user : statistic.getUsers()) {
      Operation *op = root->getBlock()->findAncestorOpInBlock(*user);
      if (op && (!first || op->isBeforeInBlock(first)))
        first = op;
    }
  return first;
}

/// The operations of the same block that follow `root` and use what the group
/// makes, up to the last point at which one value leaves the group.
static SmallVector<Operation *>
findEpilogue(Operation *root, const llvm::SmallPtrSetImpl<Operation *> &taken) {
  llvm::SmallSetVector<Operation *, 8> members;
  members.insert(root);
  auto isInside = [&](Value value) {
    return value.getDefiningOp() && members.contains(value.getDefiningOp());
  };
  auto staysInside = [&](Operation *op) {
    return llvm::all_of(op->getResult(0).getUsers(), [&](Operation *user) {
      return members.contains(user);
    });
  };
  Type type = root->getResult(0).getType();
  size_t best = 1;
  Operation *end = firstUserOfStatistics(root);
  for (Operation *op = root->getNextNode();
       op && op != end && members.size() <= kMaxEpilogue;
       op = op->getNextNode()) {
    if (llvm::none_of(op->getOperands(), isInside))
      continue;
    if (taken.contains(op) || !canJoin(op, type, isInside))
      break;
    members.insert(op);
    ArrayRef<Operation *> all = members.getArrayRef();
    if (llvm::all_of(all.drop_back(), staysInside))
      best = members.size();
  }
  return SmallVector<Operation *>(members.getArrayRef().slice(1, best - 1));
}

/// The chain of single-use elementwise operations that makes the root's first
/// operand; none unless one of them makes it worth while.
static SmallVector<Operation *>
findPrologue(Operation *root, const llvm::SmallPtrSetImpl<Operation *> &taken,
             function_ref<bool(Operation *)> makesItWorth) {
  SmallVector<Operation *> chain;
  bool isWorthIt = false;
  Value value = root->getOperand(0);
  while (chain.size() < kMaxEpilogue) {
    Operation *op = value.getDefiningOp();
    if (!op || op->getBlock() != root->getBlock() || taken.contains(op) ||
        !value.hasOneUse() ||
        !canJoin(op, value.getType(), [](Value) { return false; }))
      break;
    Value next = op->getOperand(0);
    if (auto generic = dyn_cast<linalg::GenericOp>(op)) {
      // A chain has one source; two tensors of full size are no longer cheap.
      if (generic.getNumDpsInputs() != 1 ||
          !generic.getIndexingMapsArray().front().isIdentity())
        break;
    }
    if (next.getType() != value.getType())
      break;
    isWorthIt |= makesItWorth(op);
    chain.push_back(op);
    value = next;
  }
  if (!isWorthIt)
    chain.clear();
  std::reverse(chain.begin(), chain.end());
  return chain;
}

/// Moves the group into a region at the place of its last operation, where all
/// that it uses is there.
static FusedOp makeFused(const Group &group) {
  Operation *last = group.epilogue.empty() ? group.root : group.epilogue.back();
  Value result = last->getResult(0);
  OpBuilder builder(last);
  builder.setInsertionPointAfter(last);
  ResultRange statistics = group.root->getResults().drop_front();
  auto fused = FusedOp::create(builder, group.root->getLoc(), result.getType(),
                               TypeRange(statistics));
  Block &body = fused.getBody().emplaceBlock();
  result.replaceAllUsesExcept(fused.getResult(), last);
  llvm::for_each(llvm::zip_equal(statistics, fused.getStatistics()),
                 [](auto pair) {
                   std::get<0>(pair).replaceAllUsesWith(std::get<1>(pair));
                 });

  SmallVector<Operation *> members(group.prologue);
  members.push_back(group.root);
  llvm::append_range(members, group.epilogue);
  builder.setInsertionPointToEnd(&body);
  for (Operation *op : members) {
    if (auto generic = dyn_cast<linalg::GenericOp>(op))
      for (OpOperand &init : generic.getDpsInitsMutable())
        if (Operation *empty = init.get().getDefiningOp<tensor::EmptyOp>())
          init.set(builder.clone(*empty)->getResult(0));
    op->moveBefore(&body, body.end());
  }
  YieldOp::create(builder, last->getLoc(), result, statistics);
  return fused;
}

/// A kept batch normalisation that lies in a region costs no pass over memory.
static void recordFused(FusedOp fused,
                        MutableArrayRef<FoldLedgerEntry> ledger) {
  for (Operation &op : fused.getBody().front())
    for (int64_t entry : ledgerEntries(&op)) {
      if (entry < 0 || entry >= static_cast<int64_t>(ledger.size()))
        continue;
      ledger[entry].action = FoldAction::Fused;
      // Where the first of several is the affine itself, it goes with the next.
      Operation *other =
          fused.getRoot() == &op ? op.getNextNode() : fused.getRoot();
      while (isa<tensor::EmptyOp>(other))
        other = other->getNextNode();
      ledger[entry].into = layerName(other);
    }
}

static bool isActivationOrAffine(Operation *op) {
  return !isa<linalg::GenericOp>(op);
}

static bool isAffine(Operation *op) { return isa<ChannelAffineOp>(op); }

/// True if what `op` computes is finished by elementwise code, which can take
/// more of it. Maxima and sums are not.
static bool canFinish(Operation *op) {
  return isElementwise(op) ||
         isa<AveragePoolOp, GlobalAveragePoolOp, ResizeOp>(op);
}

namespace {
class FuseEpilogues final
    : public kiln::nn::impl::NNFuseEpiloguesBase<FuseEpilogues> {
  using Taken = llvm::SmallPtrSet<Operation *, 16>;

  void runOnOperation() override {
    groups.clear();
    taken.clear();
    drawIntoLayers();
    drawIntoLoops();
    SmallVector<FoldLedgerEntry> ledger = readFoldLedger(getOperation());
    for (const Group &group : groups) {
      numPrologue += group.prologue.size();
      numEpilogue += group.epilogue.size();
      ++numGroups;
      recordFused(makeFused(group), ledger);
    }
    if (!ledger.empty())
      writeFoldLedger(getOperation(), ledger);
    getOperation().walk([](tensor::EmptyOp empty) {
      if (empty->use_empty())
        empty->erase();
    });
  }

  void drawIntoLayers() {
    SmallVector<Group> layers;
    getOperation().walk([&](Operation *op) {
      if ((isFusionRoot(op) || isa<BatchNormTrainingOp>(op)) &&
          !isa<FusedOp>(op->getParentOp()))
        layers.push_back({op, {}, {}});
    });
    // What a layer makes it can finish for free; only then does the next one
    // recompute what makes its input.
    for (Group &group : layers) {
      group.epilogue = findEpilogue(group.root, taken);
      taken.insert(group.epilogue.begin(), group.epilogue.end());
    }
    for (Group &group : layers) {
      // Statistics and result would each compute a prologue.
      if (isFusionRoot(group.root))
        group.prologue = findPrologue(group.root, taken, isActivationOrAffine);
      add(std::move(group));
    }
  }

  /// Affines that no layer takes go into another loop beside them: that of the
  /// pooling or reduction that reads them, else that of what makes their input,
  /// else that of elementwise operations behind them.
  void drawIntoLoops() {
    SmallVector<Operation *> loops, affines;
    getOperation().walk([&](Operation *op) {
      if (!isa_and_present<func::FuncOp>(op->getParentOp()))
        return;
      if (isLoopNest(op) && !isFusionRoot(op) && !isa<BatchNormTrainingOp>(op))
        loops.push_back(op);
      else if (isAffine(op))
        affines.push_back(op);
    });
    for (Operation *op : loops)
      add({op, findPrologue(op, taken, isAffine), {}});
    for (Operation *op : affines) {
      if (taken.contains(op))
        continue;
      Operation *maker = op->getOperand(0).getDefiningOp();
      bool canJoinMaker = maker && canFinish(maker) && !taken.contains(maker) &&
                          maker->hasOneUse();
      Operation *root = canJoinMaker ? maker : op;
      SmallVector<Operation *> epilogue = findEpilogue(root, taken);
      if (root == op || llvm::is_contained(epilogue, op))
        add({root, {}, std::move(epilogue)});
    }
  }

  void add(Group group) {
    if (group.prologue.empty() && group.epilogue.empty())
      return;
    taken.insert(group.root);
    taken.insert(group.prologue.begin(), group.prologue.end());
    taken.insert(group.epilogue.begin(), group.epilogue.end());
    groups.push_back(std::move(group));
  }

  SmallVector<Group> groups;
  Taken taken;
};
} // namespace
