//===- LowerLinalg.cpp - Linalg operations to tasks and loops ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "../TaskCount.h"
#include "LaneLoop.h"
#include "TaskLoop.h"
#include "kiln/CodeGen/CPU/Passes.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "llvm/Support/MathExtras.h"

namespace kiln::cpu {
#define GEN_PASS_DEF_LOWERLINALG
#include "kiln/CodeGen/CPU/Passes.h.inc"
} // namespace kiln::cpu

using namespace mlir;
using namespace kiln;

/// Elements of the innermost loop that stay together, for vectors' sake.
static constexpr int64_t kLeastRow = 256;

namespace {
/// Which loops become the parts that tasks are made of: the first `depth`
/// whole, and `blocks` parts of the one behind them.
struct Division {
  unsigned depth = 0;
  int64_t outer = 1, blocks = 1, numTasks = 1;
};
} // namespace

/// True if neighbours along the innermost loop are neighbours in memory, or one
/// element.
static bool isContiguous(AffineMap map) {
  if (map.getNumDims() == 0 || map.getNumResults() == 0)
    return true;
  unsigned inner = map.getNumDims() - 1;
  return !map.isFunctionOfDim(inner) ||
         (map.getResults().back() ==
              getAffineDimExpr(inner, map.getContext()) &&
          !map.dropResult(map.getNumResults() - 1).isFunctionOfDim(inner));
}

/// Cycles of a core for one point of the loops, roughly: what LLVM vectorises
/// takes a fraction, what it does not some.
static double cyclesOfPoint(linalg::LinalgOp op) {
  double cycles = 0.25;
  for (AffineMap map : op.getIndexingMapsArray())
    cycles += isContiguous(map) ? 0.25 : 1.5;
  for (Operation &inner : op.getBlock()->without_terminator())
    cycles += isa<math::MathDialect>(inner.getDialect()) ? 5
              : isa<memref::LoadOp>(inner)               ? 2
                                                         : 0.25;
  return cycles;
}

/// How many of the outermost loops may run in any order: what differs in one of
/// them is stored in different places.
static unsigned countParallel(linalg::LinalgOp op) {
  unsigned count = 0;
  for (utils::IteratorType type : op.getIteratorTypesArray()) {
    bool separates =
        llvm::all_of(op.getDpsInitsMutable(), [&](OpOperand &init) {
          return llvm::is_contained(
              op.getMatchingIndexingMap(&init).getResults(),
              getAffineDimExpr(count, op.getContext()));
        });
    if (type != utils::IteratorType::parallel || !separates)
      break;
    ++count;
  }
  return count;
}

static Division divide(linalg::LinalgOp op, ArrayRef<int64_t> extents) {
  Division division;
  int64_t points = llvm::product_of(extents);
  division.numTasks =
      cpu::countTasks(static_cast<double>(points) * cyclesOfPoint(op), points);
  if (division.numTasks == 1)
    return division;
  unsigned parallel = countParallel(op), innermost = extents.size() - 1;
  // Half as many parts are enough: further loops would cost divisions.
  auto isEnough = [&] { return 2 * division.outer >= division.numTasks; };
  while (!isEnough() && division.depth < std::min(parallel, innermost))
    division.outer *= extents[division.depth++];
  if (!isEnough() && division.depth < parallel) {
    int64_t extent = extents[division.depth];
    int64_t most = division.depth == innermost ? extent / kLeastRow : extent;
    int64_t wanted = llvm::divideCeil(division.numTasks, division.outer);
    division.blocks = std::clamp<int64_t>(most, 1, wanted);
  }
  division.numTasks =
      std::min(division.numTasks, division.outer * division.blocks);
  return division;
}

/// Makes tasks of the outermost of `loops`, which are nested.
static void distribute(ArrayRef<Operation *> loops, ArrayRef<int64_t> extents,
                       Division division) {
  auto outermost = cast<scf::ForOp>(loops.front());
  auto inner = cast<scf::ForOp>(loops[division.depth]);
  Location loc = outermost.getLoc();
  int64_t extent = extents[division.depth];
  int64_t size = llvm::divideCeil(extent, division.blocks);
  int64_t blocks = llvm::divideCeil(extent, size);
  OpBuilder builder(outermost);
  auto body = [&](OpBuilder &builder, Value part) {
    auto index = [&](int64_t value) -> Value {
      return arith::ConstantIndexOp::create(builder, loc, value);
    };
    // The rest of a division by `count`; `part` becomes the quotient.
    auto take = [&](int64_t count) -> Value {
      Value divisor = index(count);
      Value rest = arith::RemUIOp::create(builder, loc, part, divisor);
      part = arith::DivUIOp::create(builder, loc, part, divisor);
      return rest;
    };
    Value begin, end;
    if (blocks > 1) {
      begin = arith::MulIOp::create(builder, loc, take(blocks), index(size));
      end = arith::AddIOp::create(builder, loc, begin, index(size));
      end = arith::MinUIOp::create(builder, loc, end, index(extent));
    }
    for (unsigned i = division.depth; i-- > 0;) {
      Value own = i == 0 ? part : take(extents[i]);
      cast<scf::ForOp>(loops[i]).getInductionVar().replaceAllUsesWith(own);
    }
    inner->moveBefore(builder.getInsertionBlock(), builder.getInsertionPoint());
    if (blocks > 1) {
      inner.setLowerBound(begin);
      inner.setUpperBound(end);
    }
  };
  cpu::createTaskLoop(
      builder, loc, division.outer * blocks, division.numTasks, [] {}, body);
  // Where no whole loop became tasks, the first one is the inner one.
  if (division.depth > 0)
    outermost.erase();
}

namespace {
struct LowerLinalg : cpu::impl::LowerLinalgBase<LowerLinalg> {
  void runOnOperation() override {
    SmallVector<linalg::LinalgOp> ops;
    getOperation().walk([&](linalg::LinalgOp op) {
      if (op.hasPureBufferSemantics())
        ops.push_back(op);
    });
    IRRewriter rewriter(&getContext());
    for (linalg::LinalgOp op : ops) {
      SmallVector<int64_t> extents = op.getStaticLoopRanges();
      Division division;
      if (!extents.empty() && !llvm::any_of(extents, ShapedType::isDynamic))
        division = divide(op, extents);
      rewriter.setInsertionPoint(op);
      FailureOr<linalg::LinalgLoops> loops =
          linalg::linalgOpToLoops(rewriter, op);
      if (failed(loops)) {
        op.emitOpError("has no loops");
        return signalPassFailure();
      }
      rewriter.eraseOp(op);
      if (loops->size() > division.depth + 1)
        if (auto innermost = dyn_cast<scf::ForOp>(loops->back()))
          (void)cpu::vectorizeLanes(innermost);
      if (division.numTasks > 1)
        distribute(*loops, extents, division);
    }
  }
};
} // namespace
