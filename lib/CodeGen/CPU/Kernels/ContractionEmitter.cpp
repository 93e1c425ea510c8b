//===- ContractionEmitter.cpp - Loops over vectors of one contraction ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ContractionEmitter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/Support/MathExtras.h"

#include <map>

using namespace mlir;

namespace kiln::cpu {

ContractionEmitter::ContractionEmitter(OpBuilder &builder, ContractOp op)
    : builder(builder), op(op), loc(op.getLoc()), lanes(op.getLanes()),
      numLoops(op.getNumLoops()), row(op.getRowLoop()),
      column(op.getColumnLoop()) {
  unsigned first = 2 + op.getExtras().size();
  unsigned last = first + op.getPrologueExtras().size();
  for (unsigned i = 0; i <= last; ++i) {
    Value operand = op->getOperand(i);
    auto type = cast<MemRefType>(operand.getType());
    AffineMap map = op.getMap(i);
    if (i >= first && i < last)
      map = map.compose(op.getMap(op.getTransformed()));
    accesses.emplace_back(map, type);
    buffers.push_back(flattenBuffer(builder, loc, operand));
  }
  if (op.hasPrologue()) {
    panelLevel = 0;
    for (auto [level, loop] : llvm::enumerate(op.getOrder()))
      if (op.getMap(op.getTransformed()).isFunctionOfDim(loop))
        panelLevel = level + 1;
  }
  element = cast<MemRefType>(op.getOut().getType()).getElementType();
}

//===----------------------------------------------------------------------===//
// Loops
//===----------------------------------------------------------------------===//

ContractionEmitter::Positions
ContractionEmitter::advance(const Positions &positions, unsigned loop,
                            int64_t value) {
  Positions result;
  for (auto [position, access] : llvm::zip_equal(positions, accesses))
    result.push_back(builder.createOrFold<arith::AddIOp>(
        loc, position, index(access.step(loop, value))));
  return result;
}

void ContractionEmitter::emitLoop(unsigned loop, int64_t stride, int64_t count,
                                  const Positions &positions,
                                  function_ref<void(const Positions &)> body) {
  if (count == 1)
    return body(positions);
  auto forOp =
      scf::ForOp::create(builder, loc, index(0), index(count), index(1));
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(forOp.getBody());
  body(advance(positions, loop, stride, forOp.getInductionVar()));
}

/// The parallel loops in the plan's order; the row and the column loop go by
/// tiles, with what is left over behind the loop of full tiles.
void ContractionEmitter::emitLevel(unsigned level, Tile tile,
                                   const Positions &positions) {
  if (panelLevel == level)
    return emitPanel(level, tile, positions);
  if (level == op.getOrder().size())
    return emitTile(tile, positions);
  int64_t loop = op.getOrder()[level], extent = op.getSizes()[loop];
  if (loop != row && loop != column)
    return emitLoop(loop, 1, extent, positions, [&](const Positions &inner) {
      emitLevel(level + 1, tile, inner);
    });
  int64_t size = loop == row ? op.getRows() : op.getVectors() * lanes;
  int64_t Tile::*part = loop == row ? &Tile::rows : &Tile::columns;
  int64_t full = extent / size, left = extent % size;
  if (full > 0) {
    tile.*part = size;
    emitLoop(loop, size, full, positions, [&](const Positions &inner) {
      emitLevel(level + 1, tile, inner);
    });
  }
  if (left > 0) {
    tile.*part = left;
    emitLevel(level + 1, tile, advance(positions, loop, full * size));
  }
}

void ContractionEmitter::emitTile(Tile tile, const Positions &positions) {
  Vectors sums(tile.rows * vectorsOf(tile), zeros(element));
  sums = emitReduction(op.getNumParallel(), tile, positions, sums);
  emitEpilogue(tile, positions, sums);
}

ContractionEmitter::Vectors
ContractionEmitter::emitReduction(int64_t loop, Tile tile,
                                  const Positions &positions, Vectors sums) {
  if (loop == numLoops - static_cast<int64_t>(op.getUnrolled())) {
    SmallVector<int64_t> point(numLoops, 0);
    return emitUnrolled(loop, tile, positions, point, sums);
  }
  int64_t extent = op.getSizes()[loop];
  if (extent == 0)
    return sums;
  if (extent == 1)
    return emitReduction(loop + 1, tile, positions, sums);
  auto forOp =
      scf::ForOp::create(builder, loc, index(0), index(extent), index(1), sums);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(forOp.getBody());
  Positions inner = positions;
  for (unsigned operand : {0u, 1u}) {
    Value moved = builder.createOrFold<arith::MulIOp>(
        loc, forOp.getInductionVar(), index(accesses[operand].step(loop, 1)));
    inner[operand] =
        builder.createOrFold<arith::AddIOp>(loc, positions[operand], moved);
  }
  Vectors next =
      emitReduction(loop + 1, tile, inner,
                    llvm::to_vector(ValueRange(forOp.getRegionIterArgs())));
  scf::YieldOp::create(builder, loc, next);
  return llvm::to_vector(ValueRange(forOp.getResults()));
}

ContractionEmitter::Vectors
ContractionEmitter::emitUnrolled(int64_t loop, Tile tile,
                                 const Positions &positions,
                                 SmallVector<int64_t> &point, Vectors sums) {
  if (loop == numLoops)
    return emitStep(tile, positions, point, sums);
  for (int64_t i = 0; i < op.getSizes()[loop]; ++i) {
    point[loop] = i;
    sums = emitUnrolled(loop + 1, tile, positions, point, sums);
  }
  point[loop] = 0;
  return sums;
}

//===----------------------------------------------------------------------===//
// The tile
//===----------------------------------------------------------------------===//

/// One step of the reduction. Vectors that all rows share stay in registers;
/// broadcast elements live for one row.
ContractionEmitter::Vectors
ContractionEmitter::emitStep(Tile tile, const Positions &positions,
                             ArrayRef<int64_t> point, Vectors sums) {
  std::map<std::tuple<unsigned, int64_t, int64_t>, Value> loaded;
  auto get = [&](unsigned operand, Place place) {
    int64_t r = sharesRows(operand) ? 0 : place.row;
    int64_t v = columnStride(operand) == 0 ? 0 : place.vector;
    Value &value = loaded[{operand, r, v}];
    if (!value)
      value = load(operand, tile, positions, point, {r, v});
    return value;
  };
  int64_t vectors = vectorsOf(tile);
  for (int64_t r = 0; r < tile.rows; ++r)
    for (int64_t v = 0; v < vectors; ++v) {
      Value rhs = get(1, {r, v}), lhs = get(0, {r, v});
      Value &sum = sums[r * vectors + v];
      sum = vector::FMAOp::create(builder, loc, lhs, rhs, sum);
    }
  return sums;
}

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

int64_t ContractionEmitter::columnStride(unsigned operand) const {
  return accesses[operand].step(column, 1);
}

bool ContractionEmitter::sharesRows(unsigned operand) {
  return accesses[operand].step(row, 1) == 0 &&
         accesses[operand].step(row, op.getRows()) == 0;
}

int64_t ContractionEmitter::vectorsOf(Tile tile) const {
  return llvm::divideCeil(tile.columns, lanes);
}

int64_t ContractionEmitter::lanesOf(Tile tile, Place place) const {
  return std::min(lanes, tile.columns - place.vector * lanes);
}

Value ContractionEmitter::index(int64_t value) {
  return arith::ConstantIndexOp::create(builder, loc, value);
}

Value ContractionEmitter::zeros(Type type) {
  return arith::ConstantOp::create(
      builder, loc, builder.getZeroAttr(VectorType::get({lanes}, type)));
}

Value ContractionEmitter::position(unsigned operand, const Positions &positions,
                                   ArrayRef<int64_t> point, Place place) {
  SmallVector<int64_t> full(point);
  full[row] = place.row;
  full[column] = place.vector * lanes;
  int64_t distance = accesses[operand].at(full) - accesses[operand].origin();
  return builder.createOrFold<arith::AddIOp>(loc, positions[operand],
                                             index(distance));
}

Value ContractionEmitter::load(unsigned operand, Tile tile,
                               const Positions &positions,
                               ArrayRef<int64_t> point, Place place) {
  return loadVector(builder, loc, buffers[operand],
                    position(operand, positions, point, place),
                    columnStride(operand), lanes, lanesOf(tile, place));
}

} // namespace kiln::cpu
