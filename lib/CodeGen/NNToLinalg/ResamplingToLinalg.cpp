//===- ResamplingToLinalg.cpp - Resizing and channel shuffle ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "GenericBuilder.h"
#include "ResizeTable.h"
#include "kiln/CodeGen/NNToLinalg.h"
#include "kiln/Dialect/NN/IR/NN.h"
#include "kiln/Dialect/NN/Utils/Constants.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace kiln {
namespace {

/// More taps than cubic interpolation has are summed by a loop.
constexpr int64_t kMaxUnrolledTaps = 4;

/// A tap's element; a tap of no weight takes no part, infinite or not.
Value weighElement(OpBuilder &b, Location at, Value weight, Value element) {
  Value zero = createScalar(b, at, element.getType(), 0);
  Value isNone =
      arith::CmpFOp::create(b, at, arith::CmpFPredicate::OEQ, weight, zero);
  return arith::SelectOp::create(b, at, isNone, zero, element);
}

/// Resizes one dimension by a loop over the taps, of which there are many.
Value resizeDimByLoop(OpBuilder &builder, Location loc, Value input,
                      int64_t dim, const ResizeTable &table) {
  auto type = cast<RankedTensorType>(input.getType());
  int64_t rank = type.getRank(), size = table.size(), taps = table.numTaps();
  SmallVector<int64_t> shape(type.getShape());
  shape[dim] = size;
  SmallVector<double> indices, weights;
  for (int64_t i = 0; i < size; ++i)
    for (int64_t tap = 0; tap < taps; ++tap) {
      indices.push_back(table.indices[tap][i]);
      weights.push_back(table.weights[tap][i]);
    }
  auto tableOf = [&](Type element, ArrayRef<double> values) {
    return nn::createConstant(
        builder, loc, RankedTensorType::get({size, taps}, element), values);
  };
  AffineMap along = AffineMap::get(
      rank + 1, 0,
      {builder.getAffineDimExpr(dim), builder.getAffineDimExpr(rank)},
      builder.getContext());
  auto result = RankedTensorType::get(shape, type.getElementType());
  AffineMap out = builder.getMultiDimIdentityMap(rank + 1).getMajorSubMap(rank);
  return buildGeneric(builder, loc,
                      {{tableOf(builder.getI32Type(), indices), along},
                       {tableOf(type.getElementType(), weights), along}},
                      {createFilled(builder, loc, result, 0), out},
                      [&](OpBuilder &b, Location at, ValueRange e) -> Value {
                        SmallVector<Value> position;
                        for (int64_t d = 0; d < rank; ++d)
                          position.push_back(linalg::IndexOp::create(b, at, d));
                        position[dim] = arith::IndexCastOp::create(
                            b, at, b.getIndexType(), e[0]);
                        Value element =
                            tensor::ExtractOp::create(b, at, input, position);
                        element = weighElement(b, at, e[1], element);
                        return math::FmaOp::create(b, at, e[1], element, e[2]);
                      });
}

/// Writes `value` where the table has nothing of the input.
Value fillOutside(OpBuilder &builder, Location loc, Value input, int64_t dim,
                  const ResizeTable &table, double value) {
  auto type = cast<RankedTensorType>(input.getType());
  Type element = type.getElementType();
  SmallVector<double> flags(table.isOutside.begin(), table.isOutside.end());
  Value mask = nn::createConstant(
      builder, loc, RankedTensorType::get({table.size()}, element), flags);
  AffineMap along =
      AffineMap::get(type.getRank(), 0, builder.getAffineDimExpr(dim));
  return buildParallel(
      builder, loc, type,
      {{input, builder.getMultiDimIdentityMap(type.getRank())}, {mask, along}},
      [&](OpBuilder &b, Location at, ValueRange e) -> Value {
        Value isOutside =
            arith::CmpFOp::create(b, at, arith::CmpFPredicate::ONE, e[1],
                                  createScalar(b, at, element, 0));
        return arith::SelectOp::create(
            b, at, isOutside, createScalar(b, at, element, value), e[0]);
      });
}

/// Resizes one dimension: each output element is a weighted sum of as many
/// input elements as the table has taps.
Value resizeDim(OpBuilder &builder, Location loc, Value input, int64_t dim,
                const ResizeTable &table) {
  auto type = cast<RankedTensorType>(input.getType());
  int64_t size = table.size(), numTaps = table.numTaps();
  SmallVector<int64_t> shape(type.getShape());
  shape[dim] = size;
  auto result = RankedTensorType::get(shape, type.getElementType());
  AffineMap along =
      AffineMap::get(type.getRank(), 0, builder.getAffineDimExpr(dim));
  SmallVector<MappedTensor> inputs;
  for (int64_t tap = 0; tap < numTaps; ++tap) {
    auto indices = RankedTensorType::get({size}, builder.getI32Type());
    auto weights = RankedTensorType::get({size}, type.getElementType());
    inputs.push_back(
        {nn::createConstant(builder, loc, indices, table.indices[tap]), along});
    inputs.push_back(
        {nn::createConstant(builder, loc, weights, table.weights[tap]), along});
  }
  return buildParallel(
      builder, loc, result, inputs,
      [&](OpBuilder &b, Location at, ValueRange e) -> Value {
        SmallVector<Value> position;
        for (int64_t d = 0; d < type.getRank(); ++d)
          position.push_back(linalg::IndexOp::create(b, at, d));
        Value sum;
        for (int64_t tap = 0; tap < numTaps; ++tap) {
          position[dim] =
              arith::IndexCastOp::create(b, at, b.getIndexType(), e[2 * tap]);
          Value element = tensor::ExtractOp::create(b, at, input, position);
          if (numTaps == 1)
            return element;
          Value weight = e[2 * tap + 1];
          element = weighElement(b, at, weight, element);
          sum =
              sum ? math::FmaOp::create(b, at, weight, element, sum).getResult()
                  : arith::MulFOp::create(b, at, weight, element).getResult();
        }
        return sum;
      });
}

struct LowerResize : OpRewritePattern<nn::ResizeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(nn::ResizeOp op,
                                PatternRewriter &rewriter) const override {
    Value value = op.getInput();
    // The last dimension first, while the tensor is small: its elements are
    // gathered, those of the others move as whole lines.
    for (int64_t i = op.getSizes().size() - 1; i >= 0; --i) {
      ResizeTable table = makeResizeTable(op, i);
      if (table.isIdentity())
        continue;
      value = table.numTaps() > kMaxUnrolledTaps
                  ? resizeDimByLoop(rewriter, op.getLoc(), value, i + 2, table)
                  : resizeDim(rewriter, op.getLoc(), value, i + 2, table);
      if (!table.isOutside.empty())
        value = fillOutside(rewriter, op.getLoc(), value, i + 2, table,
                            op.getExtrapolationValue().convertToDouble());
    }
    rewriter.replaceOp(op, value);
    return success();
  }
};

