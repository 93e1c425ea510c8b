//===- BatchNormEmitter.cpp - Loops over vectors of one cpu.batch_norm ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "BatchNormEmitter.h"

#include "../TaskCount.h"
#include "TaskLoop.h"
#include "VectorMemory.h"
#include "kiln/CodeGen/Elementwise.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

#include <limits>

using namespace mlir;

namespace kiln::cpu {

/// Vectors that are summed up side by side: as many chains of additions as keep
/// the units busy, of two registers of f64 each.
static constexpr int64_t kSums = 2;
/// Vectors of the result that are made side by side.
static constexpr int64_t kResults = 4;
/// A result of that size, and its input, are more than what the last cache of
/// most processors keeps for a core: whoever reads it will find it in memory.
static constexpr int64_t kStreamedBytes = 16 << 20;
/// Bytes that a core reads and writes in a cycle, about.
static constexpr double kBytesPerCycle = 8;

BatchNormEmitter::BatchNormEmitter(OpBuilder &builder, BatchNormOp op)
    : builder(builder), op(op), loc(op.getLoc()),
      element(cast<MemRefType>(op.getOut().getType()).getElementType()),
      lanes(op.getLanes()), blocked(op.getBlocked()),
      reading(builder, loc, op.getShape(), lanes, blocked),
      passing(builder, loc, op.getShape(), lanes, blocked),
      scale(flattenBuffer(builder, loc, op.getScale())),
      offset(flattenBuffer(builder, loc, op.getOffset())),
      mean(flattenBuffer(builder, loc, op.getMean())),
      variance(flattenBuffer(builder, loc, op.getVariance())) {
  AffineMap identity = builder.getMultiDimIdentityMap(op.getShape().size());
  reading.addOperand(op.getInput(), identity);
  passing.addOperand(op.getInput(), identity);
  for (auto [i, extra] : llvm::enumerate(op.getExtras()))
    passing.addOperand(extra, op.getMap(i));
  passing.addOperand(op.getOut(), identity);
}

void BatchNormEmitter::emit() {
  int64_t bytes = bytesOfResult();
  int64_t parts = op.getShape()[1];
  createTaskLoop(
      builder, loc, parts,
      countTasks(static_cast<double>(bytes) / kBytesPerCycle, parts), [] {},
      [&](OpBuilder &, Value channel) { emitChannel(channel); });
}

void BatchNormEmitter::emitChannel(Value channel) {
  Statistics statistics = sumUp(channel);
  storeStatistic(statistics.mean, mean, channel);
  storeStatistic(statistics.variance, variance, channel);
  normalise(channel, makeFactors(channel, statistics));
}

//===----------------------------------------------------------------------===//
// Statistics
//===----------------------------------------------------------------------===//

/// Elements are taken relative to the first one, if it is finite, so that a
/// large mean cancels before anything is squared. In f64 differences of f32
/// are all but exact, and so are the sums, be the first element an outlier.
Value BatchNormEmitter::findShift(Value channel) {
  Value first = reading.loadFirst(0, channel);
  Type type = first.getType();
  Value size = math::AbsFOp::create(builder, loc, first);
  Value isFinite = arith::CmpFOp::create(
      builder, loc, arith::CmpFPredicate::OLT, size,
      constant(std::numeric_limits<double>::infinity(), type));
  return widen(arith::SelectOp::create(builder, loc, isFinite, first,
                                       constant(0, type)));
}

BatchNormEmitter::Statistics BatchNormEmitter::sumUp(Value channel) {
  Value shift = findShift(channel);
  Value zero = constant(0, shift.getType());
  Vectors sums = reading.walk(
      channel, kSums, /*backwards=*/false, Vectors(2 * kSums, zero),
      [&](const ChannelRuns::Group &group, Vectors carried) {
        for (int64_t i = 0; i < group.count; ++i) {
          Value distance = arith::SubFOp::create(
              builder, loc, widen(reading.load(0, group, i)), shift);
          if (reading.runsAreShort())
            reading.prefetch(0, group, i, /*isWrite=*/false);
          if (group.filled < lanes)
            distance = arith::SelectOp::create(
                builder, loc, firstLanes(group.filled), distance, zero);
          Value &sum = carried[2 * i], &squares = carried[2 * i + 1];
          sum = arith::AddFOp::create(builder, loc, sum, distance);
          squares =
              math::FmaOp::create(builder, loc, distance, distance, squares);
        }
        return carried;
      });
  return finishSums(shift, sums);
}

BatchNormEmitter::Statistics
BatchNormEmitter::finishSums(Value shift, ArrayRef<Value> sums) {
  Value sum = sums[0], squares = sums[1];
  for (int64_t i = 1; i < kSums; ++i) {
    sum = arith::AddFOp::create(builder, loc, sum, sums[2 * i]);
    squares = arith::AddFOp::create(builder, loc, squares, sums[2 * i + 1]);
  }
  if (!blocked) {
    auto add = vector::CombiningKind::ADD;
    sum = vector::ReductionOp::create(builder, loc, add, sum);
    squares = vector::ReductionOp::create(builder, loc, add, squares);
    shift = vector::ExtractOp::create(builder, loc, shift, 0);
  }
  Type type = sum.getType();
  Value count = constant(static_cast<double>(op.getCount()), type);
  Value distance = arith::DivFOp::create(builder, loc, sum, count);
  Value excess = arith::MulFOp::create(builder, loc, sum, distance);
  Value centred = arith::SubFOp::create(builder, loc, squares, excess);
  // Not below 0 by rounding; NaN stays NaN.
  centred = arith::MaximumFOp::create(builder, loc, centred, constant(0, type));
  return {arith::AddFOp::create(builder, loc, shift, distance),
          arith::DivFOp::create(builder, loc, centred, count)};
}

//===----------------------------------------------------------------------===//
// Result
//===----------------------------------------------------------------------===//

/// What the mean loses in the element type enters by the offset: at a mean of
/// 1e4 it is a twentieth of a deviation of 1e-2.
BatchNormEmitter::Factors BatchNormEmitter::makeFactors(Value channel,
                                                        Statistics statistics) {
  Value gain = widen(loadParameter(scale, channel));
  Value base = widen(loadParameter(offset, channel));
  Value epsilon = constant(op.getEpsilon().convertToDouble(),
                           statistics.variance.getType());
  Value root = math::SqrtOp::create(
      builder, loc,
      arith::AddFOp::create(builder, loc, statistics.variance, epsilon));
  Value factor = arith::DivFOp::create(builder, loc, gain, root);
  Value centre = narrow(statistics.mean);
  Value lost =
      arith::SubFOp::create(builder, loc, statistics.mean, widen(centre));
  Value moved = arith::MulFOp::create(builder, loc, lost, factor);
  base = arith::SubFOp::create(builder, loc, base, moved);
  return {spread(centre), spread(narrow(factor)), spread(narrow(base))};
}

/// A result too large for the caches is written past them: otherwise each line
/// would be read before it is overwritten.
void BatchNormEmitter::normalise(Value channel, const Factors &factors) {
  unsigned out = op.getExtras().size() + 1;
  if (bytesOfResult() < kStreamedBytes || !passing.isAlignedThroughout(out))
    return normalise(channel, factors, /*streams=*/false);
  auto either = scf::IfOp::create(builder, loc, passing.isAligned(out),
                                  /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(&either.getThenRegion().front());
  normalise(channel, factors, /*streams=*/true);
  // On x86 a release does not order such stores, and whoever is told of the
  // result must see it. Weaker fences are no instruction there; this one is
  // mfence or a locked one, and both order them.
  LLVM::FenceOp::create(builder, loc, LLVM::AtomicOrdering::seq_cst);
  builder.setInsertionPointToStart(&either.getElseRegion().front());
  normalise(channel, factors, /*streams=*/false);
}

void BatchNormEmitter::normalise(Value channel, const Factors &factors,
                                 bool streams) {
  Block &body = op.getBody().front();
  bool calls =
      llvm::any_of(body, [](Operation &inner) { return callsMath(&inner); });
  unsigned out = op.getExtras().size() + 1;
  passing.walk(channel, calls ? 1 : kResults, /*backwards=*/true, {},
               [&](const ChannelRuns::Group &group, Vectors) -> Vectors {
                 for (int64_t i = 0; i < group.count; ++i) {
                   Value centred = arith::SubFOp::create(
                       builder, loc, passing.load(0, group, i), factors.centre);
                   Vectors elements{math::FmaOp::create(
                       builder, loc, centred, factors.factor, factors.offset)};
                   for (unsigned extra = 1; extra < out; ++extra)
                     elements.push_back(passing.load(extra, group, i));
                   // The input was read just before; the others come from
                   // further away.
                   for (unsigned other = 1; other <= out; ++other)
                     if (passing.runsAreShort() && !streams)
                       passing.prefetch(other, group, i,
                                        /*isWrite=*/other == out);
                   Value result =
                       cloneElementwiseBlock(builder, body, elements, {lanes});
                   passing.store(result, out, group, i, streams);
                 }
                 return {};
               });
}

int64_t BatchNormEmitter::bytesOfResult() {
  return llvm::product_of(op.getShape()) * element.getIntOrFloatBitWidth() / 8;
}

//===----------------------------------------------------------------------===//
// Values of a channel
//===----------------------------------------------------------------------===//

Value BatchNormEmitter::channelMask(Value channel) {
  if (op.getChannels() % lanes == 0)
    return {};
  Value left = arith::SubIOp::create(
      builder, loc, index(op.getChannels()),
      arith::MulIOp::create(builder, loc, channel, index(lanes)));
  return vector::CreateMaskOp::create(
      builder, loc, VectorType::get({lanes}, builder.getI1Type()), left);
}

Value BatchNormEmitter::firstLanes(int64_t filled) {
  SmallVector<bool> bits(lanes, false);
  std::fill_n(bits.begin(), filled, true);
  auto type = VectorType::get({lanes}, builder.getI1Type());
  return arith::ConstantOp::create(builder, loc,
                                   DenseElementsAttr::get(type, bits));
}

Value BatchNormEmitter::loadParameter(Value buffer, Value channel) {
  if (!blocked)
    return memref::LoadOp::create(builder, loc, buffer, channel);
  auto type = VectorType::get(
      {lanes}, cast<MemRefType>(buffer.getType()).getElementType());
  Value at = arith::MulIOp::create(builder, loc, channel, index(lanes));
  if (Value mask = channelMask(channel))
    return vector::MaskedLoadOp::create(builder, loc, type, buffer, at, mask,
                                        constant(0, type));
  return vector::LoadOp::create(builder, loc, type, buffer, at);
}

void BatchNormEmitter::storeStatistic(Value value, Value buffer,
                                      Value channel) {
  if (!blocked) {
    memref::StoreOp::create(builder, loc, value, buffer, channel);
    return;
  }
  Value at = arith::MulIOp::create(builder, loc, channel, index(lanes));
  if (Value mask = channelMask(channel))
    vector::MaskedStoreOp::create(builder, loc, buffer, at, mask, value);
  else
    vector::StoreOp::create(builder, loc, value, buffer, at);
}

Value BatchNormEmitter::constant(double value, Type type) {
  TypedAttr attr = builder.getFloatAttr(getElementTypeOrSelf(type), value);
  if (auto vector = dyn_cast<VectorType>(type))
    attr = DenseElementsAttr::get(vector, Attribute(attr));
  return arith::ConstantOp::create(builder, loc, attr);
}

Value BatchNormEmitter::index(int64_t value) {
  return arith::ConstantIndexOp::create(builder, loc, value);
}

/// `type` with elements of type `element`.
static Type withElement(Type type, Type element) {
  auto vector = dyn_cast<VectorType>(type);
  return vector ? vector.clone(element) : element;
}

Value BatchNormEmitter::widen(Value value) {
  Type type = withElement(value.getType(), builder.getF64Type());
  if (type == value.getType())
    return value;
  return arith::ExtFOp::create(builder, loc, type, value);
}

Value BatchNormEmitter::narrow(Value value) {
  Type type = withElement(value.getType(), element);
  if (type == value.getType())
    return value;
  return arith::TruncFOp::create(builder, loc, type, value);
}

Value BatchNormEmitter::spread(Value value) {
  if (isa<VectorType>(value.getType()))
    return value;
  return vector::BroadcastOp::create(
      builder, loc, VectorType::get({lanes}, value.getType()), value);
}

} // namespace kiln::cpu
