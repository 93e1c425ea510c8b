//===- ContractionEpilogue.cpp - From a tile's sums to its result ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ContractionEmitter.h"

#include "kiln/CodeGen/Elementwise.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace kiln::cpu {

void ContractionEmitter::emitEpilogue(Tile tile, const Positions &positions,
                                      ArrayRef<Value> sums) {
  bool calls = llvm::any_of(op.getBody().front(),
                            [](Operation &inner) { return callsMath(&inner); });
  if (calls && movesEvenly(tile))
    return emitEpilogueLoop(tile, positions, sums);
  SmallVector<int64_t> point(numLoops, 0);
  Block &body = op.getBody().front();
  unsigned numExtras = op.getExtras().size(), out = accesses.size() - 1;
  int64_t vectors = vectorsOf(tile);
  for (int64_t r = 0; r < tile.rows; ++r)
    for (int64_t v = 0; v < vectors; ++v) {
      SmallVector<Value> arguments{sums[r * vectors + v]};
      for (unsigned extra = 0; extra < numExtras; ++extra)
        arguments.push_back(load(2 + extra, tile, positions, point, {r, v}));
      Value value = cloneElementwiseBlock(builder, body, arguments, {lanes});
      storeVector(builder, loc, value, buffers[out],
                  position(out, positions, point, {r, v}), columnStride(out),
                  lanesOf(tile, {r, v}));
    }
}

/// True if a step from row to row, and from vector to vector, is the same all
/// over the tile in the extras and the result.
bool ContractionEmitter::movesEvenly(Tile tile) {
  auto isEven = [&](const OperandAccess &access) {
    for (int64_t r = 0; r < tile.rows; ++r)
      if (access.step(row, r) != r * access.step(row, 1))
        return false;
    for (int64_t c = 0; c < tile.columns; ++c)
      if (access.step(column, c) != c * access.step(column, 1))
        return false;
    return true;
  };
  return isEven(accesses.back()) &&
         llvm::all_of(ArrayRef(accesses).slice(2, op.getExtras().size()),
                      isEven);
}

/// Mathematical functions are too long to be written out for each register:
/// the sums go to the stack, and a loop over them, still in the first cache,
/// finishes a vector at a time.
void ContractionEmitter::emitEpilogueLoop(Tile tile, const Positions &positions,
                                          ArrayRef<Value> sums) {
  auto stack =
      MemRefType::get({static_cast<int64_t>(sums.size()) * lanes}, element);
  Value scratch;
  {
    OpBuilder::InsertionGuard guard(builder);
    auto function = op->getParentOfType<func::FuncOp>();
    builder.setInsertionPointToStart(&function.getBody().front());
    scratch = memref::AllocaOp::create(builder, loc, stack);
  }
  for (auto [i, sum] : llvm::enumerate(sums))
    vector::StoreOp::create(builder, loc, sum, scratch, index(i * lanes));

  AffineExpr place = builder.getAffineDimExpr(row) * (vectorsOf(tile) * lanes) +
                     builder.getAffineDimExpr(column);
  SmallVector<Moving> moving{
      {scratch, index(0),
       OperandAccess(AffineMap::get(numLoops, 0, place), stack)}};
  for (unsigned extra = 0; extra < op.getExtras().size(); ++extra)
    moving.push_back(
        {buffers[2 + extra], positions[2 + extra], accesses[2 + extra]});
  moving.push_back({buffers.back(), positions.back(), accesses.back()});

  OpBuilder::InsertionGuard guard(builder);
  if (tile.rows > 1)
    enterLoop(builder, loc, tile.rows, row, /*stride=*/1, moving);
  forEachVector(
      tile.columns, column, moving,
      [&](ArrayRef<Moving> at, int64_t filled) { finishVector(at, filled); });
}

void ContractionEmitter::finishVector(ArrayRef<Moving> moving, int64_t filled) {
  SmallVector<Value> elements;
  for (const Moving &each : moving.drop_back())
    elements.push_back(loadVector(builder, loc, each.buffer, each.position,
                                  each.access.step(column, 1), lanes, filled));
  Value value =
      cloneElementwiseBlock(builder, op.getBody().front(), elements, {lanes});
  const Moving &out = moving.back();
  storeVector(builder, loc, value, out.buffer, out.position,
              out.access.step(column, 1), filled);
}

} // namespace kiln::cpu
