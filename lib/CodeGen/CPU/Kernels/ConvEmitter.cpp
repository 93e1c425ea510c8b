//===- ConvEmitter.cpp - Loops over vectors of one convolution ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ConvEmitter.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace kiln::cpu {

/// Bytes that a prefetch fetches.
static constexpr int64_t kCacheLine = 64;

static int64_t countTiles(ArrayRef<AxisSegment> segments) {
  int64_t tiles = 0;
  for (const AxisSegment &segment : segments)
    tiles += segment.count;
  return tiles;
}

ConvEmitter::ConvEmitter(OpBuilder &builder, ConvOp op)
    : builder(builder), op(op), loc(op.getLoc()), math(builder, loc),
      vectorType(
          VectorType::get({op.getLanes()}, op.getOutType().getElementType())),
      lanes(op.getLanes()), channels(op.getChannels()),
      blocks(op.getGroupBlocks()), unrolled(op.getUnrolled()),
      taps(llvm::product_of(op.getKernel())),
      axes({op.getAxis(0), op.getAxis(1)}) {
  auto type = cast<MemRefType>(op.getInput().getType());
  SmallVector<int64_t> strides;
  [[maybe_unused]] LogicalResult known =
      type.getStridesAndOffset(strides, input.origin);
  input.image = strides[0];
  input.block = strides[1];
  input.channel = op.hasBlockedInput() ? strides[4] : strides[1];
  input.row = strides[2];
  input.column = strides[3];
  inputBuffer = flattenBuffer(builder, loc, op.getInput());
  weightsBuffer = flattenBuffer(builder, loc, op.getWeights());
  SmallVector<AffineMap> maps;
  for (Attribute map : op.getMaps())
    maps.push_back(cast<AffineMapAttr>(map).getValue());
  epilogue.emplace(builder, loc, op.getBody().front(), op.getExtras(), maps,
                   op.getOut());
  line = kCacheLine * 8 / vectorType.getElementTypeBitWidth();
}

/// Takes all positions of an image for one line, along the rows, where the
/// convolution is pointwise and each operand's rows follow one another.
void ConvEmitter::flattenPositions() {
  int64_t width = axes[1].output;
  if (!op.isPointwise() || input.row != width * input.column ||
      !epilogue->rowsFollowOneAnother(width))
    return;
  input.row = input.column;
  axes[0].input = axes[0].output = axes[0].output * width;
  axes[1] = {};
  isFlat = true;
}

void ConvEmitter::emit() {
  flattenPositions();
  rowSegments = splitAxis(axes[0], op.getRows());
  columnSegments = splitAxis(axes[1], op.getColumns());
  rowTiles = countTiles(rowSegments);
  columnTiles = countTiles(columnSegments);
  sets = llvm::divideCeilSigned(blocks, op.getVectors());
  setsPerTask = llvm::divideCeilSigned(sets, op.getGrid()[0]);
  rowsPerTask = llvm::divideCeilSigned(rowTiles, op.getGrid()[1]);
  int64_t tasks = op.getOutType().getDimSize(0) *
                  static_cast<int64_t>(op.getGroups()) *
                  llvm::divideCeilSigned(sets, setsPerTask) *
                  llvm::divideCeilSigned(rowTiles, rowsPerTask);
  auto parallel =
      scf::ParallelOp::create(builder, loc, math.constant(0),
                              math.constant(tasks), math.constant(1));
  builder.setInsertionPointToStart(parallel.getBody());
  emitTask(parallel.getInductionVars().front());
}

ConvEmitter::Part ConvEmitter::partOf(Value index, int64_t total,
                                      int64_t size) {
  Value first = math.mul(index, size);
  if (total % size == 0)
    return {first, math.add(first, size)};
  return {first, math.min(math.add(first, size), total)};
}

void ConvEmitter::emitTask(Value task) {
  int64_t setParts = llvm::divideCeilSigned(sets, setsPerTask);
  int64_t rowParts = llvm::divideCeilSigned(rowTiles, rowsPerTask);
  Tile tile;
  Value rest = task, set, row;
  auto split = [&](int64_t count) {
    Value part = math.rem(rest, count);
    rest = math.div(rest, count);
    return part;
  };
  // Neighbouring tasks share weights, or they share input.
  if (op.getChannelsOutside()) {
    row = split(rowParts);
    set = split(setParts);
  } else {
    set = split(setParts);
    row = split(rowParts);
  }
  tile.group = split(op.getGroups());
  tile.image = rest;
  emitSets(tile, partOf(set, sets, setsPerTask),
           partOf(row, rowTiles, rowsPerTask));
}

