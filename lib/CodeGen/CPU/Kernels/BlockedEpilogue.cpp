//===- BlockedEpilogue.cpp - From accumulators to blocked results ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "BlockedEpilogue.h"

#include "VectorMemory.h"
#include "kiln/CodeGen/Elementwise.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace kiln::cpu {

/// Loops of a kernel over blocked tensors.
enum { kBlock = 1, kHeight = 2, kWidth = 3, kLane = 4, kLoops = 5 };

BlockedOperand::BlockedOperand(OpBuilder &builder, Location loc, Value operand,
                               AffineMap map)
    : buffer(flattenBuffer(builder, loc, operand)),
      access(map, cast<MemRefType>(operand.getType())) {}

BlockedEpilogue::BlockedEpilogue(OpBuilder &builder, Location loc, Block &body,
                                 ValueRange extras, ArrayRef<AffineMap> maps,
                                 Value out)
    : builder(builder), loc(loc), body(body),
      lanes(cast<MemRefType>(out.getType()).getShape().back()),
      calls(llvm::any_of(body,
                         [](Operation &inner) { return callsMath(&inner); })) {
  for (auto [extra, map] : llvm::zip_equal(extras, maps))
    operands.emplace_back(builder, loc, extra, map);
  operands.emplace_back(builder, loc, out,
                        builder.getMultiDimIdentityMap(kLoops));
}

Value BlockedEpilogue::index(int64_t value) {
  return arith::ConstantIndexOp::create(builder, loc, value);
}

Value BlockedEpilogue::position(const BlockedOperand &operand,
                                ArrayRef<Value> point) {
  Value position = index(operand.access.origin());
  for (auto [loop, value] : llvm::enumerate(point)) {
    Value moved = builder.createOrFold<arith::MulIOp>(
        loc, value, index(operand.access.step(loop, 1)));
    position = builder.createOrFold<arith::AddIOp>(loc, position, moved);
  }
  return position;
}

Value BlockedEpilogue::load(const BlockedOperand &operand, Value position) {
  auto type = VectorType::get(
      {lanes}, cast<MemRefType>(operand.buffer.getType()).getElementType());
  if (operand.access.step(kLane, 1) != 0)
    return vector::LoadOp::create(builder, loc, type, operand.buffer, position);
  Value element =
      memref::LoadOp::create(builder, loc, operand.buffer, position);
  return vector::BroadcastOp::create(builder, loc, type, element);
}

void BlockedEpilogue::finish(ArrayRef<Value> positions, Value accumulator) {
  SmallVector<Value> elements{accumulator};
  for (auto [operand, position] :
       llvm::zip_equal(ArrayRef(operands).drop_back(), positions.drop_back()))
    elements.push_back(load(operand, position));
  Value value = cloneElementwiseBlock(builder, body, elements, {lanes});
  vector::StoreOp::create(builder, loc, value, operands.back().buffer,
                          positions.back());
}

bool BlockedEpilogue::rowsFollowOneAnother(int64_t width) const {
  return llvm::all_of(operands, [&](const BlockedOperand &operand) {
    return operand.access.step(kHeight, 1) ==
           width * operand.access.step(kWidth, 1);
  });
}

void BlockedEpilogue::emit(ArrayRef<Value> point, ArrayRef<Value> accumulators,
                           const Extents &extents) {
  SmallVector<Value> positions;
  for (const BlockedOperand &operand : operands)
    positions.push_back(position(operand, point));
  if (calls && accumulators.size() > 1)
    return emitLoop(positions, accumulators, extents);
  auto [blocks, rows, columns] = extents;
  for (auto [i, accumulator] : llvm::enumerate(accumulators)) {
    int64_t column = i % columns, row = i / columns % rows,
            block = i / columns / rows;
    SmallVector<Value> at;
    for (auto [operand, position] : llvm::zip_equal(operands, positions))
      at.push_back(builder.createOrFold<arith::AddIOp>(
          loc, position,
          index(operand.access.step(kBlock, block) +
                operand.access.step(kHeight, row) +
                operand.access.step(kWidth, column))));
    finish(at, accumulator);
  }
}

/// Mathematical functions are too long to be written out for each register:
/// the accumulators go to the stack, and a loop over them, still in the first
/// cache, finishes a vector at a time.
void BlockedEpilogue::emitLoop(ArrayRef<Value> positions,
                               ArrayRef<Value> accumulators,
                               const Extents &extents) {
  auto size = static_cast<int64_t>(accumulators.size());
  Value waiting = getScratch(size);
  auto type = cast<MemRefType>(waiting.getType());
  for (auto [i, accumulator] : llvm::enumerate(accumulators))
    vector::StoreOp::create(builder, loc, accumulator, waiting,
                            index(i * lanes));
  AffineExpr place = builder.getAffineConstantExpr(0);
  for (auto [i, extent] : llvm::enumerate(extents))
    place = place * extent + builder.getAffineDimExpr(kBlock + i);
  SmallVector<MovingOperand> moving{
      {waiting, index(0),
       OperandAccess(AffineMap::get(kLoops, 0, place * lanes), type)}};
  for (auto [operand, position] : llvm::zip_equal(operands, positions))
    moving.push_back({operand.buffer, position, operand.access});
  OpBuilder::InsertionGuard guard(builder);
  for (auto [i, extent] : llvm::enumerate(extents))
    if (extent > 1)
      enterLoop(builder, loc, extent, kBlock + i, /*stride=*/1, moving);
  SmallVector<Value> at;
  for (const MovingOperand &each : ArrayRef(moving).drop_front())
    at.push_back(each.position);
  finish(at, vector::LoadOp::create(
                 builder, loc, VectorType::get({lanes}, type.getElementType()),
                 waiting, moving.front().position));
}

/// Of the task's own: at the start of the parallel loop's body. Tiles of a task
/// share it.
Value BlockedEpilogue::getScratch(int64_t vectors) {
  if (scratch &&
      cast<MemRefType>(scratch.getType()).getNumElements() >= vectors * lanes)
    return scratch;
  Operation *parent = builder.getInsertionBlock()->getParentOp();
  while (!isa<scf::ParallelOp, func::FuncOp>(parent))
    parent = parent->getParentOp();
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(&parent->getRegion(0).front());
  Type element =
      cast<MemRefType>(operands.back().buffer.getType()).getElementType();
  scratch = memref::AllocaOp::create(
      builder, loc, MemRefType::get({vectors * lanes}, element),
      builder.getI64IntegerAttr(64));
  return scratch;
}

} // namespace kiln::cpu
