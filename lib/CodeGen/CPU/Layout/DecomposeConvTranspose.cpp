//===- DecomposeConvTranspose.cpp - Transposed convolutions by phases ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Operands.h"
#include "Prologue.h"
#include "kiln/CodeGen/CPU/Passes.h"
#include "kiln/Dialect/NN/IR/NN.h"
#include "kiln/Dialect/NN/Utils/Constants.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/IRMapping.h"
#include "llvm/Support/MathExtras.h"

#include <numeric>

namespace kiln::cpu {
#define GEN_PASS_DEF_DECOMPOSECONVTRANSPOSE
#include "kiln/CodeGen/CPU/Passes.h.inc"
} // namespace kiln::cpu

using namespace mlir;
using namespace kiln;

namespace {

/// One phase along one dimension. Counted from the start of the padding, output
/// q = m * stride + phase is the sum over taps k = firstTap + j * tapStep of
/// weights[k] * input[m - reach - j * dilation].
struct Phase {
  int64_t firstTap = 0, tapStep = 1, numTaps = 0;
  int64_t dilation = 1;
  /// Output elements first, first + stride, ..., `count` of them.
  int64_t first = 0, count = 0;
  /// Padding of the convolution; negative where input is cut off.
  int64_t padLow = 0, padHigh = 0;
};

class Decomposition {
public:
  explicit Decomposition(nn::ConvTransposeOp op)
      : op(op), fused(dyn_cast<nn::FusedOp>(op->getParentOp())),
        builder(fused ? fused.getOperation() : op.getOperation()),
        loc(op.getLoc()), prologue(cpu::findPrologue(op, /*channelDim=*/1)),
        source(prologue.empty() ? op.getInput()
                                : prologue.front()->getOperand(0)),
        input(cast<RankedTensorType>(op.getInput().getType())),
        weights(cast<RankedTensorType>(op.getWeights().getType())),
        result(cast<RankedTensorType>(op.getResult().getType())) {}

  void run();

private:
  Phase phaseOf(unsigned dim, int64_t phase);
  Value compute(ArrayRef<Phase> phases);
  Value constantResult(RankedTensorType type);
  Value cutInput(ArrayRef<Phase> phases);
  Value phaseWeights(ArrayRef<Phase> phases);
  Value computedWeights(ArrayRef<Phase> phases, RankedTensorType type);
  Value insert(Value part, Value whole, ArrayRef<Phase> phases);
  Value sliceExtra(Value value, AffineMap map, ArrayRef<Phase> phases);
  void mapExtras(IRMapping &mapping, ArrayRef<Phase> phases);
  Value cloneEpilogue(OpBuilder &to, Value sums, IRMapping &mapping);
  Value computeFused(Value cut, Value phase, RankedTensorType type,
                     ArrayRef<int64_t> dilations, ArrayRef<int64_t> low,
                     ArrayRef<int64_t> high, ArrayRef<Phase> phases);

  nn::ConvTransposeOp op;
  nn::FusedOp fused; ///< the region around it, if it is in one
  OpBuilder builder;
  Location loc;
  SmallVector<Operation *> prologue;
  Value source; ///< of the prologue, or the input
  RankedTensorType input, weights, result;
};

} // namespace

Phase Decomposition::phaseOf(unsigned dim, int64_t phase) {
  int64_t stride = op.getStrides()[dim], dilation = op.getDilations()[dim];
  int64_t kernel = weights.getDimSize(dim + 2), low = op.getPadLow()[dim];
  int64_t divisor = std::gcd(stride, dilation);
  Phase p;
  p.tapStep = stride / divisor;
  p.dilation = dilation / divisor;
  p.firstTap = kernel;
  for (int64_t k = 0; k < kernel; ++k)
    if (k * dilation % stride == phase) {
      p.firstTap = std::min(p.firstTap, k);
      ++p.numTaps;
    }
  int64_t end = low + result.getDimSize(dim + 2); // behind the last output
  int64_t least = llvm::divideCeilSigned(low - phase, stride);
  p.first = least * stride + phase - low;
  p.count = llvm::divideFloorSigned(end - 1 - phase, stride) - least + 1;
  if (p.numTaps == 0)
    return p;
  int64_t reach = (p.firstTap * dilation - phase) / stride;
  int64_t span = (p.numTaps - 1) * p.dilation;
  p.padLow = reach + span - least;
  p.padHigh = p.count - input.getDimSize(dim + 2) - p.padLow + span;
  return p;
}

