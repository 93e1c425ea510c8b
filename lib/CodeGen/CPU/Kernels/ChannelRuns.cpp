//===- ChannelRuns.cpp - The elements of a channel, by vectors ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ChannelRuns.h"

#include "VectorMemory.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace kiln::cpu {

/// Dimensions of an activation.
enum { kBatch = 0, kChannel = 1, kSpatial = 2 };

void ChannelRuns::addOperand(Value operand, AffineMap map) {
  operands.emplace_back(builder, loc, operand, map);
}

Value ChannelRuns::index(int64_t value) {
  return arith::ConstantIndexOp::create(builder, loc, value);
}

Value ChannelRuns::advance(Value position, Value times, int64_t distance) {
  Value by = builder.createOrFold<arith::MulIOp>(loc, times, index(distance));
  return builder.createOrFold<arith::AddIOp>(loc, position, by);
}

ChannelRuns::Vectors
ChannelRuns::moved(ArrayRef<Value> positions, Value times,
                   function_ref<int64_t(const BlockedOperand &)> distance) {
  Vectors result;
  for (auto [operand, position] : llvm::zip_equal(operands, positions))
    result.push_back(advance(position, times, distance(operand)));
  return result;
}

int64_t ChannelRuns::laneStride(const BlockedOperand &operand) const {
  return operand.access.step(blocked ? shape.size() - 1 : innermost(), 1);
}

int64_t ChannelRuns::vectorStride(const BlockedOperand &operand) const {
  int64_t step = operand.access.step(innermost(), 1);
  return blocked ? step : step * lanes;
}

/// In all operands the end of a row is followed by the next one.
bool ChannelRuns::planesAreRuns() const {
  return llvm::all_of(operands, [&](const BlockedOperand &operand) {
    for (unsigned loop = kSpatial; loop < innermost(); ++loop)
      if (operand.access.step(loop, 1) !=
          shape[loop + 1] * operand.access.step(loop + 1, 1))
        return false;
    return true;
  });
}

SmallVector<unsigned> ChannelRuns::outerLoops() const {
  SmallVector<unsigned> loops{kBatch};
  if (!planesAreRuns())
    for (unsigned loop = kSpatial; loop < innermost(); ++loop)
      loops.push_back(loop);
  return loops;
}

ChannelRuns::Vectors
ChannelRuns::createLoop(int64_t count, Vectors carried,
                        function_ref<Vectors(Value, Vectors)> body) {
  auto loop = scf::ForOp::create(builder, loc, index(0), index(count), index(1),
                                 carried);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(loop.getBody());
  Vectors next =
      body(loop.getInductionVar(), Vectors(loop.getRegionIterArgs()));
  if (!next.empty())
    scf::YieldOp::create(builder, loc, next);
  return Vectors(loop.getResults());
}

ChannelRuns::Vectors ChannelRuns::walk(Value channel, int64_t most,
                                       bool backwards, Vectors carried,
                                       GroupFn body) {
  Vectors positions;
  for (const BlockedOperand &operand : operands)
    positions.push_back(advance(index(operand.access.origin()), channel,
                                operand.access.step(kChannel, 1)));
  return walkOuter(outerLoops(), {positions, positions}, most, backwards,
                   carried, body);
}

ChannelRuns::Vectors ChannelRuns::walkOuter(ArrayRef<unsigned> loops,
                                            const Place &place, int64_t most,
                                            bool backwards, Vectors carried,
                                            GroupFn body) {
  if (loops.empty())
    return walkRun(place, most, carried, body);
  unsigned loop = loops.front();
  auto distance = [&](const BlockedOperand &operand) {
    return operand.access.step(loop, 1);
  };
  Value last = index(shape[loop] - 1);
  return createLoop(shape[loop], carried, [&](Value at, Vectors next) {
    Value ahead = at;
    if (loop == kBatch)
      ahead = arith::MinUIOp::create(
          builder, loc, arith::AddIOp::create(builder, loc, at, index(1)),
          last);
    if (backwards) {
      at = arith::SubIOp::create(builder, loc, last, at);
      ahead = arith::SubIOp::create(builder, loc, last, ahead);
    }
    Place inner{moved(place.here, at, distance),
                moved(place.ahead, ahead, distance)};
    return walkOuter(loops.drop_front(), inner, most, backwards, next, body);
  });
}

int64_t ChannelRuns::runLength() const {
  if (!planesAreRuns())
    return shape[innermost()];
  return llvm::product_of(
      ArrayRef(shape).slice(kSpatial, innermost() + 1 - kSpatial));
}

