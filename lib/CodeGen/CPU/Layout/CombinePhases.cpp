//===- CombinePhases.cpp - Transposed convolutions of few channels ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "DepthToSpace.h"
#include "Operands.h"
#include "Prologue.h"
#include "RepeatChannels.h"
#include "kiln/CodeGen/CPU/Passes.h"
#include "kiln/CodeGen/CPU/TargetDescription.h"
#include "kiln/Dialect/NN/IR/NN.h"
#include "kiln/Dialect/NN/Utils/Constants.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "llvm/Support/MathExtras.h"

#include <array>

namespace kiln::cpu {
#define GEN_PASS_DEF_COMBINEPHASES
#include "kiln/CodeGen/CPU/Passes.h.inc"
} // namespace kiln::cpu

using namespace mlir;
using namespace kiln;

namespace {

/// All phases along one dimension. Counted from the start of the padding,
/// output m * stride + p is the sum over taps j of weights[p + j * stride] *
/// input[m - j]; m runs over `count` values from `least` on.
struct Axis {
  int64_t stride = 1, taps = 1, least = 0, count = 0;
  /// Padding of the convolution; negative where input is cut off.
  int64_t padLow = 0, padHigh = 0;
  /// Of the first output that is wanted.
  int64_t offset = 0;
};

class Combination {
public:
  Combination(nn::ConvTransposeOp op, int64_t lanes)
      : op(op), lanes(lanes), fused(dyn_cast<nn::FusedOp>(op->getParentOp())),
        replaced(fused ? fused.getOperation() : op.getOperation()),
        builder(replaced), loc(op.getLoc()), input(op.getInput()),
        weights(op.getWeights().getType()), result(op.getType()) {}

  /// True if all phases have the same taps, and the region around `op` does
  /// with them what it does with the whole.
  bool canCombine();
  /// Goes back behind the move of channels to pixels that made the input, if it
  /// was made so and the result can be moved at once for both.
  void takeChannels();
  bool isWorthIt();
  void run();

private:
  Axis axisOf(unsigned dim);
  bool reachesInput();
  bool fitsEpilogue(Operation *next);
  bool isPointwise();
  bool givesAllPixels();
  bool canFollow(int64_t phasesBefore);
  Value packWeights();
  Value cutInput();
  Value compute(Value packed);
  Value convolve(OpBuilder &to, Value from, Value packed, Value bias,
                 RankedTensorType type);
  Value computeFused(Value packed, RankedTensorType type);
  Value cropPixels(Value pixels);
  Value cloneEpilogue(OpBuilder &inside, Value sums, IRMapping &mapping);
  int64_t phases() {
    return op.getStrides()[0] * op.getStrides()[1] * inner.rows * inner.columns;
  }
  int64_t channels() { return weights.getDimSize(1); }

  nn::ConvTransposeOp op;
  int64_t lanes;
  nn::FusedOp fused; ///< the region around it, if it is in one
  Operation *replaced;
  OpBuilder builder;
  Location loc;
  Value input;
  RankedTensorType weights, result;
  /// What the input was before its channels became pixels, where the
  /// convolution reads that.
  cpu::DepthToSpace inner;
  std::array<Axis, 2> axes;
};

} // namespace

Axis Combination::axisOf(unsigned dim) {
  Axis axis;
  axis.stride = op.getStrides()[dim];
  axis.taps = weights.getDimSize(dim + 2) / axis.stride;
  int64_t low = op.getPadLow()[dim];
  int64_t end = low + result.getDimSize(dim + 2); // behind the last output
  axis.least = llvm::divideFloorSigned(low, axis.stride);
  axis.count = llvm::divideCeilSigned(end, axis.stride) - axis.least;
  axis.padLow = axis.taps - 1 - axis.least;
  auto size = op.getInput().getType().getDimSize(dim + 2);
  axis.padHigh = axis.count - size - axis.padLow + axis.taps - 1;
  axis.offset = low - axis.least * axis.stride;
  return axis;
}

bool Combination::reachesInput() {
  auto type = cast<RankedTensorType>(input.getType());
  for (unsigned dim : {0, 1}) {
    Axis axis = axisOf(dim);
    int64_t cut = std::max<int64_t>(-axis.padLow, 0) +
                  std::max<int64_t>(-axis.padHigh, 0);
    if (cut >= type.getDimSize(dim + 2))
      return false;
  }
  return true;
}

/// True if what the operation does to an element depends on the element's
/// channel at most.
bool Combination::fitsEpilogue(Operation *next) {
  if (!nn::isElementwise(next) ||
      next->getResult(0).getType() != op.getResult().getType())
    return isa<tensor::EmptyOp, nn::YieldOp>(next);
  if (auto affine = dyn_cast<nn::ChannelAffineOp>(next))
    return affine.getAxis() == 1;
  auto generic = dyn_cast<linalg::GenericOp>(next);
  if (!generic)
    return true;
  if (generic.payloadUsesValueFromOperand(generic.getDpsInitOperand(0)))
    return false;
  return llvm::all_of(generic.getDpsInputOperands(), [&](OpOperand *operand) {
    bool inside = operand->get().getParentBlock() == next->getBlock();
    AffineMap map = generic.getMatchingIndexingMap(operand);
    return inside || (!map.isFunctionOfDim(2) && !map.isFunctionOfDim(3));
  });
}

