//===- BatchDimension.cpp - Which dimension of a tensor the images lie along
//---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "BatchDimension.h"

#include "kiln/Dialect/NN/IR/NN.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace kiln {

/// A reshape keeps a dimension that is in a group of its own.
template <typename Groups>
static std::optional<int64_t> throughReshape(Groups groups, int64_t dim,
                                             bool collapses) {
  for (auto [i, group] : llvm::enumerate(groups)) {
    auto index = static_cast<int64_t>(i);
    if (group.size() != 1)
      continue;
    if (collapses && group[0] == dim)
      return index;
    if (!collapses && index == dim)
      return group[0];
  }
  return std::nullopt;
}

/// A loop that runs along the images of an operand and along a dimension of the
/// result brings them there.
static std::optional<int64_t> throughLoops(linalg::LinalgOp op,
                                           OpOperand &operand, int64_t dim) {
  auto loop = dyn_cast<AffineDimExpr>(
      op.getMatchingIndexingMap(&operand).getResult(dim));
  if (!loop)
    return std::nullopt;
  AffineMap result = op.getMatchingIndexingMap(op.getDpsInitOperand(0));
  for (auto [i, expr] : llvm::enumerate(result.getResults()))
    if (expr == loop)
      return static_cast<int64_t>(i);
  return std::nullopt;
}

/// Operations that compute image by image from their first operand, whose
/// dimension 0 stays dimension 0.
static bool keepsRows(Operation *op) {
  return isa<nn::ConvOp, nn::ConvTransposeOp, nn::LinearOp, nn::MaxPoolOp,
             nn::AveragePoolOp, nn::GlobalAveragePoolOp, nn::GlobalMaxPoolOp,
             nn::ResizeOp, nn::ChannelShuffleOp, nn::BatchNormInferenceOp,
             nn::BatchNormTrainingOp>(op);
}

std::optional<int64_t> BatchDimension::derive(Value value) {
  Operation *op = value.getDefiningOp();
  if (!op) {
    auto type = cast<RankedTensorType>(value.getType());
    return type.getRank() > 0 ? std::optional<int64_t>(0) : std::nullopt;
  }
  if (auto result = dyn_cast<OpResult>(value);
      op->getNumOperands() == 0 || result.getResultNumber() != 0)
    return std::nullopt;
  if (auto loops = dyn_cast<linalg::LinalgOp>(op)) {
    for (OpOperand *input : loops.getDpsInputOperands())
      if (std::optional<int64_t> dim = of(input->get()))
        if (std::optional<int64_t> to = throughLoops(loops, *input, *dim))
          return to;
    return std::nullopt;
  }
  if (isa<nn::SoftmaxOp, nn::LogSoftmaxOp>(op) || nn::isElementwise(op))
    return of(op->getOperand(0));
  std::optional<int64_t> dim = of(op->getOperand(0));
  if (!dim)
    return std::nullopt;
  if (auto collapse = dyn_cast<tensor::CollapseShapeOp>(op))
    return throughReshape(collapse.getReassociationIndices(), *dim, true);
  if (auto expand = dyn_cast<tensor::ExpandShapeOp>(op))
    return throughReshape(expand.getReassociationIndices(), *dim, false);
  if (keepsRows(op) && *dim == 0)
    return dim;
  return std::nullopt;
}

std::optional<int64_t> BatchDimension::of(Value value) {
  if (auto found = known.find(value); found != known.end())
    return found->second;
  std::optional<int64_t> dim = derive(value);
  known[value] = dim;
  return dim;
}

} // namespace kiln