/// Outputs that no tap reaches: the bias, or zero.
Value Decomposition::constantResult(RankedTensorType type) {
  Value empty = tensor::EmptyOp::create(builder, loc, type.getShape(),
                                        type.getElementType());
  if (!op.getBias()) {
    Value zero = arith::ConstantOp::create(
        builder, loc, builder.getZeroAttr(type.getElementType()));
    return linalg::FillOp::create(builder, loc, zero, empty).getResult(0);
  }
  SmallVector<int64_t> added{0};
  llvm::append_range(added, llvm::seq<int64_t>(2, type.getRank()));
  return linalg::BroadcastOp::create(builder, loc, op.getBias(), empty, added)
      ->getResult(0);
}

Value Decomposition::cutInput(ArrayRef<Phase> phases) {
  SmallVector<OpFoldResult> offsets(2, builder.getIndexAttr(0)), sizes;
  SmallVector<OpFoldResult> steps(input.getRank(), builder.getIndexAttr(1));
  SmallVector<int64_t> shape(input.getShape());
  for (auto [i, phase] : llvm::enumerate(phases)) {
    int64_t low = std::max<int64_t>(-phase.padLow, 0);
    offsets.push_back(builder.getIndexAttr(low));
    shape[i + 2] -= low + std::max<int64_t>(-phase.padHigh, 0);
  }
  for (int64_t size : shape)
    sizes.push_back(builder.getIndexAttr(size));
  if (ArrayRef(shape) == input.getShape())
    return source;
  return tensor::ExtractSliceOp::create(
      builder, loc, RankedTensorType::get(shape, input.getElementType()),
      source, offsets, sizes, steps);
}

/// [C, O / groups, kernel...] to [O, C / groups, taps...], taps turned round.
Value Decomposition::phaseWeights(ArrayRef<Phase> phases) {
  int64_t groups = op.getGroups(), perGroup = weights.getDimSize(1);
  int64_t inputs = weights.getDimSize(0) / groups;
  SmallVector<int64_t> shape{perGroup * groups, inputs};
  for (const Phase &phase : phases)
    shape.push_back(phase.numTaps);
  if (!nn::getConstant(op.getWeights()))
    return computedWeights(
        phases, RankedTensorType::get(shape, weights.getElementType()));
  return cpu::repackConstant(
      builder, op.getWeights(), shape, [&](ArrayRef<int64_t> index) {
        int64_t group = index[0] / perGroup, column = index[0] % perGroup;
        int64_t from = (group * inputs + index[1]) * perGroup + column;
        for (auto [i, phase] : llvm::enumerate(phases)) {
          int64_t j = phase.numTaps - 1 - index[i + 2];
          from = from * weights.getDimSize(i + 2) + phase.firstTap +
                 j * phase.tapStep;
        }
        return from;
      });
}

/// The same rearrangement, made when the net runs.
Value Decomposition::computedWeights(ArrayRef<Phase> phases,
                                     RankedTensorType type) {
  AffineMap identity = builder.getMultiDimIdentityMap(type.getRank());
  SmallVector<utils::IteratorType> iterators(type.getRank(),
                                             utils::IteratorType::parallel);
  Value empty = tensor::EmptyOp::create(builder, loc, type.getShape(),
                                        type.getElementType());
  auto body = [&](OpBuilder &b, Location at, ValueRange) {
    auto constant = [&](int64_t value) -> Value {
      return arith::ConstantIndexOp::create(b, at, value);
    };
    Value out = linalg::IndexOp::create(b, at, 0);
    Value in = linalg::IndexOp::create(b, at, 1);
    Value perGroup = constant(weights.getDimSize(1));
    Value group = arith::DivUIOp::create(b, at, out, perGroup);
    Value first =
        arith::MulIOp::create(b, at, group, constant(type.getDimSize(1)));
    SmallVector<Value> from{arith::AddIOp::create(b, at, first, in),
                            arith::RemUIOp::create(b, at, out, perGroup)};
    for (auto [i, phase] : llvm::enumerate(phases)) {
      Value tap = linalg::IndexOp::create(b, at, i + 2);
      int64_t last = phase.firstTap + (phase.numTaps - 1) * phase.tapStep;
      Value back = arith::MulIOp::create(b, at, tap, constant(phase.tapStep));
      from.push_back(arith::SubIOp::create(b, at, constant(last), back));
    }
    Value element = tensor::ExtractOp::create(b, at, op.getWeights(), from);
    linalg::YieldOp::create(b, at, element);
  };
  return linalg::GenericOp::create(builder, loc, type, ValueRange(), empty,
                                   ArrayRef(identity), iterators, body)
      .getResult(0);
}

