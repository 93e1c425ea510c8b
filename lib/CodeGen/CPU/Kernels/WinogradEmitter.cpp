//===- WinogradEmitter.cpp - Tasks and transforms of cpu.winograd ---*- C++
//-*-===//
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

/// Elements between one position of a scratch buffer and the next: a line of
/// the cache more than they take.
static int64_t paddedStride(int64_t elements) {
  static constexpr int64_t kLine = 64 / sizeof(float);
  return elements + kLine;
}

static SmallVector<AffineMap> mapsOf(WinogradOp op) {
  return llvm::to_vector(op.getMaps().getAsValueRange<AffineMapAttr>());
}

WinogradEmitter::WinogradEmitter(OpBuilder &builder, WinogradOp op)
    : builder(builder), op(op), loc(op.getLoc()), transform(op.getOutputTile()),
      vector(VectorType::get({op.getLanes()}, builder.getF32Type())),
      m(transform.getOutputTile()), n(transform.getInputTile()),
      lanes(op.getLanes()), inBlocks(op.getInputType().getDimSize(1)),
      outBlocks(op.getOutType().getDimSize(1)),
      channels(op.getWeightsType().getDimSize(3)),
      height(op.getInputType().getDimSize(2)),
      width(op.getInputType().getDimSize(3)),
      outHeight(op.getOutType().getDimSize(2)),
      outWidth(op.getOutType().getDimSize(3)), tileColumns(op.getTileColumns()),
      numTiles(op.getTileRows() * op.getTileColumns()),
      blockTiles(op.getBlockTiles()), parts(op.getWeightsType().getDimSize(0)),
      groups(op.getWeightsType().getDimSize(2)), vectors(op.getVectors()),
      transformedStride(paddedStride(inBlocks * blockTiles * lanes)),
      productsStride(paddedStride(groups * vectors * blockTiles * lanes)),
      input(builder, loc, op.getInput(), builder.getMultiDimIdentityMap(5)),
      epilogue(builder, loc, op.getBody().front(), op.getExtras(), mapsOf(op),
               op.getOut()) {
  BlockedOperand flat(builder, loc, op.getWeights(),
                      builder.getMultiDimIdentityMap(5));
  weights = flat.buffer;
}

void WinogradEmitter::emit() {
  Value first = index(0), count = index(parts * op.getNumBlocks()),
        step = index(1);
  auto tasks = scf::ParallelOp::create(builder, loc, first, count, step);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(tasks.getBody());
  emitTask(tasks.getInductionVars().front());
}

void WinogradEmitter::emitTask(Value task) {
  transformed = allocate(n * n * transformedStride);
  products = allocate(n * n * productsStride);
  patch = allocate(n * n * lanes);
  temporary = allocate(n * n * lanes);
  // Blocks that use the same weights follow each other.
  auto [part, block] = divide(task, op.getNumBlocks());
  auto [of, number] =
      divide(block, llvm::divideCeilSigned(numTiles, blockTiles));
  image = of;
  firstTile = scale(number, blockTiles);
  emitInputTransform();
  emitProducts(part);
  emitOutputTransform(part);
}

void WinogradEmitter::forEachTile(function_ref<void(const Tile &)> body) {
  forLoop(blockTiles, [&](Value tile) {
    auto [row, column] = divide(add(firstTile, tile), tileColumns);
    body({tile, row, column});
  });
}

//===----------------------------------------------------------------------===//
// The input's transform
//===----------------------------------------------------------------------===//

void WinogradEmitter::emitInputTransform() {
  forLoop(inBlocks, [&](Value block) {
    forEachTile([&](const Tile &tile) { transformInput(block, tile); });
  });
}

/// True if all n * n elements from (y, x) on lie in the input.
Value WinogradEmitter::isInside(Value y, Value x) {
  auto compare = [&](arith::CmpIPredicate predicate, Value value,
                     int64_t to) -> Value {
    return arith::CmpIOp::create(builder, loc, predicate, value, index(to));
  };
  Value inside = compare(arith::CmpIPredicate::sge, y, 0);
  for (Value other : {compare(arith::CmpIPredicate::sge, x, 0),
                      compare(arith::CmpIPredicate::sle, y, height - n),
                      compare(arith::CmpIPredicate::sle, x, width - n)})
    inside = arith::AndIOp::create(builder, loc, inside, other);
  return inside;
}

