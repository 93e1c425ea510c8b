//===- RaiseChannelShuffle.cpp - Channel shuffles written out ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "kiln/Dialect/NN/Transforms/Passes.h"

namespace kiln::nn {
#define GEN_PASS_DEF_NNRAISECHANNELSHUFFLE
#include "kiln/Dialect/NN/Transforms/Passes.h.inc"
} // namespace kiln::nn

using namespace mlir;
using namespace kiln::nn;

/// The groups of a shuffle that ends in `collapse`, or nothing:
/// [N, g * k, ...] -> [N, g, k, ...] -> [N, k, g, ...] -> [N, g * k, ...].
static std::optional<int64_t> matchShuffle(tensor::CollapseShapeOp collapse,
                                           Value &source) {
  auto transpose = collapse.getSrc().getDefiningOp<linalg::TransposeOp>();
  auto expand =
      transpose ? transpose.getInput().getDefiningOp<tensor::ExpandShapeOp>()
                : tensor::ExpandShapeOp();
  if (!expand || expand.getSrcType() != collapse.getResultType() ||
      !expand.getSrcType().hasStaticShape())
    return std::nullopt;
  ArrayRef<int64_t> shape = expand.getResultType().getShape();
  ArrayRef<int64_t> flat = expand.getSrcType().getShape();
  if (flat.size() < 2 || shape.size() != flat.size() + 1 ||
      shape[0] != flat[0] || shape[1] * shape[2] != flat[1] ||
      shape.drop_front(3) != flat.drop_front(2))
    return std::nullopt;
  SmallVector<int64_t> swapped =
      llvm::to_vector(llvm::seq<int64_t>(0, shape.size()));
  std::swap(swapped[1], swapped[2]);
  if (transpose.getPermutation() != ArrayRef<int64_t>(swapped))
    return std::nullopt;
  source = expand.getSrc();
  return shape[1];
}

namespace {
class RaiseChannelShuffle final
    : public kiln::nn::impl::NNRaiseChannelShuffleBase<RaiseChannelShuffle> {
  void runOnOperation() override {
    getOperation().walk([&](tensor::CollapseShapeOp collapse) {
      Value source;
      std::optional<int64_t> groups = matchShuffle(collapse, source);
      auto type = dyn_cast<RankedTensorType>(collapse.getResult().getType());
      if (!groups || !isa<FloatType>(type.getElementType()))
        return;
      OpBuilder builder(collapse);
      auto shuffle =
          ChannelShuffleOp::create(builder, collapse.getLoc(), type, source,
                                   builder.getI64IntegerAttr(*groups));
      collapse.getResult().replaceAllUsesWith(shuffle.getResult());
      Operation *dead = collapse;
      // The three stand in a row: each goes if the next was its only user.
      while (dead && dead->use_empty() && dead != source.getDefiningOp()) {
        Operation *next = dead->getOperand(0).getDefiningOp();
        dead->erase();
        dead = next;
      }
      ++numRaised;
    });
  }
};
} // namespace