bool Combination::canCombine() {
  if (result.getRank() != 4 || !result.hasStaticShape() ||
      !isa<FloatType>(result.getElementType()) || op.getGroups() != 1 ||
      result.getNumElements() == 0 || !nn::getConstant(op.getWeights()) ||
      cast<RankedTensorType>(input.getType()).getNumElements() == 0)
    return false;
  for (unsigned dim : {0, 1})
    if (op.getDilations()[dim] != 1 ||
        weights.getDimSize(dim + 2) % op.getStrides()[dim] != 0)
      return false;
  if (!reachesInput())
    return false;
  if (!fused)
    return true;
  return llvm::all_of(
      llvm::make_range(std::next(op->getIterator()), op->getBlock()->end()),
      [&](Operation &next) { return fitsEpilogue(&next); });
}

/// True if each pixel of the input makes pixels of its own, and nothing is
/// done to it first.
bool Combination::isPointwise() {
  for (unsigned dim : {0, 1})
    if (weights.getDimSize(dim + 2) != op.getStrides()[dim] ||
        axisOf(dim).padLow != 0 || axisOf(dim).padHigh != 0)
      return false;
  return givesAllPixels() && cpu::findPrologue(op, /*channelDim=*/1).empty();
}

/// True if the outputs of all phases are the result, with nothing cut off.
bool Combination::givesAllPixels() {
  for (unsigned dim : {0, 1})
    if (axisOf(dim).offset != 0 ||
        axisOf(dim).count * op.getStrides()[dim] != result.getDimSize(dim + 2))
      return false;
  return true;
}

/// True if the convolution of the channels that become the input's pixels gives
/// all that comes of them in one vector: it takes as many multiply-adds as
/// without, and nothing need move the channels in between.
bool Combination::canFollow(int64_t phasesBefore) {
  return isPointwise() && phasesBefore * phases() * channels() <= lanes;
}

void Combination::takeChannels() {
  std::optional<cpu::DepthToSpace> moved = cpu::matchDepthToSpace(input);
  if (moved && canFollow(moved->rows * moved->columns)) {
    inner = *moved;
    input = inner.source;
  }
}

/// The one transposed convolution that reads the result, in a region or not.
static nn::ConvTransposeOp soleReader(Value value) {
  if (!value.hasOneUse())
    return {};
  auto next = dyn_cast<nn::ConvTransposeOp>(*value.user_begin());
  return next && next.getInput() == value ? next : nn::ConvTransposeOp();
}

/// Where all phases fit into a vector, or what follows makes them fit.
bool Combination::isWorthIt() {
  if (phases() > 1 && phases() * channels() <= lanes)
    return true;
  nn::ConvTransposeOp next = soleReader(replaced->getResult(0));
  if (!next || !givesAllPixels())
    return false;
  Combination second(next, lanes);
  return second.canCombine() && second.canFollow(phases());
}

/// [C, K, kernel...] to [phases, K, C, taps...] with the taps turned round; of
/// pixels that were channels, to [inner phase and phase of rows, of columns,
/// K, inner phases, C], zero where the inner phases differ.
Value Combination::packWeights() {
  int64_t strides[] = {axes[0].stride, axes[1].stride};
  int64_t perPixel = weights.getDimSize(0), columns = inner.columns;
  SmallVector<int64_t> shape{phases() * channels(),
                             inner.rows * columns * perPixel, axes[0].taps,
                             axes[1].taps};
  return cpu::repackConstant(
      builder, op.getWeights(), shape, [&](ArrayRef<int64_t> index) -> int64_t {
        int64_t phase = index[0] / channels(), k = index[0] % channels();
        int64_t column = phase % (strides[1] * columns);
        int64_t row = phase / (strides[1] * columns);
        int64_t pixel = index[1] / perPixel, c = index[1] % perPixel;
        if (pixel != row / strides[0] * columns + column / strides[1])
          return -1;
        int64_t h =
            row % strides[0] + (axes[0].taps - 1 - index[2]) * strides[0];
        int64_t w =
            column % strides[1] + (axes[1].taps - 1 - index[3]) * strides[1];
        return ((c * channels() + k) * weights.getDimSize(2) + h) *
                   weights.getDimSize(3) +
               w;
      });
}

Value Combination::cutInput() {
  Value from = input;
  SmallVector<Operation *> prologue = cpu::findPrologue(op, /*channelDim=*/1);
  if (!prologue.empty())
    from = prologue.front()->getOperand(0);
  auto type = cast<RankedTensorType>(from.getType());
  SmallVector<int64_t> shape(type.getShape());
  SmallVector<int64_t> offsets(4, 0), steps(4, 1);
  for (auto [i, axis] : llvm::enumerate(axes)) {
    offsets[i + 2] = std::max<int64_t>(-axis.padLow, 0);
    shape[i + 2] -= offsets[i + 2] + std::max<int64_t>(-axis.padHigh, 0);
  }
  if (ArrayRef(shape) == type.getShape())
    return from;
  auto toFold = [&](ArrayRef<int64_t> values) {
    return getAsIndexOpFoldResult(builder.getContext(), values);
  };
  return tensor::ExtractSliceOp::create(builder, loc, from, toFold(offsets),
                                        toFold(shape), toFold(steps));
}