ChannelRuns::Vectors ChannelRuns::walkRun(const Place &place, int64_t most,
                                          Vectors carried, GroupFn body) {
  int64_t length = runLength();
  int64_t vectors = blocked ? length : length / lanes;
  int64_t tail = blocked ? 0 : length % lanes;
  auto vectorsOn = [&](ArrayRef<Value> positions, Value times, int64_t each) {
    return moved(positions, times, [&](const BlockedOperand &operand) {
      return each * vectorStride(operand);
    });
  };
  auto emit = [&](Value times, int64_t each, int64_t count, int64_t filled,
                  Vectors next) {
    Vectors here = vectorsOn(place.here, times, each);
    Vectors ahead = vectorsOn(place.ahead, times, each);
    return body({here, count, filled, ahead}, next);
  };
  int64_t groups = vectors / most;
  if (groups > 0)
    carried = createLoop(groups, carried, [&](Value group, Vectors next) {
      return emit(group, most, most, lanes, next);
    });
  if (int64_t left = vectors % most)
    carried = emit(index(groups * most), 1, left, lanes, carried);
  if (tail > 0)
    carried = emit(index(vectors), 1, 1, tail, carried);
  return carried;
}

Value ChannelRuns::load(unsigned operand, const Group &group, int64_t vector) {
  const BlockedOperand &from = operands[operand];
  Value at =
      advance(group.positions[operand], index(vector), vectorStride(from));
  return loadVector(builder, loc, from.buffer, at, laneStride(from), lanes,
                    group.filled);
}

void ChannelRuns::store(Value value, unsigned operand, const Group &group,
                        int64_t vector, bool streams) {
  const BlockedOperand &to = operands[operand];
  Value at = advance(group.positions[operand], index(vector), vectorStride(to));
  if (streams)
    vector::StoreOp::create(builder, loc, value, to.buffer, at,
                            /*nontemporal=*/true,
                            llvm::MaybeAlign(vectorBytes(to)));
  else
    storeVector(builder, loc, value, to.buffer, at, laneStride(to),
                group.filled);
}

void ChannelRuns::prefetch(unsigned operand, const Group &group, int64_t vector,
                           bool isWrite) {
  const BlockedOperand &from = operands[operand];
  // Others, such as a value for each channel, are in the cache already.
  if (vectorStride(from) == 0)
    return;
  Value at = advance(group.ahead[operand], index(vector), vectorStride(from));
  memref::PrefetchOp::create(builder, loc, from.buffer, at, isWrite,
                             /*localityHint=*/3, /*isDataCache=*/true);
}

int64_t ChannelRuns::vectorBytes(const BlockedOperand &operand) const {
  return lanes *
         cast<MemRefType>(operand.buffer.getType()).getElementTypeBitWidth() /
         8;
}

/// Processors look ahead within a page of memory.
bool ChannelRuns::runsAreShort() const {
  constexpr int64_t kPage = 4096;
  int64_t vectors = blocked ? runLength() : runLength() / lanes;
  return vectors * vectorBytes(operands.front()) < kPage;
}

bool ChannelRuns::isAlignedThroughout(unsigned operand) const {
  const OperandAccess &access = operands[operand].access;
  auto isMultiple = [&](int64_t distance) { return distance % lanes == 0; };
  // An offset that is known at run time only is not in the address below.
  auto type = cast<MemRefType>(operands[operand].buffer.getType());
  bool runsAre =
      type.getLayout().isIdentity() && laneStride(operands[operand]) == 1 &&
      isMultiple(blocked ? lanes : runLength()) &&
      isMultiple(access.origin()) && isMultiple(access.step(kChannel, 1));
  return runsAre && llvm::all_of(outerLoops(), [&](unsigned loop) {
           return isMultiple(access.step(loop, 1));
         });
}

Value ChannelRuns::isAligned(unsigned operand) {
  const BlockedOperand &to = operands[operand];
  Value address =
      memref::ExtractAlignedPointerAsIndexOp::create(builder, loc, to.buffer);
  Value rest =
      arith::RemUIOp::create(builder, loc, address, index(vectorBytes(to)));
  return arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq, rest,
                               index(0));
}

Value ChannelRuns::loadFirst(unsigned operand, Value channel) {
  const BlockedOperand &from = operands[operand];
  Value at = advance(index(from.access.origin()), channel,
                     from.access.step(kChannel, 1));
  return loadVector(builder, loc, from.buffer, at,
                    blocked ? laneStride(from) : 0, lanes, lanes);
}

} // namespace kiln::cpu
