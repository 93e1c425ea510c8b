//===- WinogradProducts.cpp - Matrix products of cpu.winograd ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "WinogradEmitter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace kiln::cpu {

/// Channels in the body of the innermost loop. More would make LLVM's scheduler
/// move loads up until the sums spill.
static constexpr int64_t kUnrolled = 4;

/// Elements in a line of the cache.
static constexpr int64_t kLine = 64 / sizeof(float);

int64_t WinogradEmitter::countGroups() {
  return llvm::divideCeilSigned(blockTiles, op.getRows());
}

/// For each position and group of output channels, a panel of weights
/// [channels][vectors * lanes] meets all tiles of the block. The register tiles
/// differ by at most one in size.
void WinogradEmitter::emitProducts(Value part) {
  int64_t panelSize = channels * vectors * lanes;
  int64_t count = countGroups(), size = blockTiles / count;
  int64_t larger = blockTiles % count;
  forLoop(n * n, [&](Value position) {
    forLoop(groups, [&](Value group) {
      Value number = add(scale(part, n * n), position);
      Value panel = scale(add(scale(number, groups), group), panelSize);
      if (larger > 0)
        forLoop(larger, [&](Value i) {
          emitTileGroup({scale(i, size + 1), size + 1}, position, group, panel);
        });
      forLoop(count - larger, [&](Value i) {
        emitTileGroup({add(scale(i, size), larger * (size + 1)), size},
                      position, group, panel);
      });
    });
  });
}

/// A register tile: the whole sum over the channels, then the store.
void WinogradEmitter::emitTileGroup(TileGroup group, Value positionIndex,
                                    Value channelGroup, Value panel) {
  Place from{transformed, add(scale(positionIndex, transformedStride),
                              scale(group.first, lanes))};
  Value block = scale(channelGroup, vectors);
  Value tile = add(scale(block, blockTiles), group.first);
  Place to{products,
           add(scale(positionIndex, productsStride), scale(tile, lanes))};
  Value zeros =
      arith::ConstantOp::create(builder, loc, builder.getZeroAttr(vector));
  Vectors sums(group.count * vectors, zeros);
  // The next panel lies behind this one.
  int64_t perBlock = lanes / kUnrolled * prefetchShare();
  Value number = builder.createOrFold<arith::DivUIOp>(loc, group.first,
                                                      index(group.count));
  Value ahead = add(add(panel, channels * vectors * lanes),
                    scale(number, inBlocks * perBlock));
  auto blockAt = [&](Value block, int64_t count, Vectors current) {
    Place moved{transformed,
                add(from.position, scale(block, blockTiles * lanes))};
    Place at{weights, add(panel, scale(block, lanes * vectors * lanes))};
    return emitChannels(group, moved, at, count,
                        add(ahead, scale(block, perBlock)), current);
  };
  int64_t full = channels / lanes, left = channels % lanes;
  if (full == 1)
    sums = blockAt(index(0), lanes, sums);
  if (full > 1) {
    auto loop =
        scf::ForOp::create(builder, loc, index(0), index(full), index(1), sums);
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(loop.getBody());
    Vectors next =
        blockAt(loop.getInductionVar(), lanes,
                llvm::to_vector(ValueRange(loop.getRegionIterArgs())));
    scf::YieldOp::create(builder, loc, next);
    sums = llvm::to_vector(ValueRange(loop.getResults()));
  }
  if (left > 0)
    sums = blockAt(index(full), left, sums);
  for (int64_t v = 0; v < vectors; ++v)
    for (int64_t t = 0; t < group.count; ++t)
      store(sums[v * group.count + t], to, (v * blockTiles + t) * lanes);
}

/// `count` channels of a block, some in each body of the loop.
WinogradEmitter::Vectors
WinogradEmitter::emitChannels(TileGroup group, Place transformed, Place weights,
                              int64_t count, Value ahead, Vectors sums) {
  int64_t unrolled = std::min(count, kUnrolled);
  while (count % unrolled != 0)
    --unrolled;
  auto loop = scf::ForOp::create(builder, loc, index(0),
                                 index(count / unrolled), index(1), sums);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(loop.getBody());
  Value body = loop.getInductionVar();
  Vectors current = llvm::to_vector(ValueRange(loop.getRegionIterArgs()));
  emitPrefetch(add(ahead, scale(body, prefetchShare())));
  for (int64_t i = 0; i < unrolled; ++i) {
    Value channel = add(scale(body, unrolled), i);
    current = emitChannel(
        group, {transformed.buffer, add(transformed.position, channel)},
        {weights.buffer,
         add(weights.position, scale(channel, vectors * lanes))},
        current);
  }
  scf::YieldOp::create(builder, loc, current);
  return llvm::to_vector(ValueRange(loop.getResults()));
}

WinogradEmitter::Vectors WinogradEmitter::emitChannel(TileGroup group,
                                                      Place transformed,
                                                      Place weights,
                                                      Vectors sums) {
  Vectors loaded;
  for (int64_t v = 0; v < vectors; ++v)
    loaded.push_back(load(weights, v * lanes));
  for (int64_t t = 0; t < group.count; ++t) {
    Value element = memref::LoadOp::create(
        builder, loc, transformed.buffer, add(transformed.position, t * lanes));
    Value broadcast =
        vector::BroadcastOp::create(builder, loc, vector, element);
    for (int64_t v = 0; v < vectors; ++v) {
      Value &sum = sums[v * group.count + t];
      sum = vector::FMAOp::create(builder, loc, broadcast, loaded[v], sum);
    }
  }
  return sums;
}

/// How much of the next panel each body of the innermost loop asks for, so that
/// by the last of the block's tiles all of it is under way: whole lines.
int64_t WinogradEmitter::prefetchShare() {
  int64_t bodies = countGroups() * llvm::divideCeilSigned(channels, kUnrolled);
  int64_t lines = llvm::divideCeilSigned(channels * vectors * lanes, kLine);
  return llvm::divideCeilSigned(lines, bodies) * kLine;
}

/// Into the second cache: panels of many channels are too large for the first.
/// Asking for what lies beyond the weights does nothing.
void WinogradEmitter::emitPrefetch(Value ahead) {
  static constexpr uint32_t kSecondCache = 2;
  for (int64_t at = 0; at < prefetchShare(); at += kLine)
    memref::PrefetchOp::create(builder, loc, weights,
                               ValueRange{add(ahead, at)},
                               /*isWrite=*/false, kSecondCache,
                               /*isDataCache=*/true);
}

} // namespace kiln::cpu
