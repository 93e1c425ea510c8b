//===- FoldConstants.cpp - What depends on constants alone ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ConstantEvaluator.h"
#include "Ledger.h"
#include "kiln/Dialect/NN/Transforms/Passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Iterators.h"

namespace kiln::nn {
#define GEN_PASS_DEF_NNFOLDCONSTANTS
#include "kiln/Dialect/NN/Transforms/Passes.h.inc"
} // namespace kiln::nn

using namespace mlir;
using namespace kiln::nn;

namespace {
class FoldConstants final
    : public kiln::nn::impl::NNFoldConstantsBase<FoldConstants> {
  using NNFoldConstantsBase::NNFoldConstantsBase;

  /// In program order, so that what is computed serves what follows.
  void foldBlock(Block &block, MutableArrayRef<FoldLedgerEntry> ledger) {
    SmallVector<Operation *> folded;
    for (Operation &op : block) {
      if (isa<arith::ConstantOp>(op))
        continue;
      ElementsAttr value = evaluateOnConstants(&op, maxGrowth);
      if (!value)
        continue;
      OpBuilder builder(&op);
      auto constant = arith::ConstantOp::create(builder, op.getLoc(),
                                                cast<TypedAttr>(value));
      op.getResult(0).replaceAllUsesWith(constant);
      for (int64_t entry : ledgerEntries(&op))
        if (entry >= 0 && entry < static_cast<int64_t>(ledger.size())) {
          ledger[entry].action = FoldAction::Folded;
          ledger[entry].reason = "its input is a constant, and so its result";
        }
      folded.push_back(&op);
      ++numFolded;
    }
    // Statistics of a training batch normalisation can still be in use.
    for (Operation *op : llvm::reverse(folded))
      if (op->use_empty())
        op->erase();
  }

  void runOnOperation() override {
    openFoldLedger(getOperation());
    SmallVector<FoldLedgerEntry> ledger = readFoldLedger(getOperation());
    for (auto func : getOperation().getOps<func::FuncOp>())
      for (Block &block : func.getBody())
        foldBlock(block, ledger);
    writeFoldLedger(getOperation(), ledger);
    getOperation().walk<WalkOrder::PostOrder, ReverseIterator>(
        [](Operation *op) {
          if (isa<arith::ConstantOp, tensor::EmptyOp>(op) && op->use_empty())
            op->erase();
        });
  }
};
} // namespace
