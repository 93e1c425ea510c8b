//===- ContractionPanel.cpp - Operands that a prologue transforms ---*- C++
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
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace kiln::cpu {

/// What follows reads the panel in place of the operand, counting from the
/// corner of the part that the loops have reached.
void ContractionEmitter::emitPanel(unsigned level, Tile tile,
                                   const Positions &positions) {
  unsigned operand = op.getTransformed();
  // A loop that comes later does not move the operand.
  SmallVector<int64_t> shape = op.getPanelShape(
      std::max<int64_t>(tile.rows, 1), std::max<int64_t>(tile.columns, 1));
  fillPanel(shape, panel, positions);
  OperandAccess access(op.getMap(operand), MemRefType::get(shape, element));
  Value buffer = panel;
  Positions inner = positions;
  inner[operand] = index(access.origin());
  std::optional<unsigned> filled;
  auto swap = [&] {
    std::swap(accesses[operand], access);
    std::swap(buffers[operand], buffer);
    std::swap(panelLevel, filled);
  };
  swap();
  emitLevel(level, tile, inner);
  swap();
}

/// Loops over the dimensions of the part, the last by vectors.
void ContractionEmitter::fillPanel(ArrayRef<int64_t> shape, Value panel,
                                   const Positions &positions) {
  // The operand, the extras and the panel, by the operand's dimensions.
  AffineMap identity = builder.getMultiDimIdentityMap(shape.size());
  unsigned source = op.getTransformed();
  SmallVector<Moving> moving;
  auto add = [&](Value buffer, Value position, AffineMap map, Type type) {
    moving.push_back(
        {buffer, position, OperandAccess(map, cast<MemRefType>(type))});
  };
  add(buffers[source], positions[source], identity,
      op->getOperand(source).getType());
  for (unsigned i = 0; i < op.getPrologueExtras().size(); ++i) {
    unsigned extra = 2 + op.getExtras().size() + i;
    add(buffers[extra], positions[extra], op.getMap(extra),
        op->getOperand(extra).getType());
  }
  add(panel, index(0), identity, MemRefType::get(shape, element));

  OpBuilder::InsertionGuard guard(builder);
  unsigned last = shape.size() - 1;
  for (unsigned dim = 0; dim < last; ++dim)
    if (shape[dim] > 1)
      enterLoop(builder, loc, shape[dim], dim, /*stride=*/1, moving);
  forEachVector(shape[last], last, moving,
                [&](ArrayRef<Moving> at, int64_t filled) {
                  transformVector(at, last, filled);
                });
}

/// `count` elements along `dim`: a loop of full vectors, and one for the rest.
void ContractionEmitter::forEachVector(
    int64_t count, unsigned dim, SmallVector<Moving> moving,
    function_ref<void(ArrayRef<Moving>, int64_t)> body) {
  int64_t full = count / lanes, left = count % lanes;
  if (left > 0) {
    SmallVector<Moving> behind = moving;
    for (Moving &each : behind)
      each.position = builder.createOrFold<arith::AddIOp>(
          loc, each.position, index(each.access.step(dim, full * lanes)));
    body(behind, left);
  }
  if (full > 1)
    enterLoop(builder, loc, full, dim, lanes, moving);
  if (full > 0)
    body(moving, lanes);
}

/// One vector along `dim`, of which `filled` lanes count.
void ContractionEmitter::transformVector(ArrayRef<Moving> moving, unsigned dim,
                                         int64_t filled) {
  SmallVector<Value> elements;
  for (const Moving &each : moving.drop_back())
    elements.push_back(loadVector(builder, loc, each.buffer, each.position,
                                  each.access.step(dim, 1), lanes, filled));
  Value value = cloneElementwiseBlock(builder, op.getPrologue().front(),
                                      elements, {lanes});
  const Moving &panel = moving.back();
  storeVector(builder, loc, value, panel.buffer, panel.position, /*stride=*/1,
              filled);
}

} // namespace kiln::cpu
