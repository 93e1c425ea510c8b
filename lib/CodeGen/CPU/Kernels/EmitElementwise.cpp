//===- EmitElementwise.cpp - Vectors for elementwise loops over blocks ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "IndexMath.h"
#include "TaskLoop.h"
#include "kiln/CodeGen/CPU/Passes.h"
#include "kiln/CodeGen/Elementwise.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/ADT/STLExtras.h"

namespace kiln::cpu {
#define GEN_PASS_DEF_EMITELEMENTWISE
#include "kiln/CodeGen/CPU/Passes.h.inc"
} // namespace kiln::cpu

using namespace mlir;
using namespace kiln;

/// How an operand goes along the innermost loop.
enum class Along { Shared, SideBySide, Otherwise };

static Along alongLanes(AffineMap map, MemRefType type) {
  unsigned lane = map.getNumDims() - 1;
  if (!map.isFunctionOfDim(lane))
    return Along::Shared;
  for (AffineExpr expr : map.getResults().drop_back())
    if (expr.isFunctionOfDim(lane))
      return Along::Otherwise;
  AffineExpr rest = simplifyAffineExpr(
      map.getResults().back() - getAffineDimExpr(lane, map.getContext()),
      map.getNumDims(), 0);
  SmallVector<int64_t> strides;
  int64_t offset;
  bool known = succeeded(type.getStridesAndOffset(strides, offset));
  return known && strides.back() == 1 && !rest.isFunctionOfDim(lane)
             ? Along::SideBySide
             : Along::Otherwise;
}

/// Innermost loops as long as a vector register, or half or a quarter of one.
static bool isLanes(int64_t extent, Type element) {
  int64_t bits = extent * element.getIntOrFloatBitWidth();
  return llvm::isPowerOf2_64(extent) && bits >= 128 && bits <= 512;
}

static bool isTaken(linalg::GenericOp op) {
  if (!op.hasPureBufferSemantics() || op.getNumDpsInits() != 1 ||
      op.getNumLoops() < 2 || op.getNumReductionLoops() > 0 ||
      op.hasIndexSemantics() || !canWiden(*op.getBody()) ||
      op.payloadUsesValueFromOperand(op.getDpsInitOperand(0)))
    return false;
  for (OpOperand &operand : op->getOpOperands()) {
    auto type = dyn_cast<MemRefType>(operand.get().getType());
    if (!type || !type.hasStaticShape() ||
        !type.getElementType().isIntOrFloat() || type.getRank() == 0 ||
        type.getElementTypeBitWidth() < 8) // a vector of bits is not of bytes
      return false;
    Along along = alongLanes(op.getMatchingIndexingMap(&operand), type);
    if (along == Along::Otherwise ||
        (op.isDpsInit(&operand) && along != Along::SideBySide))
      return false;
  }
  auto out = cast<MemRefType>(op.getDpsInits()[0].getType());
  return isLanes(op.getStaticLoopRanges().back(), out.getElementType());
}

namespace {
class ElementwiseEmitter {
public:
  explicit ElementwiseEmitter(linalg::GenericOp op)
      : builder(op), loc(op.getLoc()), math(builder, loc), op(op),
        extents(op.getStaticLoopRanges()), lanes(extents.back()) {}

  /// Tasks share all but the two innermost loops; these are a line, and lanes.
  void emit() {
    int64_t lines = llvm::product_of(ArrayRef(extents).drop_back(2));
    cpu::createTaskLoop(
        builder, loc, lines, cpu::chooseTasks(cycles(), lines),
        /*prepare=*/[] {}, [&](OpBuilder &, Value line) { emitLine(line); });
  }

private:
  /// What moving the operands takes, some of them from beyond the second
  /// level of caches.
  double cycles() {
    static constexpr double kBytesPerCycle = 16;
    double bytes = 0;
    for (Value operand : op->getOperands()) {
      auto type = cast<MemRefType>(operand.getType());
      bytes += type.getNumElements() * type.getElementTypeBitWidth() / 8;
    }
    return bytes / kBytesPerCycle;
  }

  void emitLine(Value line) {
    SmallVector<Value> point;
    for (int64_t extent : llvm::reverse(ArrayRef(extents).drop_back(2))) {
      point.push_back(math.rem(line, extent));
      line = math.div(line, extent);
    }
    std::reverse(point.begin(), point.end());
    auto loop = scf::ForOp::create(builder, loc, math.constant(0),
                                   math.constant(extents[extents.size() - 2]),
                                   math.constant(1));
    builder.setInsertionPointToStart(loop.getBody());
    point.push_back(loop.getInductionVar());
    point.push_back(math.constant(0));
    emitVector(point);
  }

  void emitVector(ArrayRef<Value> point) {
    SmallVector<Value> elements;
    for (OpOperand *input : op.getDpsInputOperands())
      elements.push_back(load(*input, point));
    // The destination's element, which the body does not read.
    elements.push_back(elements.empty() ? Value() : elements.front());
    Value value =
        cloneElementwiseBlock(builder, *op.getBody(), elements, {lanes});
    OpOperand *out = op.getDpsInitOperand(0);
    vector::StoreOp::create(builder, loc, value, out->get(),
                            position(*out, point));
  }

  SmallVector<Value> position(OpOperand &operand, ArrayRef<Value> point) {
    AffineMap map = op.getMatchingIndexingMap(&operand);
    SmallVector<Value> position;
    for (unsigned i = 0; i < map.getNumResults(); ++i)
      position.push_back(affine::AffineApplyOp::create(
          builder, loc, map.getSubMap({i}), point));
    return position;
  }

  Value load(OpOperand &operand, ArrayRef<Value> point) {
    auto type = cast<MemRefType>(operand.get().getType());
    auto vector = VectorType::get({lanes}, type.getElementType());
    SmallVector<Value> at = position(operand, point);
    if (alongLanes(op.getMatchingIndexingMap(&operand), type) ==
        Along::SideBySide)
      return vector::LoadOp::create(builder, loc, vector, operand.get(), at);
    Value element = memref::LoadOp::create(builder, loc, operand.get(), at);
    return vector::BroadcastOp::create(builder, loc, vector, element);
  }

  OpBuilder builder;
  Location loc;
  cpu::IndexMath math;
  linalg::GenericOp op;
  SmallVector<int64_t> extents;
  int64_t lanes;
};

struct EmitElementwise : cpu::impl::EmitElementwiseBase<EmitElementwise> {
  void runOnOperation() override {
    SmallVector<linalg::GenericOp> ops;
    getOperation().walk([&](linalg::GenericOp op) {
      if (isTaken(op))
        ops.push_back(op);
    });
    for (linalg::GenericOp op : ops) {
      ElementwiseEmitter(op).emit();
      op.erase();
    }
  }
};
} // namespace
