//===- ConvEpilogue.cpp - From sums to what a convolution stores ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ConvEmitter.h"

#include "kiln/CodeGen/Elementwise.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

#include <utility>

using namespace mlir;

namespace kiln::cpu {

/// The loops of an operand's map: image, block, row, column, lane.
static constexpr unsigned kImage = 0, kBlock = 1, kRow = 2, kColumn = 3,
                          kLane = 4;

static bool callsMath(ConvOp op) {
  return llvm::any_of(op.getBody().front(),
                      [](Operation &inner) { return kiln::callsMath(&inner); });
}

/// Where the sums of a tile go for an epilogue that calls functions: memory of
/// the task.
void ConvEmitter::makeScratch() {
  if (!callsMath(op))
    return;
  int64_t positions =
      std::min(static_cast<int64_t>(op.getRows()), axes[0].output) *
      std::min(static_cast<int64_t>(op.getColumns()), axes[1].output);
  auto vectors = std::min(static_cast<int64_t>(op.getVectors()), blocks);
  auto type = MemRefType::get({vectors * positions * lanes},
                              vectorType.getElementType());
  scratch = memref::AllocaOp::create(builder, loc, type,
                                     builder.getI64IntegerAttr(64));
}

void ConvEmitter::emitEpilogue(const Tile &tile, ArrayRef<Value> sums) {
  SmallVector<MovingOperand> moving = operands;
  for (MovingOperand &each : moving) {
    each.position = math.constant(each.access.origin());
    std::pair<unsigned, Value> loops[] = {{kImage, tile.image},
                                          {kBlock, tile.block},
                                          {kRow, tile.row},
                                          {kColumn, tile.column}};
    for (auto [loop, value] : loops) {
      if (isFlat && loop == kRow)
        loop = kColumn; // one line
      each.position =
          math.multiplyAdd(each.position, value, each.access.step(loop, 1));
    }
  }
  if (scratch)
    return emitEpilogueLoop(tile, moving, sums);
  for (int64_t t = 0; t < tile.vectors; ++t)
    for (int64_t h = 0; h < tile.rows->size; ++h)
      for (int64_t w = 0; w < tile.columns->size; ++w) {
        SmallVector<MovingOperand> at = moving;
        for (MovingOperand &each : at)
          each.position = math.add(
              each.position, each.access.step(kBlock, t) +
                                 each.access.step(isFlat ? kColumn : kRow, h) +
                                 each.access.step(kColumn, w));
        finishVector(at, sums[tile.at(t, h, w)]);
      }
}

/// Code that calls functions is written once, in a loop over the tile on the
/// stack: the calls would empty the registers again and again.
void ConvEmitter::emitEpilogueLoop(const Tile &tile,
                                   SmallVector<MovingOperand> &moving,
                                   ArrayRef<Value> sums) {
  for (auto [i, sum] : llvm::enumerate(sums))
    vector::StoreOp::create(builder, loc, sum, scratch,
                            math.constant(i * lanes));
  int64_t rows = tile.rows->size, columns = tile.columns->size;
  if (isFlat) // one line
    columns *= std::exchange(rows, 1);
  int64_t size[] = {1, tile.vectors, rows, columns, lanes};
  AffineExpr place = builder.getAffineConstantExpr(0);
  for (auto [loop, extent] : llvm::enumerate(size))
    place = place * extent + builder.getAffineDimExpr(loop);
  moving.push_back({scratch, math.constant(0),
                    OperandAccess(AffineMap::get(5, 0, place),
                                  cast<MemRefType>(scratch.getType()))});
  OpBuilder::InsertionGuard guard(builder);
  for (unsigned loop : {kBlock, kRow, kColumn})
    if (size[loop] > 1)
      enterLoop(builder, loc, size[loop], loop, /*stride=*/1, moving);
  MovingOperand from = moving.pop_back_val();
  finishVector(moving, loadVector(builder, loc, from.buffer, from.position,
                                  /*stride=*/1, lanes, lanes));
}

void ConvEmitter::finishVector(ArrayRef<MovingOperand> moving, Value sum) {
  SmallVector<Value> elements{sum};
  for (const MovingOperand &each : moving.drop_back())
    elements.push_back(loadVector(builder, loc, each.buffer, each.position,
                                  each.access.step(kLane, 1), lanes, lanes));
  Value value =
      cloneElementwiseBlock(builder, op.getBody().front(), elements, {lanes});
  const MovingOperand &out = moving.back();
  storeVector(builder, loc, value, out.buffer, out.position, /*stride=*/1,
              lanes);
}

} // namespace kiln::cpu