/// [N, G, C/G, ...] with the two dimensions of channels exchanged.
struct LowerChannelShuffle : OpRewritePattern<nn::ChannelShuffleOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(nn::ChannelShuffleOp op,
                                PatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    auto type = cast<RankedTensorType>(op.getInput().getType());
    int64_t groups = op.getGroups(), perGroup = type.getDimSize(1) / groups;
    SmallVector<int64_t> split(type.getShape());
    split[1] = groups;
    split.insert(split.begin() + 2, perGroup);
    SmallVector<int64_t> swapped = split, permutation;
    std::swap(swapped[1], swapped[2]);
    llvm::append_range(
        permutation, llvm::seq<int64_t>(0, static_cast<int64_t>(split.size())));
    std::swap(permutation[1], permutation[2]);
    SmallVector<ReassociationIndices> together{{0}, {1, 2}};
    for (int64_t dim = 2; dim < type.getRank(); ++dim)
      together.push_back({dim + 1});
    Type element = type.getElementType();
    Value expanded = tensor::ExpandShapeOp::create(
        rewriter, loc, RankedTensorType::get(split, element), op.getInput(),
        together);
    Value transposed =
        linalg::TransposeOp::create(
            rewriter, loc, expanded,
            createEmpty(rewriter, loc, RankedTensorType::get(swapped, element)),
            permutation)
            ->getResult(0);
    rewriter.replaceOpWithNewOp<tensor::CollapseShapeOp>(op, type, transposed,
                                                         together);
    return success();
  }
};

} // namespace

void populateResamplingToLinalgPatterns(RewritePatternSet &patterns) {
  patterns.add<LowerResize, LowerChannelShuffle>(patterns.getContext());
}

} // namespace kiln
