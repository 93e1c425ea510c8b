//===- ConvReduction.cpp - The sum of a convolution's tile ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ConvEmitter.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace kiln::cpu {

/// Tells LLVM to leave a loop as it is: unrolled further, broadcasts would be
/// kept in registers and sums spilled.
static void keepRolled(scf::ForOp loop) {
  MLIRContext *context = loop.getContext();
  auto unroll = LLVM::LoopUnrollAttr::get(
      context, /*disable=*/BoolAttr::get(context, true), {}, {}, {}, {}, {},
      {});
  loop->setAttr("llvm.loop_annotation",
                LLVM::LoopAnnotationAttr::get(context, {}, {}, {}, unroll, {},
                                              {}, {}, {}, {}, {}, {}, {}, {},
                                              {}, {}));
}

/// A loop that carries sums; no loop where it is known to run once.
ConvEmitter::Vectors
ConvEmitter::emitLoop(Value low, Value high, int64_t step,
                      const Vectors &carried,
                      function_ref<Vectors(Value, const Vectors &)> body) {
  std::optional<int64_t> from = getConstantIntValue(low);
  std::optional<int64_t> to = getConstantIntValue(high);
  if (from && to && *from < *to && *to - *from <= step)
    return body(low, carried);
  auto forOp =
      scf::ForOp::create(builder, loc, low, high, math.constant(step), carried);
  keepRolled(forOp);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(forOp.getBody());
  Vectors next = body(forOp.getInductionVar(),
                      llvm::to_vector(ValueRange(forOp.getRegionIterArgs())));
  scf::YieldOp::create(builder, loc, next);
  return llvm::to_vector(ValueRange(forOp.getResults()));
}

/// The whole sum, block of input channels by block.
ConvEmitter::Vectors ConvEmitter::emitSum(const Tile &tile) {
  Value zero =
      arith::ConstantOp::create(builder, loc, builder.getZeroAttr(vectorType));
  Vectors sums(tile.size(), zero);
  int64_t inBlocks =
      op.hasBlockedInput() ? llvm::divideCeilSigned(channels, lanes) : 1;
  Cursor start;
  start.input = math.constant(input.origin - axes[0].padLow * input.row -
                              axes[1].padLow * input.column);
  start.input = math.multiplyAdd(start.input, tile.image, input.image);
  start.input = math.multiplyAdd(
      start.input, tile.group,
      op.hasBlockedInput() ? inBlocks * input.block : channels * input.channel);
  start.input =
      math.multiplyAdd(start.input, tile.row, axes[0].stride * input.row);
  start.input =
      math.multiplyAdd(start.input, tile.column, axes[1].stride * input.column);
  start.weights = tile.panel;
  start.prefetch = tile.prefetch;
  if (inBlocks == 1)
    return emitBlock(tile, math.constant(channels), start, sums);
  return emitLoop(math.constant(0), math.constant(inBlocks), 1, sums,
                  [&](Value block, const Vectors &carried) {
                    Value count = math.constant(lanes);
                    if (channels % lanes != 0)
                      count = math.min(math.sub(math.constant(channels),
                                                math.mul(block, lanes)),
                                       lanes);
                    return emitBlock(tile, count,
                                     advance(tile, start, block, lanes * taps,
                                             block, input.block),
                                     carried);
                  });
}

/// Goes on in the weights, and in what is prefetched, by those of
/// `count * perCount` channels of a tap, and in the input by
/// `by * inputStride` elements.
ConvEmitter::Cursor ConvEmitter::advance(const Tile &tile, const Cursor &cursor,
                                         Value count, int64_t perCount,
                                         Value by, int64_t inputStride) {
  Cursor result;
  result.input = math.multiplyAdd(cursor.input, by, inputStride);
  result.weights =
      math.multiplyAdd(cursor.weights, count, perCount * tile.vectors * lanes);
  if (cursor.prefetch)
    result.prefetch = math.multiplyAdd(
        cursor.prefetch, count, perCount * tile.linesPerStep * line / unrolled);
  return result;
}

ConvEmitter::Vectors ConvEmitter::emitBlock(const Tile &tile, Value count,
                                            const Cursor &cursor,
                                            const Vectors &sums) {
  return emitTaps(tile, count, cursor, /*dim=*/0,
                  {0, tile.rows->size, 0, tile.columns->size}, sums);
}

/// The first and the last tap, exclusive, that the one position of a tile
/// reaches.
std::pair<Value, Value> ConvEmitter::reachOf(const Tile &tile, unsigned dim) {
  const ConvAxis &axis = axes[dim];
  Value start = math.add(
      math.mul(dim == 0 ? tile.row : tile.column, axis.stride), -axis.padLow);
  auto tapsBelow = [&](int64_t position) {
    Value distance = math.max(math.sub(math.constant(position), start), 0);
    return math.min(
        math.div(math.add(distance, axis.dilation - 1), axis.dilation),
        axis.kernel);
  };
  return {tapsBelow(0), tapsBelow(axis.input)};
}

