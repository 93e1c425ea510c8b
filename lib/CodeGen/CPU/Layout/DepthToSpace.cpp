//===- DepthToSpace.cpp - Channels that become pixels ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "DepthToSpace.h"

#include "Blocked.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace kiln::cpu {

/// [N, rows, columns, K, H, W] to [N, K, H, rows, W, columns]
static constexpr int64_t kPermutation[] = {0, 3, 4, 1, 5, 2};

static SmallVector<ReassociationIndices> channelDims() {
  return {{0}, {1, 2, 3}, {4}, {5}};
}
static SmallVector<ReassociationIndices> pixelDims() {
  return {{0}, {1}, {2, 3}, {4, 5}};
}

std::optional<DepthToSpace> matchDepthToSpace(Value value) {
  auto collapse = value.getDefiningOp<tensor::CollapseShapeOp>();
  if (!collapse || collapse.getReassociationIndices() != pixelDims())
    return std::nullopt;
  auto transpose = collapse.getSrc().getDefiningOp<linalg::TransposeOp>();
  if (!transpose || transpose.getPermutation() != ArrayRef(kPermutation))
    return std::nullopt;
  auto expand = transpose.getInput().getDefiningOp<tensor::ExpandShapeOp>();
  if (!expand || expand.getReassociationIndices() != channelDims() ||
      !expand.getSrcType().hasStaticShape())
    return std::nullopt;
  ArrayRef<int64_t> shape = expand.getResultType().getShape();
  return DepthToSpace{expand.getSrc(), shape[1], shape[2]};
}

/// [N, K, H, rows, W, columns]
static SmallVector<int64_t> shapeOfPixels(const DepthToSpace &op) {
  ArrayRef<int64_t> from = op.getSourceType().getShape();
  return {from[0], op.getChannels(), from[2], op.rows, from[3], op.columns};
}

/// [N, K, H * rows, W * columns] of that.
static Value joinPixels(OpBuilder &builder, Location loc, Value split) {
  auto type = cast<RankedTensorType>(split.getType());
  ArrayRef<int64_t> s = type.getShape();
  auto joined = RankedTensorType::get({s[0], s[1], s[2] * s[3], s[4] * s[5]},
                                      type.getElementType());
  return tensor::CollapseShapeOp::create(builder, loc, joined, split,
                                         pixelDims());
}

Value createDepthToSpace(OpBuilder &builder, Location loc,
                         const DepthToSpace &op) {
  RankedTensorType from = op.getSourceType();
  auto split = RankedTensorType::get({from.getDimSize(0), op.rows, op.columns,
                                      op.getChannels(), from.getDimSize(2),
                                      from.getDimSize(3)},
                                     from.getElementType());
  Value expanded = tensor::ExpandShapeOp::create(builder, loc, split, op.source,
                                                 channelDims());
  Value empty = tensor::EmptyOp::create(builder, loc, shapeOfPixels(op),
                                        from.getElementType());
  Value moved = linalg::TransposeOp::create(builder, loc, expanded, empty,
                                            ArrayRef(kPermutation))
                    ->getResult(0);
  return joinPixels(builder, loc, moved);
}

Value lowerBlockedDepthToSpace(OpBuilder &builder, Value value, int64_t lanes) {
  std::optional<DepthToSpace> op = matchDepthToSpace(value);
  if (!op || !isBlocked(op->source, lanes) ||
      op->getSourceType().getDimSize(1) > lanes)
    return {};
  Location loc = value.getLoc();
  Value blocked = packChannels(builder, loc, op->source, lanes);
  SmallVector<AffineExpr> dims(6);
  bindDimsList(builder.getContext(), MutableArrayRef(dims));
  AffineExpr lane = (dims[3] * op->columns + dims[5]) * op->getChannels();
  AffineMap from = AffineMap::get(6, 0,
                                  {dims[0], builder.getAffineConstantExpr(0),
                                   dims[2], dims[4], lane + dims[1]},
                                  builder.getContext());
  Value empty = tensor::EmptyOp::create(builder, loc, shapeOfPixels(*op),
                                        op->getSourceType().getElementType());
  SmallVector<utils::IteratorType> loops(6, utils::IteratorType::parallel);
  auto copy = linalg::GenericOp::create(
      builder, loc, empty.getType(), blocked, empty,
      {from, builder.getMultiDimIdentityMap(6)}, loops,
      [](OpBuilder &inner, Location at, ValueRange elements) {
        linalg::YieldOp::create(inner, at, elements.front());
      });
  return joinPixels(builder, loc, copy.getResult(0));
}

} // namespace kiln::cpu
