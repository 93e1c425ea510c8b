//===- BlockedEpilogue.cpp - From accumulators to blocked results ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "BlockedEpilogue.h"

#include "kiln/CodeGen/Elementwise.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace kiln::cpu {

/// Loops of a kernel over blocked tensors.
enum { kWidth = 3, kLane = 4, kLoops = 5 };

static Value flatten(OpBuilder &builder, Location loc, Value operand,
                     int64_t span) {
  auto type = cast<MemRefType>(operand.getType());
  return memref::ReinterpretCastOp::create(
      builder, loc, MemRefType::get({span}, type.getElementType()), operand,
      /*offset=*/0, ArrayRef<int64_t>{span}, ArrayRef<int64_t>{1});
}

BlockedOperand::BlockedOperand(OpBuilder &builder, Location loc, Value operand,
                               AffineMap map)
    : access(map, cast<MemRefType>(operand.getType())) {
  buffer = flatten(builder, loc, operand, access.span());
}

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

void BlockedEpilogue::emit(ArrayRef<Value> point,
                           ArrayRef<Value> accumulators) {
  SmallVector<Value> positions;
  for (const BlockedOperand &operand : operands)
    positions.push_back(position(operand, point));
  if (calls && accumulators.size() > 1)
    return emitLoop(positions, accumulators);
  for (auto [pixel, accumulator] : llvm::enumerate(accumulators)) {
    SmallVector<Value> at;
    for (auto [operand, position] : llvm::zip_equal(operands, positions))
      at.push_back(builder.createOrFold<arith::AddIOp>(
          loc, position, index(operand.access.step(kWidth, 1) * pixel)));
    finish(at, accumulator);
  }
}

/// Mathematical functions are too long to be written out for each register:
/// the accumulators go to the stack, and a loop over them, still in the first
/// cache, finishes a vector at a time.
void BlockedEpilogue::emitLoop(ArrayRef<Value> positions,
                               ArrayRef<Value> accumulators) {
  Value scratch = createScratch(accumulators.size());
  for (auto [pixel, accumulator] : llvm::enumerate(accumulators))
    vector::StoreOp::create(builder, loc, accumulator, scratch,
                            index(pixel * lanes));
  auto loop = scf::ForOp::create(builder, loc, index(0),
                                 index(accumulators.size()), index(1));
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(loop.getBody());
  auto advance = [&](Value position, int64_t step) {
    Value moved = builder.createOrFold<arith::MulIOp>(
        loc, loop.getInductionVar(), index(step));
    return builder.createOrFold<arith::AddIOp>(loc, position, moved);
  };
  SmallVector<Value> at;
  for (auto [operand, position] : llvm::zip_equal(operands, positions))
    at.push_back(advance(position, operand.access.step(kWidth, 1)));
  auto type = VectorType::get(
      {lanes}, cast<MemRefType>(scratch.getType()).getElementType());
  finish(at, vector::LoadOp::create(builder, loc, type, scratch,
                                    advance(index(0), lanes)));
}

/// Of the task's own: at the start of the parallel loop's body.
Value BlockedEpilogue::createScratch(int64_t vectors) {
  Operation *parent = builder.getInsertionBlock()->getParentOp();
  while (!isa<scf::ParallelOp, func::FuncOp>(parent))
    parent = parent->getParentOp();
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(&parent->getRegion(0).front());
  Type element =
      cast<MemRefType>(operands.back().buffer.getType()).getElementType();
  return memref::AllocaOp::create(builder, loc,
                                  MemRefType::get({vectors * lanes}, element),
                                  builder.getI64IntegerAttr(64));
}

} // namespace kiln::cpu