/// The taps along one axis: rows, and inside of them columns.
ConvEmitter::Vectors ConvEmitter::emitTaps(const Tile &tile, Value count,
                                           const Cursor &cursor, unsigned dim,
                                           Region region, Vectors sums) {
  const AxisSegment &segment = dim == 0 ? *tile.rows : *tile.columns;
  int64_t stride = axes[dim].dilation * (dim == 0 ? input.row : input.column);
  int64_t inner = dim == 0 ? axes[1].kernel : 1;
  auto emitTap = [&](Value low, Value high, Region reached) {
    sums = emitLoop(low, high, 1, sums, [&](Value tap, const Vectors &carried) {
      Value before = math.mul(math.mul(tap, inner), count);
      Cursor next = advance(tile, cursor, before, 1, tap, stride);
      return dim == 0 ? emitTaps(tile, count, next, 1, reached, carried)
                      : emitChannels(tile, count, next, reached, carried);
    });
  };
  if (segment.isDynamic) {
    auto [low, high] = reachOf(tile, dim);
    emitTap(low, high, region);
    return sums;
  }
  for (const TapRange &range : segment.taps) {
    Region reached = region;
    (dim == 0 ? reached.rowLow : reached.columnLow) = range.low;
    (dim == 0 ? reached.rowHigh : reached.columnHigh) = range.high;
    emitTap(math.constant(range.first),
            math.constant(range.first + range.count), reached);
  }
  return sums;
}

/// The channels of a block for one tap. Only the sums that it reaches are
/// carried round this loop.
ConvEmitter::Vectors ConvEmitter::emitChannels(const Tile &tile, Value count,
                                               const Cursor &cursor,
                                               Region region, Vectors sums) {
  SmallVector<int64_t> reached;
  for (int64_t t = 0; t < tile.vectors; ++t)
    for (int64_t h = region.rowLow; h < region.rowHigh; ++h)
      for (int64_t w = region.columnLow; w < region.columnHigh; ++w)
        reached.push_back(tile.at(t, h, w));
  Vectors carried;
  for (int64_t at : reached)
    carried.push_back(sums[at]);
  Vectors next = emitLoop(
      math.constant(0), count, unrolled, carried,
      [&](Value channel, const Vectors &inner) {
        Vectors own = sums;
        for (auto [at, sum] : llvm::zip_equal(reached, inner))
          own[at] = sum;
        Cursor at = advance(tile, cursor, channel, 1, channel, input.channel);
        emitStep(tile, at, region, own);
        return llvm::map_to_vector(reached, [&](int64_t i) { return own[i]; });
      });
  for (auto [at, sum] : llvm::zip_equal(reached, next))
    sums[at] = sum;
  return sums;
}

/// `unrolled` channels of one tap: a vector of weights stays for all positions,
/// an element of the input for all vectors.
void ConvEmitter::emitStep(const Tile &tile, const Cursor &cursor,
                           Region region, Vectors &sums) {
  for (int64_t line = 0; cursor.prefetch && line < tile.linesPerStep; ++line)
    memref::PrefetchOp::create(builder, loc, weightsBuffer,
                               math.add(cursor.prefetch, line * this->line),
                               /*isWrite=*/false,
                               /*localityHint=*/2, /*isDataCache=*/true);
  for (int64_t channel = 0; channel < unrolled; ++channel) {
    Vectors weights;
    for (int64_t t = 0; t < tile.vectors; ++t)
      weights.push_back(vector::LoadOp::create(
          builder, loc, vectorType, weightsBuffer,
          math.add(cursor.weights, (channel * tile.vectors + t) * lanes)));
    for (int64_t h = region.rowLow; h < region.rowHigh; ++h)
      for (int64_t w = region.columnLow; w < region.columnHigh; ++w) {
        int64_t distance = channel * input.channel +
                           h * axes[0].stride * input.row +
                           w * axes[1].stride * input.column;
        Value element = memref::LoadOp::create(
            builder, loc, inputBuffer, math.add(cursor.input, distance));
        Value vector =
            vector::BroadcastOp::create(builder, loc, vectorType, element);
        for (int64_t t = 0; t < tile.vectors; ++t) {
          Value &sum = sums[tile.at(t, h, w)];
          sum = vector::FMAOp::create(builder, loc, vector, weights[t], sum);
        }
      }
  }
}

} // namespace kiln::cpu
