//===- ContractionTasks.cpp - The tasks of a contraction ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ContractionEmitter.h"

#include "../TaskCount.h"
#include "TaskLoop.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace kiln::cpu {

/// How many steps the loop at `level` of the order takes, a last one over what
/// does not fill a tile included.
int64_t ContractionEmitter::stepsOf(unsigned level) {
  int64_t loop = op.getOrder()[level];
  int64_t size = loop == row      ? static_cast<int64_t>(op.getRows())
                 : loop == column ? op.getVectors() * lanes
                                  : 1;
  return llvm::divideCeil(op.getSizes()[loop], size);
}

/// Bytes that a core is given in a cycle by memory, or by the last cache.
static constexpr double kBytesPerCycle = 8;

/// Of all operands, each once.
double ContractionEmitter::countBytes() {
  double bytes = 0;
  for (Value operand : op->getOperands())
    if (auto type = dyn_cast<MemRefType>(operand.getType()))
      bytes += static_cast<double>(type.getNumElements()) *
               type.getElementTypeBitWidth() / 8;
  return bytes;
}

/// The outermost loops make the tasks, as many as give enough of them; but none
/// inside of the panel, which each task would fill anew.
void ContractionEmitter::emit() {
  Positions origin;
  for (const OperandAccess &access : accesses)
    origin.push_back(index(access.origin()));
  // Two multiplications of vectors a cycle; but one row of outputs takes as
  // long as its weights take to come.
  double cycles =
      std::max(static_cast<double>(llvm::product_of(op.getSizes())) /
                   static_cast<double>(2 * lanes),
               countBytes() / kBytesPerCycle);
  unsigned deepest = panelLevel.value_or(op.getOrder().size());
  int64_t wanted = countTasks(cycles), steps = 1;
  unsigned depth = 0;
  while (depth < deepest && steps < wanted)
    steps *= stepsOf(depth++);
  auto prepare = [&] {
    if (op.hasPrologue())
      panel = memref::AllocaOp::create(
          builder, loc, MemRefType::get({op.getPanelSize()}, element),
          builder.getI64IntegerAttr(64));
  };
  if (steps == 1) {
    prepare();
    return emitLevel(0, {}, origin);
  }
  createTaskLoop(builder, loc, steps, std::min(wanted, steps), prepare,
                 [&](OpBuilder &, Value step) {
                   emitTaskStep(0, depth, step, {}, origin);
                 });
}

/// Step `step` of all loops from `level` to `depth`, counted in their order.
void ContractionEmitter::emitTaskStep(unsigned level, unsigned depth,
                                      Value step, Tile tile,
                                      const Positions &positions) {
  if (level == depth)
    return emitLevel(level, tile, positions);
  int64_t inner = 1;
  for (unsigned other = level + 1; other < depth; ++other)
    inner *= stepsOf(other);
  Value own = step, rest = index(0);
  if (inner > 1) {
    own = arith::DivUIOp::create(builder, loc, step, index(inner));
    rest = arith::RemUIOp::create(builder, loc, step, index(inner));
  }
  int64_t loop = op.getOrder()[level], extent = op.getSizes()[loop];
  if (loop != row && loop != column)
    return emitTaskStep(level + 1, depth, rest, tile,
                        advance(positions, loop, 1, own));
  int64_t size = loop == row ? op.getRows() : op.getVectors() * lanes;
  int64_t Tile::*part = loop == row ? &Tile::rows : &Tile::columns;
  int64_t full = extent / size, left = extent % size;
  auto emitFull = [&] {
    tile.*part = size;
    emitTaskStep(level + 1, depth, rest, tile,
                 advance(positions, loop, size, own));
  };
  auto emitLeft = [&] {
    tile.*part = left;
    emitTaskStep(level + 1, depth, rest, tile,
                 advance(positions, loop, full * size));
  };
  if (left == 0)
    return emitFull();
  if (full == 0)
    return emitLeft();
  Value isFull = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::ult,
                                       own, index(full));
  auto branch = scf::IfOp::create(builder, loc, isFull, /*withElse=*/true);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(branch.thenBlock());
  emitFull();
  builder.setInsertionPointToStart(branch.elseBlock());
  emitLeft();
}

/// `step` steps of `stride` along `loop`.
ContractionEmitter::Positions
ContractionEmitter::advance(const Positions &positions, unsigned loop,
                            int64_t stride, Value step) {
  Positions result;
  for (auto [position, access] : llvm::zip_equal(positions, accesses)) {
    Value moved = builder.createOrFold<arith::MulIOp>(
        loc, step, index(access.step(loop, stride)));
    result.push_back(builder.createOrFold<arith::AddIOp>(loc, position, moved));
  }
  return result;
}

} // namespace kiln::cpu
