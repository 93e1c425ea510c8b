//===- RaiseChannelAffine.cpp - Constant scales and shifts as nn.channel_affine
//---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "BatchNormConstants.h"
#include "ElementwiseMatch.h"
#include "Ledger.h"
#include "kiln/Dialect/NN/Transforms/Passes.h"
#include "kiln/Dialect/NN/Utils/Constants.h"

#include <cmath>

namespace kiln::nn {
#define GEN_PASS_DEF_NNRAISECHANNELAFFINE
#include "kiln/Dialect/NN/Transforms/Passes.h.inc"
} // namespace kiln::nn

using namespace mlir;
using namespace kiln;
using namespace kiln::nn;

//===----------------------------------------------------------------------===//
// Batch normalisation
//===----------------------------------------------------------------------===//

/// `(x - mean) / sqrt(variance + eps) * scale + offset` as scale and shift.
static Affine affineOf(const BatchNormConstants &constants) {
  Affine affine = Affine::identity(constants.scale.size(), /*axis=*/1);
  for (int64_t c = 0; c < affine.size(); ++c) {
    affine.scale[c] = constants.scale[c] /
                      std::sqrt(constants.variance[c] + constants.epsilon);
    affine.shift[c] = constants.offset[c] - constants.mean[c] * affine.scale[c];
  }
  return affine;
}

//===----------------------------------------------------------------------===//
// Pass
//===----------------------------------------------------------------------===//

static ChannelAffineOp replaceByAffine(Operation *op, Value source,
                                       const Affine &affine) {
  OpBuilder builder(op);
  auto raised =
      ChannelAffineOp::create(builder, op->getLoc(), source.getType(), source,
                              affine.scale, affine.shift, affine.axis);
  setLedgerEntries(raised, ledgerEntries(op));
  op->getResult(0).replaceAllUsesWith(raised.getResult());
  op->erase();
  return raised;
}

namespace {
class RaiseChannelAffine final
    : public kiln::nn::impl::NNRaiseChannelAffineBase<RaiseChannelAffine> {
  LogicalResult raise(BatchNormInferenceOp op) {
    std::optional<BatchNormConstants> constants = readBatchNormConstants(op);
    if (!constants)
      return success();
    if (failed(checkStatistics(op, *constants)))
      return failure();
    Affine affine = affineOf(*constants);
    if (op.getInput().getType().isDynamicDim(1) || !affine.isFinite())
      return success();
    replaceByAffine(op, op.getInput(), affine);
    ++numBatchNorms;
    return success();
  }

  void raise(linalg::GenericOp op) {
    Value source;
    std::optional<Affine> affine = matchAffine(op, source);
    if (!affine)
      return;
    replaceByAffine(op, source, *affine);
    ++numElementwise;
  }

  void runOnOperation() override {
    // What a fold leaves, such as the shifts at a border, must not become an
    // affine again: folding twice equals folding once (F25).
    if (getOperation()->hasAttr(kFoldedAttrName))
      return;
    openFoldLedger(getOperation());
    // All bad layers are reported, not the first alone.
    bool isBad = false;
    getOperation().walk([&](Operation *op) {
      if (auto batchNorm = dyn_cast<BatchNormInferenceOp>(op))
        isBad |= failed(raise(batchNorm));
      else if (auto generic = dyn_cast<linalg::GenericOp>(op))
        raise(generic);
    });
    if (isBad)
      signalPassFailure();
  }
};
} // namespace