Value WinogradEmitter::inputPosition(Value block, Value y, Value x) {
  Value position = index(input.access.origin());
  std::array<Value, 4> point{image, block, y, x};
  for (auto [loop, value] : llvm::enumerate(point))
    position = add(position, scale(value, input.access.step(loop, 1)));
  return position;
}

void WinogradEmitter::transformInput(Value block, const Tile &tile) {
  Value y = add(scale(tile.row, m), -op.getPadLow()[0]);
  Value x = add(scale(tile.column, m), -op.getPadLow()[1]);
  Value to = scale(add(scale(block, blockTiles), tile.index), lanes);
  auto choice = scf::IfOp::create(builder, loc, isInside(y, x),
                                  /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(choice.thenBlock());
  transformInputTile({input.buffer, inputPosition(block, y, x)},
                     input.access.step(2, 1), input.access.step(3, 1), to);
  builder.setInsertionPointToStart(choice.elseBlock());
  fillPatch(block, y, x);
  transformInputTile({patch, index(0)}, n * lanes, lanes, to);
}

/// Copies what lies in the input among zeros.
void WinogradEmitter::fillPatch(Value block, Value y, Value x) {
  Value zeros =
      arith::ConstantOp::create(builder, loc, builder.getZeroAttr(vector));
  forLoop(n * n, [&](Value at) { store(zeros, {patch, scale(at, lanes)}); });
  auto range = [&](Value start, int64_t size) {
    Value before = builder.createOrFold<arith::SubIOp>(loc, index(0), start);
    Value after = builder.createOrFold<arith::SubIOp>(loc, index(size), start);
    return std::pair<Value, Value>(
        arith::MaxSIOp::create(builder, loc, before, index(0)),
        arith::MinSIOp::create(builder, loc, after, index(n)));
  };
  auto [top, bottom] = range(y, height);
  auto [left, right] = range(x, width);
  auto rows = scf::ForOp::create(builder, loc, top, bottom, index(1));
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(rows.getBody());
  auto columns = scf::ForOp::create(builder, loc, left, right, index(1));
  builder.setInsertionPointToStart(columns.getBody());
  Value i = rows.getInductionVar(), j = columns.getInductionVar();
  store(load({input.buffer, inputPosition(block, add(y, i), add(x, j))}),
        {patch, scale(add(scale(i, n), j), lanes)});
}

/// B^T d B. The n * n vectors of F(4x4) are more than there are registers:
/// between the two passes they are in memory, and the passes are loops.
void WinogradEmitter::transformInputTile(Place from, int64_t rowStride,
                                         int64_t columnStride, Value to) {
  forLoop(n, [&](Value row) {
    Place start{from.buffer, add(from.position, scale(row, rowStride))};
    Vectors values;
    for (int64_t j = 0; j < n; ++j)
      values.push_back(load(start, j * columnStride));
    values = transform.emitInput(builder, loc, values);
    for (int64_t j = 0; j < n; ++j)
      store(values[j], {temporary, scale(row, n * lanes)}, j * lanes);
  });
  forLoop(n, [&](Value column) {
    Vectors values;
    for (int64_t i = 0; i < n; ++i)
      values.push_back(load({temporary, scale(column, lanes)}, i * n * lanes));
    values = transform.emitInput(builder, loc, values);
    Place start{transformed, add(to, scale(column, transformedStride))};
    for (int64_t i = 0; i < n; ++i)
      store(values[i], start, i * n * transformedStride);
  });
}

//===----------------------------------------------------------------------===//
// The output's transform
//===----------------------------------------------------------------------===//

void WinogradEmitter::emitOutputTransform(Value part) {
  int64_t inPart = groups * vectors;
  Value first = scale(part, inPart), count = index(inPart);
  if (outBlocks % inPart != 0) {
    Value left =
        builder.createOrFold<arith::SubIOp>(loc, index(outBlocks), first);
    count = builder.createOrFold<arith::MinSIOp>(loc, left, count);
  }
  forLoop(count, [&](Value blockInPart) {
    forEachTile([&](const Tile &tile) {
      transformOutput(add(first, blockInPart), blockInPart, tile);
    });
  });
}

/// A^T p A, columns first, so that the second pass ends with a row of pixels.
void WinogradEmitter::transformOutput(Value block, Value blockInPart,
                                      const Tile &tile) {
  Value from = scale(add(scale(blockInPart, blockTiles), tile.index), lanes);
  forLoop(n, [&](Value column) {
    Place start{products, add(from, scale(column, productsStride))};
    Vectors values;
    for (int64_t i = 0; i < n; ++i)
      values.push_back(load(start, i * n * productsStride));
    values = transform.emitOutput(builder, loc, values);
    for (int64_t i = 0; i < m; ++i)
      store(values[i], {temporary, scale(column, lanes)}, i * n * lanes);
  });
  // Rows beyond the result, all of them in a tile beyond the last, are left.
  Value y = scale(tile.row, m), rows = index(m);
  if (outHeight % m != 0 || numTiles % blockTiles != 0) {
    Value left = builder.createOrFold<arith::SubIOp>(loc, index(outHeight), y);
    rows = builder.createOrFold<arith::MinSIOp>(loc, left, rows);
  }
  forLoop(rows, [&](Value row) {
    Vectors values;
    for (int64_t j = 0; j < n; ++j)
      values.push_back(load({temporary, scale(row, n * lanes)}, j * lanes));
    storeRow(block, add(y, row), tile,
             transform.emitOutput(builder, loc, values));
  });
}

void WinogradEmitter::storeRow(Value block, Value y, const Tile &tile,
                               ArrayRef<Value> pixels) {
  SmallVector<Value> point{image, block, y, scale(tile.column, m)};
  int64_t left = outWidth % m;
  if (left == 0)
    return epilogue.emit(point, pixels);
  Value isLast = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq,
                                       tile.column, index(tileColumns - 1));
  auto choice =
      scf::IfOp::create(builder, loc, isLast, /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(choice.thenBlock());
  epilogue.emit(point, pixels.take_front(left));
  builder.setInsertionPointToStart(choice.elseBlock());
  epilogue.emit(point, pixels);
}

//===----------------------------------------------------------------------===//
// Indices, loops and memory
//===----------------------------------------------------------------------===//

Value WinogradEmitter::index(int64_t value) {
  return arith::ConstantIndexOp::create(builder, loc, value);
}

Value WinogradEmitter::add(Value lhs, Value rhs) {
  return builder.createOrFold<arith::AddIOp>(loc, lhs, rhs);
}

Value WinogradEmitter::add(Value lhs, int64_t rhs) {
  return add(lhs, index(rhs));
}

Value WinogradEmitter::scale(Value value, int64_t factor) {
  return builder.createOrFold<arith::MulIOp>(loc, value, index(factor));
}

std::pair<Value, Value> WinogradEmitter::divide(Value value, int64_t divisor) {
  Value by = index(divisor);
  return {builder.createOrFold<arith::DivUIOp>(loc, value, by),
          builder.createOrFold<arith::RemUIOp>(loc, value, by)};
}

void WinogradEmitter::forLoop(Value count, function_ref<void(Value)> body) {
  auto loop = scf::ForOp::create(builder, loc, index(0), count, index(1));
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(loop.getBody());
  body(loop.getInductionVar());
}

void WinogradEmitter::forLoop(int64_t count, function_ref<void(Value)> body) {
  if (count == 1)
    return body(index(0));
  forLoop(index(count), body);
}

Value WinogradEmitter::load(Place place, int64_t distance) {
  return vector::LoadOp::create(builder, loc, vector, place.buffer,
                                add(place.position, distance));
}

void WinogradEmitter::store(Value value, Place place, int64_t distance) {
  vector::StoreOp::create(builder, loc, value, place.buffer,
                          add(place.position, distance));
}

Value WinogradEmitter::allocate(int64_t elements) {
  return memref::AllocaOp::create(
      builder, loc, MemRefType::get({elements}, builder.getF32Type()),
      builder.getI64IntegerAttr(64));
}

} // namespace kiln::cpu
