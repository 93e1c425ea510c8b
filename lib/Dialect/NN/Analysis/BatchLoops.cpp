//===- BatchLoops.cpp - How a structured operation treats the batch ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// The batch of a structured operation is one loop, found by the indexing maps.
// It must be parallel, run over the images of every operand that carries the
// batch, and index nothing else.
//===----------------------------------------------------------------------===//

#include "BatchRules.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;

namespace kiln::nn {

namespace {
class LoopChecker {
public:
  explicit LoopChecker(const OpPair &pair)
      : pair(pair), one(cast<linalg::LinalgOp>(pair.one)),
        op(cast<linalg::LinalgOp>(pair.several)),
        maps(op.getIndexingMapsArray()) {}

  std::string check();

private:
  std::string compareMaps();
  std::string findLoop();
  std::string checkAccesses() const;
  std::string checkIndex(linalg::IndexOp index) const;
  std::string checkExtract(tensor::ExtractOp extract) const;
  MaybeAxis axisOf(Value tensor) const;

  const OpPair &pair;
  linalg::LinalgOp one, op;
  SmallVector<AffineMap> maps;
  /// The loop over the batch; nothing where no operand carries it.
  std::optional<unsigned> loop;
  int64_t rows = 0;
};
} // namespace

static std::string textOf(AffineExpr expr) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  stream << expr;
  return text;
}

/// The same accesses, but for an index that is always 0: a broadcast operand
/// has a constant 0 where several images are, and may have the loop itself
/// where that runs once.
std::string LoopChecker::compareMaps() {
  SmallVector<AffineMap> others = one.getIndexingMapsArray();
  SmallVector<int64_t> loops = one.getStaticLoopRanges();
  if (others.size() != maps.size())
    return "has other operands at another batch size";
  for (auto [map, other] : llvm::zip_equal(maps, others)) {
    if (map.getNumResults() != other.getNumResults() ||
        map.getNumInputs() != other.getNumInputs())
      return "has other loops at another batch size";
    for (auto [several, single] :
         llvm::zip_equal(map.getResults(), other.getResults())) {
      auto constant = dyn_cast<AffineConstantExpr>(several);
      auto dim = dyn_cast<AffineDimExpr>(single);
      bool isZero = constant && constant.getValue() == 0 && dim &&
                    loops[dim.getPosition()] == 1;
      if (!isZero && textOf(several) != textOf(single))
        return "reads its operands otherwise at another batch size";
    }
  }
  return "";
}

std::string LoopChecker::findLoop() {
  for (auto [axis, map] : llvm::zip_equal(pair.operands, maps)) {
    if (!axis)
      continue;
    auto dim = dyn_cast<AffineDimExpr>(map.getResult(axis->dim));
    if (!dim)
      return "does not walk over the images one by one";
    if (loop && (*loop != dim.getPosition() || rows != axis->rows))
      return "mixes operands that carry the batch differently";
    loop = dim.getPosition();
    rows = axis->rows;
  }
  if (loop &&
      op.getIteratorTypesArray()[*loop] != utils::IteratorType::parallel)
    return "reduces over the batch";
  return "";
}

/// Nothing but the images themselves is indexed by the loop over the batch.
std::string LoopChecker::checkAccesses() const {
  for (auto [axis, map] : llvm::zip_equal(pair.operands, maps))
    for (auto [i, expr] : llvm::enumerate(map.getResults()))
      if (!(axis && axis->dim == static_cast<int64_t>(i)) &&
          expr.isFunctionOfDim(*loop))
        return "treats each image by its place in the batch";
  return "";
}

MaybeAxis LoopChecker::axisOf(Value tensor) const {
  auto found = pair.captured.find(tensor);
  return found == pair.captured.end() ? MaybeAxis() : found->second;
}

/// The place in the batch may only pick the image's own part of a tensor.
std::string LoopChecker::checkIndex(linalg::IndexOp index) const {
  if (!loop || index.getDim() != *loop)
    return "";
  for (OpOperand &use : index->getUses()) {
    auto extract = dyn_cast<tensor::ExtractOp>(use.getOwner());
    MaybeAxis axis = extract ? axisOf(extract.getTensor()) : MaybeAxis();
    // Operand 0 is the tensor.
    if (!axis || axis->dim + 1 != static_cast<int64_t>(use.getOperandNumber()))
      return "treats each image by its place in the batch";
  }
  return "";
}

std::string LoopChecker::checkExtract(tensor::ExtractOp extract) const {
  MaybeAxis axis = axisOf(extract.getTensor());
  if (!axis)
    return "";
  auto index = extract.getIndices()[axis->dim].getDefiningOp<linalg::IndexOp>();
  bool isOwn = loop && index && index.getDim() == *loop && axis->rows == rows;
  return isOwn ? "" : "reads other images of the batch";
}

std::string LoopChecker::check() {
  if (std::string reason = compareMaps(); !reason.empty())
    return reason;
  if (std::string reason = findLoop(); !reason.empty())
    return reason;
  if (loop)
    if (std::string reason = checkAccesses(); !reason.empty())
      return reason;
  std::string reason;
  op->walk([&](Operation *inner) {
    if (!reason.empty() || inner == op)
      return;
    if (auto index = dyn_cast<linalg::IndexOp>(inner))
      reason = checkIndex(index);
    else if (auto extract = dyn_cast<tensor::ExtractOp>(inner))
      reason = checkExtract(extract);
    else if (llvm::any_of(inner->getOperands(),
                          [&](Value value) { return axisOf(value); }))
      reason = "reads other images of the batch";
  });
  return reason;
}

std::string checkLoops(const OpPair &pair) { return LoopChecker(pair).check(); }

} // namespace kiln::nn