Value Decomposition::compute(ArrayRef<Phase> phases) {
  SmallVector<int64_t> shape(result.getShape().take_front(2));
  SmallVector<int64_t> ones(phases.size(), 1), dilations, low, high;
  bool reached = true;
  for (const Phase &phase : phases) {
    shape.push_back(phase.count);
    dilations.push_back(phase.dilation);
    low.push_back(std::max<int64_t>(phase.padLow, 0));
    high.push_back(std::max<int64_t>(phase.padHigh, 0));
    reached &= phase.numTaps > 0 &&
               -phase.padLow < input.getDimSize(low.size() + 1) &&
               -phase.padHigh < input.getDimSize(low.size() + 1);
  }
  auto type = RankedTensorType::get(shape, result.getElementType());
  if (reached && fused)
    return computeFused(cutInput(phases), phaseWeights(phases), type, dilations,
                        low, high, phases);
  if (reached)
    return nn::ConvOp::create(builder, loc, type, cutInput(phases),
                              phaseWeights(phases), op.getBias(), ones,
                              dilations, low, high, op.getGroups());
  Value constant = constantResult(type);
  if (!fused)
    return constant;
  IRMapping mapping;
  mapExtras(mapping, phases);
  return cloneEpilogue(builder, constant, mapping);
}

/// What a phase needs of `value`, which the epilogue reads by `map` from the
/// dimensions of the result.
Value Decomposition::sliceExtra(Value value, AffineMap map,
                                ArrayRef<Phase> phases) {
  auto type = cast<RankedTensorType>(value.getType());
  SmallVector<OpFoldResult> offsets, sizes, steps;
  SmallVector<int64_t> shape;
  for (auto [expr, size] : llvm::zip_equal(map.getResults(), type.getShape())) {
    auto dim = dyn_cast<AffineDimExpr>(expr);
    bool cut = dim && dim.getPosition() >= 2;
    unsigned spatial = cut ? dim.getPosition() - 2 : 0;
    shape.push_back(cut ? phases[spatial].count : size);
    offsets.push_back(builder.getIndexAttr(cut ? phases[spatial].first : 0));
    steps.push_back(builder.getIndexAttr(cut ? op.getStrides()[spatial] : 1));
    sizes.push_back(builder.getIndexAttr(shape.back()));
  }
  if (ArrayRef(shape) == type.getShape())
    return value;
  return tensor::ExtractSliceOp::create(
      builder, loc, RankedTensorType::get(shape, type.getElementType()), value,
      offsets, sizes, steps);
}

/// Maps the tensors from outside that the epilogue's generics read to what the
/// phase needs of them.
void Decomposition::mapExtras(IRMapping &mapping, ArrayRef<Phase> phases) {
  for (Operation *next = op->getNextNode(); next; next = next->getNextNode())
    if (auto generic = dyn_cast<linalg::GenericOp>(next))
      for (OpOperand *extra : generic.getDpsInputOperands())
        if (extra->get().getParentBlock() != next->getBlock() &&
            !mapping.contains(extra->get()))
          mapping.map(extra->get(),
                      sliceExtra(extra->get(),
                                 generic.getMatchingIndexingMap(extra),
                                 phases));
}

