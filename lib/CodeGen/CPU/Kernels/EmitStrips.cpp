//===- EmitStrips.cpp - One loop over the strips of a chain ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "StripChain.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "llvm/ADT/TypeSwitch.h"

#include <cmath>

using namespace mlir;

namespace kiln::cpu {
namespace {

class StripEmitter {
public:
  StripEmitter(ArrayRef<Stage> chain, ArrayRef<StripGroup> groups)
      : chain(chain), groups(groups), builder(chain.back().op),
        loc(builder.getFusedLoc(llvm::map_to_vector(
            chain, [](const Stage &stage) { return stage.op->getLoc(); }))) {}

  void emit();

private:
  DictionaryAttr cost();
  void allocateScratch();
  void emitFrom(size_t group);
  void emitGroup(const StripGroup &group);
  /// `step` rows for each strip behind the group's first.
  OpFoldResult row(const StripGroup &group, int64_t first, int64_t step);
  /// The part of an operand, whose dimensions `map` gives for (n, block, h,
  /// ..), that belongs to the image and to `count` rows from `first` on.
  Value partOf(Value buffer, AffineMap map, OpFoldResult first, int64_t count);
  Value rowsOf(Value buffer, OpFoldResult first, int64_t count) {
    auto type = cast<MemRefType>(buffer.getType());
    return partOf(buffer, builder.getMultiDimIdentityMap(type.getRank()), first,
                  count);
  }
  Value scratchFor(size_t stage, int64_t rows);
  void cloneLoop(linalg::GenericOp loop, const StageRows &rows, Value out,
                 OpFoldResult firstOut);
  template <typename Kernel>
  void cloneStage(Kernel kernel, const StageRows &rows, Value input, Value out,
                  OpFoldResult firstOut);
  Value index(int64_t value) {
    return arith::ConstantIndexOp::create(builder, loc, value);
  }

