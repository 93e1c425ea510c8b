//===- StripChain.cpp - Kernels that follow each other by strips ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "StripChain.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace kiln::cpu {

Value Stage::getInput() const { return op->getOperand(0); }

Value Stage::getOut() const {
  return cast<DestinationStyleOpInterface>(op).getDpsInits()[0];
}

/// True if the extra is the same for all images (rows), or has dimensions that
/// run along them.
static bool canCutRows(AffineMap map) {
  AffineExpr image = getAffineDimExpr(0, map.getContext());
  AffineExpr row = getAffineDimExpr(2, map.getContext());
  return llvm::all_of(map.getResults(), [&](AffineExpr expr) {
    return expr == image || expr == row ||
           (!expr.isFunctionOfDim(0) && !expr.isFunctionOfDim(2));
  });
}

template <typename Kernel> static std::optional<Stage> stageOf(Kernel kernel) {
  auto input = dyn_cast<MemRefType>(kernel.getInput().getType());
  auto out = dyn_cast<MemRefType>(kernel.getOut().getType());
  if (!input || !out)
    return std::nullopt;
  for (Attribute map : kernel.getMaps())
    if (!canCutRows(cast<AffineMapAttr>(map).getValue()))
      return std::nullopt;
  ConvAxis rows{input.getDimSize(2),      out.getDimSize(2),
                kernel.getKernel()[0],    kernel.getStrides()[0],
                kernel.getDilations()[0], kernel.getPadLow()[0]};
  return Stage{kernel, rows};
}

/// An elementwise loop over blocks.
static std::optional<Stage> stageOfLoop(linalg::GenericOp op) {
  if (!op.hasPureBufferSemantics() || op.getNumLoops() != 5 ||
      op.getNumParallelLoops() != 5 || op.getNumDpsInits() != 1 ||
      op.hasIndexSemantics() ||
      !op.getMatchingIndexingMap(op.getDpsInitOperand(0)).isIdentity() ||
      !llvm::all_of(op.getIndexingMapsArray(), canCutRows))
    return std::nullopt;
  auto out = cast<MemRefType>(op.getDpsInits()[0].getType());
  if (out.getDimSize(0) != 1 || !op.getBody()->getOps<memref::LoadOp>().empty())
    return std::nullopt;
  int64_t height = out.getDimSize(2);
  return Stage{op, ConvAxis{height, height, 1, 1, 1, 0}};
}

std::optional<Stage> asStage(Operation *op) {
  return TypeSwitch<Operation *, std::optional<Stage>>(op)
      .Case<ConvOp, WindowOp>([](auto kernel) { return stageOf(kernel); })
      .Case([](linalg::GenericOp loop) { return stageOfLoop(loop); })
      .Default(std::nullopt);
}

/// What a stage reads for the rows `out`.
static StageRows rowsFor(const ConvAxis &axis, Rows out) {
  int64_t first = out.first * axis.stride - axis.padLow;
  int64_t last = (out.first + out.count - 1) * axis.stride +
                 (axis.kernel - 1) * axis.dilation - axis.padLow;
  int64_t low = std::max<int64_t>(first, 0);
  int64_t high = std::min<int64_t>(last + 1, axis.input);
  return {out, {low, high - low}, low - first};
}

static SmallVector<StageRows> rowsOfStrip(ArrayRef<Stage> chain, Rows out) {
  SmallVector<StageRows> rows(chain.size());
  for (size_t i = chain.size(); i-- > 0;) {
    rows[i] = rowsFor(chain[i].rows, out);
    out = rows[i].in;
  }
  return rows;
}

/// How far the second of two strips lies behind the first, if they do the same.
static std::optional<SmallVector<Rows>>
stepBetween(ArrayRef<StageRows> first, ArrayRef<StageRows> second) {
  SmallVector<Rows> steps;
  for (auto [a, b] : llvm::zip_equal(first, second)) {
    if (a.out.count != b.out.count || a.in.count != b.in.count ||
        a.padLow != b.padLow)
      return std::nullopt;
    steps.push_back({b.out.first - a.out.first, b.in.first - a.in.first});
  }
  return steps;
}

/// Takes the strip into the group if it goes on in the same steps.
static bool extend(StripGroup &group, ArrayRef<StageRows> last,
                   ArrayRef<StageRows> strip) {
  std::optional<SmallVector<Rows>> steps = stepBetween(last, strip);
  if (!steps || (group.count > 1 && group.steps != *steps))
    return false;
  group.steps = std::move(*steps);
  ++group.count;
  return true;
}

std::optional<SmallVector<StripGroup>> splitIntoStrips(ArrayRef<Stage> chain,
                                                       int64_t height) {
  int64_t total = chain.back().rows.output;
  SmallVector<StripGroup> groups;
  SmallVector<StageRows> last;
  for (int64_t first = 0, i = 0; first < total; first += height, ++i) {
    SmallVector<StageRows> strip =
        rowsOfStrip(chain, {first, std::min(height, total - first)});
    if (llvm::any_of(strip,
                     [](const StageRows &rows) { return rows.in.count < 1; }))
      return std::nullopt;
    if (groups.empty() || !extend(groups.back(), last, strip)) {
      SmallVector<Rows> none(chain.size());
      groups.push_back({i, 1, strip, none});
    }
    last = std::move(strip);
  }
  return groups;
}

int64_t scratchBytes(ArrayRef<Stage> chain, ArrayRef<StripGroup> groups) {
  int64_t bytes = 0;
  for (const StripGroup &group : groups) {
    int64_t sum = 0;
    for (auto [stage, rows] : llvm::zip(chain.drop_back(), group.rows)) {
      auto type = cast<MemRefType>(stage.getOut().getType());
      sum += type.getNumElements() / (type.getDimSize(0) * type.getDimSize(2)) *
             rows.out.count * type.getElementTypeBitWidth() / 8;
    }
    bytes = std::max(bytes, sum);
  }
  return bytes;
}

} // namespace kiln::cpu
