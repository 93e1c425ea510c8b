//===- WindowEmitter.cpp - Loops over vectors of one cpu.window ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "WindowEmitter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/Support/MathExtras.h"

#include <map>

using namespace mlir;

namespace kiln::cpu {

static AffineMap identityOf(Value operand) {
  return AffineMap::getMultiDimIdentityMap(
      cast<MemRefType>(operand.getType()).getRank(), operand.getContext());
}

WindowEmitter::WindowEmitter(OpBuilder &builder, WindowOp op)
    : builder(builder), op(op), loc(op.getLoc()),
      vector(VectorType::get(
          {op.getLanes()},
          cast<MemRefType>(op.getOut().getType()).getElementType())),
      input(builder, loc, op.getInput(), identityOf(op.getInput())),
      segments(planColumns(op)) {
  if (op.getWeights())
    weights.emplace(builder, loc, op.getWeights(), identityOf(op.getWeights()));
  if (op.getStart())
    starts.emplace(builder, loc, op.getStart(), identityOf(op.getStart()));
  SmallVector<AffineMap> maps;
  for (unsigned i = 0; i < op.getExtras().size(); ++i)
    maps.push_back(op.getMap(i));
  epilogue.emplace(builder, loc, op.getBody().front(), op.getExtras(), maps,
                   op.getOut());
  // A unit of work is a plane, or a part of one where there are fewer planes
  // than tasks.
  ArrayRef<int64_t> shape = op.getOutShape();
  int64_t planes = shape[0] * shape[1], tasks = op.getTasks();
  int64_t parts = std::min<int64_t>(llvm::divideCeil(tasks, planes), shape[2]);
  linesOfUnit = llvm::divideCeil(shape[2], parts);
  unitsOfPlane = llvm::divideCeil(shape[2], linesOfUnit);
}

//===----------------------------------------------------------------------===//
// Tasks, planes, lines
//===----------------------------------------------------------------------===//

void WindowEmitter::emit() {
  ArrayRef<int64_t> shape = op.getOutShape();
  int64_t units = shape[0] * shape[1] * unitsOfPlane;
  int64_t unitsOfTask = llvm::divideCeil(
      units, std::min<int64_t>(units, static_cast<int64_t>(op.getTasks())));
  auto tasks = scf::ParallelOp::create(
      builder, loc, ValueRange{index(0)},
      ValueRange{index(llvm::divideCeil(units, unitsOfTask))},
      ValueRange{index(1)});
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(tasks.getBody());
  emitTask(tasks.getInductionVars().front(), unitsOfTask, units);
}

void WindowEmitter::emitTask(Value task, int64_t unitsOfTask, int64_t units) {
  if (unitsOfTask == 1)
    return emitUnit(task);
  Value first = advance(index(0), task, unitsOfTask);
  Value last = add(first, index(unitsOfTask));
  if (units % unitsOfTask != 0)
    last = arith::MinSIOp::create(builder, loc, last, index(units));
  forEach(first, last, 1, [&](Value unit) { emitUnit(unit); });
}

void WindowEmitter::emitUnit(Value unit) {
  auto split = [&](Value value, int64_t by) -> std::pair<Value, Value> {
    return {builder.createOrFold<arith::DivUIOp>(loc, value, index(by)),
            builder.createOrFold<arith::RemUIOp>(loc, value, index(by))};
  };
  int64_t lines = op.getOutShape()[2];
  auto [plane, part] = split(unit, unitsOfPlane);
  Line line;
  std::tie(line.batch, line.block) = split(plane, op.getOutShape()[1]);
  Value first = advance(index(0), part, linesOfUnit);
  Value last =
      unitsOfPlane == 1 ? index(lines) : add(first, index(linesOfUnit));
  if (lines % linesOfUnit != 0)
    last = arith::MinSIOp::create(builder, loc, last, index(lines));
  const OperandAccess &access = input.access;
  Value origin = index(access.origin() - op.getPadLow()[1] * access.step(3, 1) -
                       op.getPadLow()[0] * access.step(2, 1));
  origin = advance(origin, line.batch, access.step(0, 1));
  origin = advance(origin, line.block, access.step(1, 1));
  if (weights)
    line.weights = advance(index(weights->access.origin()), line.block,
                           weights->access.step(0, 1));
  forEach(first, last, 1, [&](Value row) {
    Line at = line;
    at.row = row;
    at.input = advance(origin, row, op.getStrides()[0] * access.step(2, 1));
    at.taps = meetingTaps(0, row);
    emitLine(at);
  });
}

void WindowEmitter::emitLine(Line line) {
  for (const ColumnSegment &segment : segments)
    emitSegment(line, segment);
}

void WindowEmitter::emitSegment(const Line &line,
                                const ColumnSegment &segment) {
  int64_t first = segment.first;
  if (segment.kind == ColumnSegment::Fixed)
    return emitTile(line, {index(first), segment.width, first});
  int64_t last = first + segment.repeats * segment.width;
  forEach(index(first), index(last), segment.width, [&](Value column) {
    if (segment.kind == ColumnSegment::Full)
      emitTile(line, {column, segment.width});
    else
      emitEdge(line, column);
  });
}

//===----------------------------------------------------------------------===//
// Tiles
//===----------------------------------------------------------------------===//

/// Few columns are too few chains of additions to keep the units busy: the taps
/// of a row then go to several accumulators in turn.
static int64_t chainsOf(int64_t columns, int64_t taps) {
  static constexpr int64_t kBusy = 8;
  return std::min<int64_t>(llvm::divideCeil(kBusy, columns), taps);
}

/// What the sums start from is added last: were it large, each step before
/// would round by its size.
void WindowEmitter::finishSums(const Line &line, Vectors &sums) {
  if (!starts)
    return;
  Value from = start(line.block);
  for (Value &sum : sums)
    sum = join(sum, from);
}

void WindowEmitter::emitTile(const Line &line, Columns columns) {
  int64_t count = columns.count, chains = chainsOf(count, op.getKernel()[1]);
  Vectors accumulators(count * chains, neutral());
  accumulators =
      foldRows(line, accumulators, [&](Value at, Value by, Vectors carried) {
        at = advance(at, columns.first,
                     op.getStrides()[1] * input.access.step(3, 1));
        return emitTaps(columns, at, by, carried);
      });
  for (int64_t i = count; i < count * chains; ++i)
    accumulators[i % count] = join(accumulators[i % count], accumulators[i]);
  accumulators.resize(count);
  finishSums(line, accumulators);
  epilogue->emit({line.batch, line.block, line.row, columns.first},
                 accumulators);
}

WindowEmitter::Vectors WindowEmitter::emitTaps(Columns columns, Value at,
                                               Value by, Vectors accumulators) {
  int64_t taps = op.getKernel()[1], chunked = 0;
  if (taps > kMostTaps) {
    chunked = taps / kChunk * kChunk;
    accumulators = emitLoop(
        index(0), index(taps / kChunk), accumulators,
        [&](Value chunk, Vectors carried) {
          Value inner =
              advance(at, chunk,
                      kChunk * op.getDilations()[1] * input.access.step(3, 1));
          Value weight = by;
          if (weights)
            weight = advance(by, chunk, kChunk * weights->access.step(2, 1));
          writeTaps(columns, 0, kChunk, inner, weight, carried);
          return carried;
        });
  }
  writeTaps(columns, chunked, taps, at, by, accumulators);
  return accumulators;
}

bool WindowEmitter::meetsInput(Columns columns, int64_t column, int64_t tap) {
  if (!columns.fixed)
    return true;
  int64_t at = (*columns.fixed + column) * op.getStrides()[1] +
               tap * op.getDilations()[1] - op.getPadLow()[1];
  return at >= 0 && at < op.getInputShape()[3];
}

/// By vectors of the input, left to right; each goes to all columns that have a
/// tap on it.
void WindowEmitter::writeTaps(Columns columns, int64_t from, int64_t to,
                              Value at, Value by, Vectors &accumulators) {
  int64_t chains = static_cast<int64_t>(accumulators.size()) / columns.count;
  struct Use {
    int64_t column, tap;
  };
  std::map<int64_t, SmallVector<Use>> places;
  for (int64_t column = 0; column < columns.count; ++column)
    for (int64_t tap = from; tap < to; ++tap)
      if (meetsInput(columns, column, tap))
        places[column * op.getStrides()[1] + tap * op.getDilations()[1]]
            .push_back({column, tap});
  SmallVector<Value> weight(to - from);
  for (auto &[place, uses] : places) {
    Value element = load(input, at, place * input.access.step(3, 1));
    for (Use use : uses) {
      Value &factor = weight[use.tap - from];
      if (weights && !factor)
        factor = load(*weights, by, use.tap * weights->access.step(2, 1));
      Value &sum =
          accumulators[(use.tap % chains) * columns.count + use.column];
      sum = step(sum, element, factor);
    }
  }
}

/// One column, whose taps are not known.
void WindowEmitter::emitEdge(const Line &line, Value column) {
  Taps taps = meetingTaps(1, column);
  if (!taps.first)
    taps = {index(0), index(op.getKernel()[1])};
  int64_t distance = input.access.step(3, 1);
  Vectors accumulators = foldRows(
      line, {neutral()}, [&](Value at, Value by, Vectors carried) {
        at = advance(at, column, op.getStrides()[1] * distance);
        return emitLoop(
            taps.first, taps.last, carried, [&](Value tap, Vectors sum) {
              Value element = load(
                  input, advance(at, tap, op.getDilations()[1] * distance), 0);
              Value weight;
              if (weights)
                weight = load(*weights,
                              advance(by, tap, weights->access.step(2, 1)), 0);
              return Vectors{step(sum.front(), element, weight)};
            });
      });
  finishSums(line, accumulators);
  epilogue->emit({line.batch, line.block, line.row, column}, accumulators);
}

WindowEmitter::Vectors
WindowEmitter::foldRows(const Line &line, Vectors accumulators,
                        function_ref<Vectors(Value, Value, Vectors)> body) {
  // In one long sum each addition rounds by the whole sum's size: a large plane
  // is summed row by row first.
  static constexpr int64_t kLongSum = 64;
  bool sumsRows = op.getCombine() == Combine::Sum &&
                  op.getKernel()[0] * op.getKernel()[1] >= kLongSum;
  auto foldRow = [&](Value tap, Vectors carried) {
    Value at = advance(line.input, tap,
                       op.getDilations()[0] * input.access.step(2, 1));
    Value by = line.weights;
    if (weights)
      by = advance(by, tap, weights->access.step(1, 1));
    if (!sumsRows)
      return body(at, by, carried);
    Vectors row = body(at, by, Vectors(carried.size(), neutral()));
    for (auto [sum, part] : llvm::zip_equal(carried, row))
      sum = join(sum, part);
    return carried;
  };
  if (line.taps.first)
    return emitLoop(line.taps.first, line.taps.last, accumulators, foldRow);
  if (op.getKernel()[0] == 1)
    return foldRow(index(0), accumulators);
  return emitLoop(index(0), index(op.getKernel()[0]), accumulators, foldRow);
}

/// Taps at `position * stride - pad + tap * dilation` within the input, or no
/// bounds where all are for every position.
WindowEmitter::Taps WindowEmitter::meetingTaps(unsigned dim, Value position) {
  int64_t stride = op.getStrides()[dim], dilation = op.getDilations()[dim];
  int64_t kernel = op.getKernel()[dim], pad = op.getPadLow()[dim];
  int64_t size = op.getInputShape()[dim + 2];
  int64_t positions = op.getOutShape()[dim + 2];
  if (pad == 0 && (positions - 1) * stride + (kernel - 1) * dilation < size)
    return {};
  // ceil((bound - start) / dilation), at least 0 and at most the kernel.
  Value zero = index(0);
  auto firstBeyond = [&](int64_t bound) -> Value {
    Value distance = arith::SubIOp::create(builder, loc, index(bound + pad),
                                           advance(zero, position, stride));
    distance = arith::MaxSIOp::create(builder, loc, distance, zero);
    Value taps = builder.createOrFold<arith::DivUIOp>(
        loc, add(distance, index(dilation - 1)), index(dilation));
    return arith::MinSIOp::create(builder, loc, taps, index(kernel));
  };
  return {firstBeyond(0), firstBeyond(size)};
}

} // namespace kiln::cpu