/// Runs `body` on the ordinals `[first, first + count)` as far as they lie in
/// `part`.
void ConvEmitter::forRange(int64_t first, int64_t count, Part part,
                           function_ref<void(Value)> body) {
  Value low = math.max(part.first, first);
  Value high = math.min(part.last, first + count);
  std::optional<int64_t> from = getConstantIntValue(low);
  std::optional<int64_t> to = getConstantIntValue(high);
  if (from && to && *to <= *from)
    return;
  if (from && to && *to == *from + 1)
    return body(low);
  auto forOp = scf::ForOp::create(builder, loc, low, high, math.constant(1));
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(forOp.getBody());
  body(forOp.getInductionVar());
}

/// Sets outside: their panel stays in the cache for the task's rows.
void ConvEmitter::emitSets(Tile tile, Part setPart, Part rowPart) {
  auto vectors = static_cast<int64_t>(op.getVectors());
  int64_t full = blocks / vectors;
  for (bool isLast : {false, true}) {
    tile.vectors = isLast ? blocks % vectors : vectors;
    if (tile.vectors == 0)
      continue;
    forRange(isLast ? full : 0, isLast ? 1 : full, setPart, [&](Value set) {
      Tile inner = tile;
      inner.block =
          math.multiplyAdd(math.mul(tile.group, blocks), set, vectors);
      inner.panel = math.mul(inner.block, lanes * channels * taps);
      emitRows(inner, rowPart);
    });
  }
}

void ConvEmitter::emitRows(Tile tile, Part part) {
  int64_t first = 0;
  for (const AxisSegment &segment : rowSegments) {
    forRange(first, segment.count, part, [&](Value ordinal) {
      Tile inner = tile;
      inner.rows = &segment;
      inner.row = math.add(math.mul(math.add(ordinal, -first), segment.size),
                           segment.start);
      // The tiles of the sets' own rows share the next panel between them.
      bool withinTask = setsPerTask > 1;
      emitColumns(inner, withinTask ? math.sub(ordinal, part.first) : ordinal);
    });
    first += segment.count;
  }
}

void ConvEmitter::emitColumns(Tile tile, Value rowOrdinal) {
  int64_t first = 0;
  Part all{math.constant(0), math.constant(columnTiles)};
  for (const AxisSegment &segment : columnSegments) {
    forRange(first, segment.count, all, [&](Value ordinal) {
      Tile inner = tile;
      inner.columns = &segment;
      inner.column = math.add(math.mul(math.add(ordinal, -first), segment.size),
                              segment.start);
      preparePrefetch(inner,
                      math.add(math.mul(rowOrdinal, columnTiles), ordinal));
      emitTile(inner);
    });
    first += segment.count;
  }
}

/// Each tile asks for an equal part of the panel that follows its own, of which
/// `ordinal` says the number: a few lines each step.
void ConvEmitter::preparePrefetch(Tile &tile, Value ordinal) {
  if (!op.getPrefetch() || line % unrolled != 0)
    return;
  int64_t tiles = (setsPerTask > 1 ? rowsPerTask : rowTiles) * columnTiles;
  int64_t panel = tile.vectors * lanes * channels * taps;
  int64_t perStep =
      llvm::divideCeilSigned(unrolled * tile.vectors * lanes, line);
  tile.linesPerStep = llvm::divideCeilSigned(perStep, tiles);
  int64_t share = channels * taps / unrolled * tile.linesPerStep * line;
  int64_t useful = llvm::divideCeilSigned(panel, std::max<int64_t>(share, 1));
  tile.prefetch = math.add(
      math.multiplyAdd(tile.panel, math.min(ordinal, useful - 1), share),
      panel);
}

void ConvEmitter::emitTile(const Tile &tile) {
  Vectors sums = emitSum(tile);
  if (isFlat)
    epilogue->emit({tile.image, tile.block, math.constant(0), tile.row}, sums,
                   {tile.vectors, 1, tile.rows->size});
  else
    epilogue->emit({tile.image, tile.block, tile.row, tile.column}, sums,
                   {tile.vectors, tile.rows->size, tile.columns->size});
}

} // namespace kiln::cpu