  ArrayRef<Stage> chain;
  ArrayRef<StripGroup> groups;
  OpBuilder builder;
  Location loc;
  /// The strip's number, and the image where there are several.
  Value strip;
  OpFoldResult image;
  /// What each stage but the last leaves to the next, as bytes.
  SmallVector<Value> scratch;
};

} // namespace

static MemRefType withRows(Value buffer, int64_t rows) {
  auto type = cast<MemRefType>(buffer.getType());
  SmallVector<int64_t> shape(type.getShape());
  shape[0] = 1;
  shape[2] = rows;
  return MemRefType::get(shape, type.getElementType());
}

void StripEmitter::allocateScratch() {
  for (auto [i, stage] : llvm::enumerate(chain.drop_back())) {
    int64_t rows = 0;
    for (const StripGroup &group : groups)
      rows = std::max(rows, group.rows[i].out.count);
    MemRefType type = withRows(stage.getOut(), rows);
    int64_t bytes = type.getNumElements() * type.getElementTypeBitWidth() / 8;
    scratch.push_back(memref::AllocaOp::create(
        builder, loc, MemRefType::get({bytes}, builder.getI8Type()),
        builder.getI64IntegerAttr(64)));
  }
}

Value StripEmitter::scratchFor(size_t stage, int64_t rows) {
  return memref::ViewOp::create(builder, loc,
                                withRows(chain[stage].getOut(), rows),
                                scratch[stage], index(0), ValueRange());
}

OpFoldResult StripEmitter::row(const StripGroup &group, int64_t first,
                               int64_t step) {
  if (group.count == 1 || step == 0)
    return builder.getIndexAttr(first);
  Value moved =
      arith::MulIOp::create(builder, loc, strip, index(step)).getResult();
  return arith::AddIOp::create(builder, loc, moved,
                               index(first - group.first * step))
      .getResult();
}

Value StripEmitter::partOf(Value buffer, AffineMap map, OpFoldResult first,
                           int64_t count) {
  auto type = cast<MemRefType>(buffer.getType());
  SmallVector<OpFoldResult> offsets(type.getRank(), builder.getIndexAttr(0));
  SmallVector<OpFoldResult> ones(type.getRank(), builder.getIndexAttr(1));
  SmallVector<int64_t> sizes(type.getShape());
  for (auto [dim, expr] : llvm::enumerate(map.getResults())) {
    if (expr.isFunctionOfDim(0) && sizes[dim] != 1) {
      offsets[dim] = image;
      sizes[dim] = 1;
    } else if (expr.isFunctionOfDim(2) && sizes[dim] != count) {
      offsets[dim] = first;
      sizes[dim] = count;
    }
  }
  if (ArrayRef(sizes) == type.getShape())
    return buffer;
  return memref::SubViewOp::create(
      builder, loc, buffer, offsets,
      getAsIndexOpFoldResult(builder.getContext(), sizes), ones);
}

/// One strip is one task: a kernel within it is not divided again.
static void runAsOneTask(ConvOp op) { op.setGrid(ArrayRef<int64_t>{1, 1}); }
static void runAsOneTask(WindowOp op) { op.setTasks(1); }

template <typename Kernel>
void StripEmitter::cloneStage(Kernel kernel, const StageRows &rows, Value input,
                              Value out, OpFoldResult firstOut) {
  auto clone = cast<Kernel>(builder.clone(*kernel));
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPoint(clone);
  clone.getInputMutable().assign(input);
  clone.getOutMutable().assign(out);
  clone.setPadLow(ArrayRef<int64_t>{rows.padLow, kernel.getPadLow()[1]});
  runAsOneTask(clone);
  for (auto [i, map] : llvm::enumerate(kernel.getMaps()))
    clone.getExtrasMutable()[i].set(partOf(kernel.getExtras()[i],
                                           cast<AffineMapAttr>(map).getValue(),
                                           firstOut, rows.out.count));
}

void StripEmitter::cloneLoop(linalg::GenericOp loop, const StageRows &rows,
                             Value out, OpFoldResult firstOut) {
  auto clone = cast<linalg::GenericOp>(builder.clone(*loop));
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPoint(clone);
  clone.getDpsInitsMutable()[0].set(out);
  for (OpOperand *input : clone.getDpsInputOperands())
    input->set(partOf(input->get(), clone.getMatchingIndexingMap(input),
                      firstOut, rows.out.count));
}

void StripEmitter::emitGroup(const StripGroup &group) {
  for (auto [i, stage] : llvm::enumerate(chain)) {
    const StageRows &rows = group.rows[i];
    OpFoldResult firstOut = row(group, rows.out.first, group.steps[i].first);
    OpFoldResult firstIn = row(group, rows.in.first, group.steps[i].count);
    if (auto loop = dyn_cast<linalg::GenericOp>(stage.op)) {
      cloneLoop(loop, rows, scratchFor(i, rows.out.count), firstOut);
      continue;
    }
    Value input = i == 0 ? rowsOf(stage.getInput(), firstIn, rows.in.count)
                         : scratchFor(i - 1, rows.in.count);
    Value out = i + 1 == chain.size()
                    ? rowsOf(stage.getOut(), firstOut, rows.out.count)
                    : scratchFor(i, rows.out.count);
    TypeSwitch<Operation *>(stage.op).Case<ConvOp, WindowOp>(
        [&](auto kernel) { cloneStage(kernel, rows, input, out, firstOut); });
  }
}

void StripEmitter::emitFrom(size_t group) {
  if (group + 1 == groups.size())
    return emitGroup(groups[group]);
  const StripGroup &next = groups[group + 1];
  Value isBefore = arith::CmpIOp::create(
      builder, loc, arith::CmpIPredicate::ult, strip, index(next.first));
  auto ifOp = scf::IfOp::create(builder, loc, isBefore, /*withElse=*/true);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPoint(ifOp.thenYield());
  emitGroup(groups[group]);
  builder.setInsertionPoint(ifOp.elseYield());
  emitFrom(group + 1);
}

/// The sum of the stages' costs, with rows that are computed again.
DictionaryAttr StripEmitter::cost() {
  int64_t nominal = 0, executed = 0;
  double cycles = 0;
  bool isPredicted = true;
  for (auto [i, stage] : llvm::enumerate(chain)) {
    auto kernel = dyn_cast<CostOpInterface>(stage.op);
    if (!kernel)
      continue;
    int64_t rows = 0;
    for (const StripGroup &group : groups)
      rows += group.count * group.rows[i].out.count;
    double repeats = double(rows) / stage.rows.output;
    nominal += kernel.getNominalFlops();
    executed += std::llround(kernel.getExecutedFlops() * repeats);
    std::optional<double> predicted = kernel.getPredictedCycles();
    isPredicted &= predicted.has_value();
    cycles += predicted.value_or(0) * repeats;
  }
  SmallVector<NamedAttribute> fields{
      builder.getNamedAttr("nominal", builder.getI64IntegerAttr(nominal)),
      builder.getNamedAttr("executed", builder.getI64IntegerAttr(executed))};
  if (isPredicted)
    fields.push_back(
        builder.getNamedAttr("cycles", builder.getF64FloatAttr(cycles)));
  return builder.getDictionaryAttr(fields);
}

void StripEmitter::emit() {
  int64_t strips = groups.back().first + groups.back().count;
  int64_t images =
      cast<MemRefType>(chain.back().getOut().getType()).getDimSize(0);
  auto loop = scf::ParallelOp::create(
      builder, loc, ValueRange{index(0)}, ValueRange{index(images * strips)},
      ValueRange{index(1)});
  loop->setAttr(kCostAttrName, cost());
  strip = loop.getInductionVars()[0];
  builder.setInsertionPointToStart(loop.getBody());
  allocateScratch();
  if (images > 1) {
    Value count = index(strips);
    image = arith::DivUIOp::create(builder, loc, strip, count).getResult();
    strip = arith::RemUIOp::create(builder, loc, strip, count);
  }
  emitFrom(0);
  SmallVector<Operation *> made;
  for (const Stage &stage : chain.drop_back())
    made.push_back(stage.getOut().getDefiningOp());
  for (const Stage &stage : llvm::reverse(chain))
    stage.op->erase();
  for (Operation *alloc : made)
    alloc->erase();
}

void emitStrips(ArrayRef<Stage> chain, ArrayRef<StripGroup> groups) {
  StripEmitter(chain, groups).emit();
}

} // namespace kiln::cpu