/// The epilogue of a part of the result.
Value Decomposition::cloneEpilogue(OpBuilder &to, Value sums,
                                   IRMapping &mapping) {
  mapping.map(op.getResult(), sums);
  for (Operation *next = op->getNextNode(); next; next = next->getNextNode()) {
    if (auto yield = dyn_cast<nn::YieldOp>(next))
      return mapping.lookup(yield.getValue());
    if (auto generic = dyn_cast<linalg::GenericOp>(next)) {
      auto type = cast<RankedTensorType>(sums.getType());
      mapping.map(generic.getDpsInitOperand(0)->get(),
                  tensor::EmptyOp::create(to, loc, type.getShape(),
                                          type.getElementType())
                      .getResult());
    }
    if (!nn::isElementwise(next))
      continue;
    Operation *copy = to.clone(*next, mapping);
    copy->getResult(0).setType(sums.getType());
  }
  return sums;
}

Value Decomposition::computeFused(Value cut, Value phase, RankedTensorType type,
                                  ArrayRef<int64_t> dilations,
                                  ArrayRef<int64_t> low, ArrayRef<int64_t> high,
                                  ArrayRef<Phase> phases) {
  IRMapping mapping;
  mapExtras(mapping, phases);
  auto part = nn::FusedOp::create(builder, fused.getLoc(), type, TypeRange());
  OpBuilder inside = OpBuilder::atBlockBegin(&part.getBody().emplaceBlock());
  for (Operation *before : prologue) {
    mapping.map(before->getOperand(0), cut);
    if (auto generic = dyn_cast<linalg::GenericOp>(before)) {
      auto cutType = cast<RankedTensorType>(cut.getType());
      mapping.map(generic.getDpsInitOperand(0)->get(),
                  tensor::EmptyOp::create(inside, loc, cutType.getShape(),
                                          cutType.getElementType())
                      .getResult());
    }
    Operation *copy = inside.clone(*before, mapping);
    copy->getResult(0).setType(cut.getType());
    cut = copy->getResult(0);
  }
  SmallVector<int64_t> ones(phases.size(), 1);
  Value sums = nn::ConvOp::create(inside, loc, type, cut, phase, op.getBias(),
                                  ones, dilations, low, high, op.getGroups());
  nn::YieldOp::create(inside, loc, cloneEpilogue(inside, sums, mapping),
                      ValueRange());
  return part.getResult();
}

Value Decomposition::insert(Value part, Value whole, ArrayRef<Phase> phases) {
  SmallVector<OpFoldResult> offsets(2, builder.getIndexAttr(0)), sizes;
  SmallVector<OpFoldResult> steps(2, builder.getIndexAttr(1));
  for (auto [i, phase] : llvm::enumerate(phases)) {
    offsets.push_back(builder.getIndexAttr(phase.first));
    steps.push_back(builder.getIndexAttr(op.getStrides()[i]));
  }
  for (int64_t size : cast<RankedTensorType>(part.getType()).getShape())
    sizes.push_back(builder.getIndexAttr(size));
  return tensor::InsertSliceOp::create(builder, loc, part, whole, offsets,
                                       sizes, steps);
}

void Decomposition::run() {
  Value whole = tensor::EmptyOp::create(builder, loc, result.getShape(),
                                        result.getElementType());
  int64_t spatial = op.getStrides().size();
  SmallVector<int64_t> index(spatial, 0);
  for (int64_t n = llvm::product_of(op.getStrides()); n > 0; --n) {
    SmallVector<Phase> phases;
    for (int64_t dim = 0; dim < spatial; ++dim)
      phases.push_back(phaseOf(dim, index[dim]));
    // A result shorter than the stride has no element of some phases.
    if (llvm::all_of(phases, [](const Phase &p) { return p.count > 0; }))
      whole = insert(compute(phases), whole, phases);
    for (int64_t dim = spatial - 1; dim >= 0; --dim) {
      if (++index[dim] < op.getStrides()[dim])
        break;
      index[dim] = 0;
    }
  }
  Operation *replaced = fused ? fused.getOperation() : op.getOperation();
  replaced->getResult(0).replaceAllUsesWith(whole);
  replaced->erase();
}

namespace {
struct DecomposeConvTranspose
    : cpu::impl::DecomposeConvTransposeBase<DecomposeConvTranspose> {
  void runOnOperation() override {
    SmallVector<nn::ConvTransposeOp> ops;
    getOperation().walk([&](nn::ConvTransposeOp op) { ops.push_back(op); });
    for (nn::ConvTransposeOp op : ops)
      Decomposition(op).run();
  }
};
} // namespace
