//===- MoveAffineBackward.cpp - Into the layer behind ---*- C++ -*-===//
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

/// Channel operations that hold dimension 1 apart from the spatial ones.
static std::optional<Affine> alongChannels(Operation *op, const Affine &affine,
                                           FoldPlan &plan) {
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  std::optional<Affine> result = alongAxis(affine, 1, type.getDimSize(1));
  if (!result)
    plan.fail("its channels lie along a spatial dimension of " + describe(op));
  return result;
}

/// `op(s * x + t) = s * op(x) + t` because `op` averages with weights whose sum
/// is 1, or picks a value by an order that s >= 0 keeps.
static bool throughPooling(Operation *op, const Affine &affine,
                           FoldPlan &plan) {
  std::optional<Affine> channels = alongChannels(op, affine, plan);
  if (!channels)
    return false;
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
  return planBackward(op->getOperand(0), *channels, plan);
}

static bool throughActivation(Operation *op, const Affine &affine,
                              FoldPlan &plan) {
  if (!affine.isScaleOnly() || !affine.hasNonNegativeScale())
    return plan.fail(describe(op) +
                     " lies behind it, and only a scale of at least 0 without "
                     "a shift commutes with that");
  return planBackward(op->getOperand(0), affine, plan);
}

static bool throughConcat(tensor::ConcatOp op, const Affine &affine,
                          FoldPlan &plan) {
  auto dim = static_cast<int64_t>(op.getDim());
  int64_t first = 0;
  for (Value input : op.getInputs()) {
    int64_t size = cast<RankedTensorType>(input.getType()).getDimSize(dim);
    if (dim == affine.axis && ShapedType::isDynamic(size))
      return plan.fail(describe(op) + " has inputs of unknown channel count");
    Affine part = dim == affine.axis ? slice(affine, first, size) : affine;
    first += size;
    if (!planBackward(input, part, plan))
      return false;
  }
  return true;
}

/// `s * (a +- b) + t = (s * a + t) +- s * b`.
static bool throughSum(linalg::GenericOp op, const Affine &affine,
                       FoldPlan &plan) {
  auto fail = [&] { return plan.fail(describe(op) + " lies behind it"); };
  if (!isElementwise(op) || op.getNumDpsInputs() != 2)
    return fail();
  for (Value input : op.getInputs())
    if (input.getType() != op.getResult(0).getType())
      return fail();
  if (!llvm::all_of(op.getIndexingMapsArray(),
                    [](AffineMap map) { return map.isIdentity(); }))
    return fail();
  auto *yield = op.getBody()->getTerminator();
  Operation *sum = yield->getOperand(0).getDefiningOp();
  if (!isa_and_present<arith::AddFOp, arith::SubFOp>(sum) ||
      sum->getBlock() != op.getBody() || &op.getBody()->front() != sum ||
      sum->getOperand(0) != op.getBody()->getArgument(0) ||
      sum->getOperand(1) != op.getBody()->getArgument(1))
    return fail();
  Affine scaleOnly = affine;
  llvm::fill(scaleOnly.shift, 0.0);
  return planBackward(op.getInputs()[0], affine, plan) &&
         planBackward(op.getInputs()[1], scaleOnly, plan);
}

template <typename ReshapeOp>
static bool throughReshape(ReshapeOp op, const Affine &affine, FoldPlan &plan) {
  SmallVector<ReassociationIndices> groups = op.getReassociationIndices();
  std::optional<Affine> source;
  if constexpr (std::is_same_v<ReshapeOp, tensor::ExpandShapeOp>)
    source = collapse(affine, op.getResultType().getShape(), groups);
  else
    source = expand(affine, op.getSrcType().getShape(), groups);
  if (!source)
    return plan.fail(describe(op) + " mixes channels with other dimensions");
  return planBackward(op.getSrc(), *source, plan);
}

static bool throughSlice(tensor::ExtractSliceOp op, const Affine &affine,
                         FoldPlan &plan) {
  // Identity on the channels that nobody reads: the slice is the only user.
  int64_t offset = op.getStaticOffsets()[affine.axis];
  int64_t channels = op.getSourceType().getDimSize(affine.axis);
  if (op.getSourceType().getRank() != op.getResultType().getRank() ||
      ShapedType::isDynamic(offset) || ShapedType::isDynamic(channels) ||
      op.getStaticStrides()[affine.axis] != 1)
    return plan.fail(describe(op) + " rearranges the channels");
  return planBackward(op.getSource(), embed(affine, offset, channels), plan);
}

bool planBackward(Value value, const Affine &affine, FoldPlan &plan) {
  Operation *op = value.getDefiningOp();
  if (!op)
    return plan.fail("its input is an input of the net");
  if (!value.hasOneUse())
    return plan.fail("the result of " + describe(op) +
                     " has other users or is an output of the net");
  if (!plan.step())
    return false;
  if (isFusionRoot(op))
    return plan.enterRoot(op, affine, /*isForward=*/false);
  if (isPositivelyHomogeneous(op))
    return throughActivation(op, affine, plan);
  return TypeSwitch<Operation *, bool>(op)
      .Case([&](ChannelAffineOp inner) {
        return plan.enterAffine(inner, affine, /*isForward=*/false);
      })
      .Case<MaxPoolOp, GlobalMaxPoolOp, AveragePoolOp, GlobalAveragePoolOp,
            ResizeOp>([&](auto) { return throughPooling(op, affine, plan); })
      .Case([&](ChannelShuffleOp shuffle) {
        auto groups = static_cast<int64_t>(shuffle.getGroups());
        return planBackward(
            shuffle.getInput(),
            affine.axis == 1 ? shuffleResultToSource(affine, groups) : affine,
            plan);
      })
      .Case([&](tensor::ConcatOp concat) {
        return throughConcat(concat, affine, plan);
      })
      .Case([&](tensor::PadOp pad) {
        return plan.crossPad(pad, affine, /*isForward=*/false) &&
               planBackward(pad.getSource(), affine, plan);
      })
      .Case<tensor::ExpandShapeOp, tensor::CollapseShapeOp>(
          [&](auto reshape) { return throughReshape(reshape, affine, plan); })
      .Case([&](tensor::ExtractSliceOp extract) {
        return throughSlice(extract, affine, plan);
      })
      .Case([&](linalg::TransposeOp transpose) {
        Affine source = affine;
        source.axis = transpose.getPermutation()[affine.axis];
        return planBackward(transpose.getInput(), source, plan);
      })
      .Case([&](linalg::GenericOp generic) {
        return throughSum(generic, affine, plan);
      })
      .Default([&](Operation *) {
        return plan.fail(describe(op) + " lies behind it");
      });
}

} // namespace kiln::nn
