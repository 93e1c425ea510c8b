//===- MoveAffineForward.cpp - Into the layers ahead ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Ledger.h"
#include "MoveAffine.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace kiln::nn {

static bool throughPooling(Operation *op, const Affine &affine,
                           FoldPlan &plan) {
  auto type = cast<RankedTensorType>(op->getOperand(0).getType());
  std::optional<Affine> channels = alongAxis(affine, 1, type.getDimSize(1));
  if (!channels)
    return plan.fail("its channels lie along a spatial dimension of " +
                     describe(op));
  if (isa<MaxPoolOp, GlobalMaxPoolOp>(op) && !channels->hasNonNegativeScale())
    return plan.fail("a negative scale does not commute with " + describe(op));
  if (auto resize = dyn_cast<ResizeOp>(op);
      resize && resize.getCoordinates() == Coordinates::TfCropAndResize)
    return plan.fail(describe(op) + " fills in a value of its own");
  if (auto pool = dyn_cast<AveragePoolOp>(op)) {
    auto nonZero = [](int64_t v) { return v != 0; };
    bool countsZeros =
        pool.getCountIncludePad() && (llvm::any_of(pool.getPadLow(), nonZero) ||
                                      llvm::any_of(pool.getPadHigh(), nonZero));
    if (countsZeros && !channels->isScaleOnly())
      return plan.fail("its shift does not reach the padding that " +
                       describe(op) + " counts");
  }
  return planForward(op->getResult(0), *channels, plan);
}

static bool throughActivation(OpOperand &use, const Affine &affine,
                              FoldPlan &plan) {
  Operation *op = use.getOwner();
  if (use.getOperandNumber() != 0 || !affine.isScaleOnly() ||
      !affine.hasNonNegativeScale())
    return plan.fail(describe(op) +
                     " lies ahead, and only a scale of at least 0 without a "
                     "shift commutes with that");
  return planForward(op->getResult(0), affine, plan);
}

static bool throughConcat(OpOperand &use, const Affine &affine,
                          FoldPlan &plan) {
  auto op = cast<tensor::ConcatOp>(use.getOwner());
  auto dim = static_cast<int64_t>(op.getDim());
  int64_t channels = op.getResultType().getDimSize(dim), first = 0;
  if (dim != affine.axis || ShapedType::isDynamic(channels))
    return plan.fail(describe(op) + " lies ahead, and its other inputs would "
                                    "change");
  for (Value input : op.getInputs().take_front(use.getOperandNumber()))
    first += cast<RankedTensorType>(input.getType()).getDimSize(dim);
  return planForward(op.getResult(), embed(affine, first, channels), plan);
}

template <typename ReshapeOp>
static bool throughReshape(ReshapeOp op, const Affine &affine, FoldPlan &plan) {
  SmallVector<ReassociationIndices> groups = op.getReassociationIndices();
  std::optional<Affine> result;
  if constexpr (std::is_same_v<ReshapeOp, tensor::ExpandShapeOp>)
    result = expand(affine, op.getResultType().getShape(), groups);
  else
    result = collapse(affine, op.getSrcType().getShape(), groups);
  if (!result)
    return plan.fail(describe(op) + " mixes channels with other dimensions");
  return planForward(op.getResult(), *result, plan);
}

static bool throughSlice(tensor::ExtractSliceOp op, const Affine &affine,
                         FoldPlan &plan) {
  int64_t offset = op.getStaticOffsets()[affine.axis];
  int64_t size = op.getStaticSizes()[affine.axis];
  if (op.getSourceType().getRank() != op.getResultType().getRank() ||
      ShapedType::isDynamic(offset) || ShapedType::isDynamic(size) ||
      op.getStaticStrides()[affine.axis] != 1)
    return plan.fail(describe(op) + " rearranges the channels");
  return planForward(op.getResult(), slice(affine, offset, size), plan);
}

static bool planUse(OpOperand &use, const Affine &affine, FoldPlan &plan) {
  Operation *op = use.getOwner();
  if (!plan.step())
    return false;
  if (op->hasTrait<OpTrait::IsTerminator>())
    return plan.fail("it is an output of the net");
  if (isPositivelyHomogeneous(op))
    return throughActivation(use, affine, plan);
  if (isFusionRoot(op)) {
    if (use.getOperandNumber() != 0)
      return plan.fail("it makes the weights of " + describe(op));
    return plan.enterRoot(op, affine, /*isForward=*/true);
  }
  return TypeSwitch<Operation *, bool>(op)
      .Case([&](ChannelAffineOp outer) {
        return plan.enterAffine(outer, affine, /*isForward=*/true);
      })
      .Case<MaxPoolOp, GlobalMaxPoolOp, AveragePoolOp, GlobalAveragePoolOp,
            ResizeOp>([&](auto) { return throughPooling(op, affine, plan); })
      .Case([&](ChannelShuffleOp shuffle) {
        auto groups = static_cast<int64_t>(shuffle.getGroups());
        return planForward(
            shuffle.getResult(),
            affine.axis == 1 ? shuffleSourceToResult(affine, groups) : affine,
            plan);
      })
      .Case([&](tensor::ConcatOp) { return throughConcat(use, affine, plan); })
      .Case([&](tensor::PadOp pad) {
        return plan.crossPad(pad, affine, /*isForward=*/true) &&
               planForward(pad.getResult(), affine, plan);
      })
      .Case<tensor::ExpandShapeOp, tensor::CollapseShapeOp>(
          [&](auto reshape) { return throughReshape(reshape, affine, plan); })
      .Case([&](tensor::ExtractSliceOp extract) {
        return throughSlice(extract, affine, plan);
      })
      .Case([&](linalg::TransposeOp transpose) {
        if (use.getOperandNumber() != 0)
          return plan.fail("it is the destination of " + describe(op));
        Affine result = affine;
        ArrayRef<int64_t> permutation = transpose.getPermutation();
        result.axis =
            llvm::find(permutation, affine.axis) - permutation.begin();
        return planForward(transpose->getResult(0), result, plan);
      })
      .Default(
          [&](Operation *) { return plan.fail(describe(op) + " lies ahead"); });
}

bool planForward(Value value, const Affine &affine, FoldPlan &plan) {
  for (OpOperand &use : value.getUses())
    if (!planUse(use, affine, plan))
      return false;
  return true;
}

} // namespace kiln::nn