Value Combination::cloneEpilogue(OpBuilder &inside, Value sums,
                                 IRMapping &mapping) {
  auto type = cast<RankedTensorType>(sums.getType());
  mapping.map(op.getResult(), sums);
  for (Operation *next = op->getNextNode(); next; next = next->getNextNode()) {
    if (auto yield = dyn_cast<nn::YieldOp>(next))
      return mapping.lookup(yield.getValue());
    if (isa<tensor::EmptyOp>(next))
      continue;
    Operation *copy = cpu::cloneElementwise(inside, next, mapping, type);
    cpu::repeatChannels(builder, copy, phases());
  }
  return sums;
}

Value Combination::convolve(OpBuilder &to, Value from, Value packed, Value bias,
                            RankedTensorType type) {
  SmallVector<int64_t> ones(2, 1), low, high;
  for (const Axis &axis : axes) {
    low.push_back(std::max<int64_t>(axis.padLow, 0));
    high.push_back(std::max<int64_t>(axis.padHigh, 0));
  }
  return nn::ConvOp::create(to, loc, type, from, packed, bias, ones, ones, low,
                            high, /*groups=*/1);
}

Value Combination::computeFused(Value packed, RankedTensorType type) {
  Value from = cutInput();
  Value bias = op.getBias()
                   ? cpu::repeatAlong(builder, op.getBias(), 0, phases())
                   : Value();
  auto part = nn::FusedOp::create(builder, fused.getLoc(), type);
  // What the region reads from outside is made in front of it.
  builder.setInsertionPoint(part);
  OpBuilder inside = OpBuilder::atBlockBegin(&part.getBody().emplaceBlock());
  IRMapping mapping;
  for (Operation *before : cpu::findPrologue(op, /*channelDim=*/1)) {
    mapping.map(before->getOperand(0), from);
    auto fromType = cast<RankedTensorType>(from.getType());
    from =
        cpu::cloneElementwise(inside, before, mapping, fromType)->getResult(0);
  }
  Value sums = convolve(inside, from, packed, bias, type);
  nn::YieldOp::create(inside, loc, cloneEpilogue(inside, sums, mapping),
                      /*statistics=*/ValueRange());
  builder.setInsertionPointAfter(part);
  return part.getResult();
}

Value Combination::compute(Value packed) {
  auto type =
      RankedTensorType::get({result.getDimSize(0), phases() * channels(),
                             axes[0].count, axes[1].count},
                            result.getElementType());
  if (fused)
    return computeFused(packed, type);
  Value bias = op.getBias()
                   ? cpu::repeatAlong(builder, op.getBias(), 0, phases())
                   : Value();
  return convolve(builder, cutInput(), packed, bias, type);
}

/// The pixels that are wanted.
Value Combination::cropPixels(Value pixels) {
  if (pixels.getType() == result)
    return pixels;
  auto toFold = [&](ArrayRef<int64_t> values) {
    return getAsIndexOpFoldResult(builder.getContext(), values);
  };
  return tensor::ExtractSliceOp::create(
      builder, loc, pixels, toFold({0, 0, axes[0].offset, axes[1].offset}),
      toFold(result.getShape()), toFold({1, 1, 1, 1}));
}

void Combination::run() {
  axes = {axisOf(0), axisOf(1)};
  if (inner.source)
    for (unsigned dim : {0, 1})
      axes[dim].count = inner.getSourceType().getDimSize(dim + 2);
  Value packed = packWeights();
  if (!packed)
    return;
  cpu::DepthToSpace moved{compute(packed), axes[0].stride * inner.rows,
                          axes[1].stride * inner.columns};
  Value pixels = cpu::createDepthToSpace(builder, loc, moved);
  replaced->getResult(0).replaceAllUsesWith(cropPixels(pixels));
  Value unused = op.getInput();
  replaced->erase();
  // The move that was not taken.
  while (Operation *maker = unused.getDefiningOp()) {
    if (!inner.source || unused == inner.source || !isOpTriviallyDead(maker))
      break;
    unused = maker->getOperand(0);
    maker->erase();
  }
}

namespace {
struct CombinePhases : cpu::impl::CombinePhasesBase<CombinePhases> {
  using CombinePhasesBase::CombinePhasesBase;

  void runOnOperation() override {
    cpu::TargetDescription target;
    target.vectorBits = vectorBits;
    SmallVector<nn::ConvTransposeOp> ops;
    getOperation().walk([&](nn::ConvTransposeOp op) { ops.push_back(op); });
    for (nn::ConvTransposeOp op : ops) {
      Combination combination(
          op, target.lanes(op.getType().getElementTypeBitWidth()));
      if (!combination.canCombine())
        continue;
      combination.takeChannels();
      if (!combination.isWorthIt())
        continue;
      combination.run();
      ++numCombined;
    }
  }
};
} // namespace
