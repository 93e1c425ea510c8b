//===- PoolingToLinalg.cpp - Pooling as reductions ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "GenericBuilder.h"
#include "kiln/CodeGen/NNToLinalg.h"
#include "kiln/CodeGen/Pooling.h"
#include "kiln/Dialect/NN/IR/NN.h"
#include "kiln/Dialect/NN/Utils/Constants.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

#include <limits>

using namespace mlir;

namespace kiln {
namespace {

/// The loops of a pooling: batch, channel, all positions but the last, the
/// taps, the last position. Innermost runs along memory.
struct WindowLoops {
  AffineMap input, window, output;
};

template <typename PoolOp>
WindowLoops windowLoops(Builder &builder, PoolOp op) {
  int64_t spatial = op.getKernel().size(), loops = 2 + 2 * spatial;
  SmallVector<AffineExpr> in{builder.getAffineDimExpr(0),
                             builder.getAffineDimExpr(1)};
  SmallVector<AffineExpr> out = in, taps;
  for (int64_t i = 0; i < spatial; ++i) {
    bool last = i + 1 == spatial;
    AffineExpr position = builder.getAffineDimExpr(last ? loops - 1 : 2 + i);
    AffineExpr tap = builder.getAffineDimExpr(1 + spatial + i);
    in.push_back(position * op.getStrides()[i] + tap * op.getDilations()[i]);
    out.push_back(position);
    taps.push_back(tap);
  }
  MLIRContext *context = builder.getContext();
  return {AffineMap::get(loops, 0, in, context),
          AffineMap::get(loops, 0, taps, context),
          AffineMap::get(loops, 0, out, context)};
}

/// The padded input, as far as windows read it.
template <typename PoolOp>
Value paddedInput(OpBuilder &builder, PoolOp op, double padding) {
  auto type = cast<RankedTensorType>(op.getResult().getType());
  SmallVector<int64_t> sizes;
  for (auto [i, kernel] : llvm::enumerate(op.getKernel()))
    sizes.push_back((type.getDimSize(i + 2) - 1) * op.getStrides()[i] +
                    (kernel - 1) * op.getDilations()[i] + 1);
  return padSpatial(builder, op.getLoc(), op.getInput(), op.getPadLow(), sizes,
                    padding);
}

/// Folds each window by `combine`, from `start`; padding holds `start` too.
template <typename PoolOp>
Value foldWindows(OpBuilder &builder, PoolOp op, double start,
                  ElementFn combine) {
  Location loc = op.getLoc();
  auto type = cast<RankedTensorType>(op.getResult().getType());
  WindowLoops loops = windowLoops(builder, op);
  // Only its shape counts: it gives the extents of the taps' loops.
  Value window = tensor::EmptyOp::create(builder, loc, op.getKernel(),
                                         type.getElementType());
  Value init = createFilled(builder, loc, type, start);
  return buildGeneric(
      builder, loc,
      {{paddedInput(builder, op, start), loops.input}, {window, loops.window}},
      {init, loops.output},
      [&](OpBuilder &inner, Location at, ValueRange arguments) {
        return combine(inner, at, {arguments[0], arguments[2]});
      });
}

Value maximumOf(OpBuilder &builder, Location loc, ValueRange elements) {
  return buildMaximum(builder, loc, elements[0], elements[1]);
}

Value sumOf(OpBuilder &builder, Location loc, ValueRange elements) {
  return arith::AddFOp::create(builder, loc, elements[1], elements[0]);
}

struct LowerMaxPool : OpRewritePattern<nn::MaxPoolOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(nn::MaxPoolOp op,
                                PatternRewriter &rewriter) const override {
    double least = -std::numeric_limits<double>::infinity();
    rewriter.replaceOp(op, foldWindows(rewriter, op, least, maximumOf));
    return success();
  }
};

struct LowerAveragePool : OpRewritePattern<nn::AveragePoolOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(nn::AveragePoolOp op,
                                PatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    auto type = cast<RankedTensorType>(op.getResult().getType());
    Value sum = foldWindows(rewriter, op, 0, sumOf);
    ArrayRef<int64_t> spatial = type.getShape().drop_front(2);
    Value divisors = nn::createConstant(
        rewriter, loc, RankedTensorType::get(spatial, type.getElementType()),
        divisorsOf(op));
    AffineMap identity = rewriter.getMultiDimIdentityMap(type.getRank());
    AffineMap positions = identity.getSliceMap(2, spatial.size());
    rewriter.replaceOp(
        op, buildParallel(
                rewriter, loc, type, {{sum, identity}, {divisors, positions}},
                [](OpBuilder &builder, Location at, ValueRange e) -> Value {
                  return arith::DivFOp::create(builder, at, e[0], e[1]);
                }));
    return success();
  }
};

/// Folds all spatial dimensions: first all but the last, which leaves vectors
/// along memory, then the last. Returns [N, C].
Value foldChannel(OpBuilder &builder, Location loc, Value input, double start,
                  ElementFn combine) {
  auto type = cast<RankedTensorType>(input.getType());
  int64_t rank = type.getRank();
  auto fold = [&](Value value, ArrayRef<int64_t> kept) {
    auto from = cast<RankedTensorType>(value.getType());
    SmallVector<int64_t> shape;
    SmallVector<AffineExpr> position;
    for (int64_t dim : kept) {
      shape.push_back(from.getDimSize(dim));
      position.push_back(builder.getAffineDimExpr(dim));
    }
    auto result = RankedTensorType::get(shape, from.getElementType());
    auto map =
        AffineMap::get(from.getRank(), 0, position, builder.getContext());
    return buildGeneric(
        builder, loc, {{value, builder.getMultiDimIdentityMap(from.getRank())}},
        {createFilled(builder, loc, result, start), map}, combine);
  };
  if (rank > 3)
    input = fold(input, {0, 1, rank - 1});
  return fold(input, {0, 1});
}

Value withUnitDims(OpBuilder &builder, Location loc, Value value,
                   RankedTensorType type) {
  SmallVector<ReassociationIndices> groups{{0}, {}};
  for (int64_t dim = 1; dim < type.getRank(); ++dim)
    groups[1].push_back(dim);
  return tensor::ExpandShapeOp::create(builder, loc, type, value, groups);
}

struct LowerGlobalMaxPool : OpRewritePattern<nn::GlobalMaxPoolOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(nn::GlobalMaxPoolOp op,
                                PatternRewriter &rewriter) const override {
    double least = -std::numeric_limits<double>::infinity();
    Value result =
        foldChannel(rewriter, op.getLoc(), op.getInput(), least, maximumOf);
    rewriter.replaceOp(
        op, withUnitDims(rewriter, op.getLoc(), result,
                         cast<RankedTensorType>(op.getResult().getType())));
    return success();
  }
};

struct LowerGlobalAveragePool : OpRewritePattern<nn::GlobalAveragePoolOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(nn::GlobalAveragePoolOp op,
                                PatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    auto input = cast<RankedTensorType>(op.getInput().getType());
    Value sum = foldChannel(rewriter, loc, op.getInput(), 0, sumOf);
    auto type = cast<RankedTensorType>(sum.getType());
    double count = llvm::product_of(input.getShape().drop_front(2));
    Value mean = buildParallel(
        rewriter, loc, type, {{sum, rewriter.getMultiDimIdentityMap(2)}},
        [&](OpBuilder &builder, Location at, ValueRange e) -> Value {
          Value divisor =
              createScalar(builder, at, type.getElementType(), count);
          return arith::DivFOp::create(builder, at, e[0], divisor);
        });
    rewriter.replaceOp(
        op, withUnitDims(rewriter, loc, mean,
                         cast<RankedTensorType>(op.getResult().getType())));
    return success();
  }
};

} // namespace

void populatePoolingToLinalgPatterns(RewritePatternSet &patterns) {
  patterns.add<LowerMaxPool, LowerAveragePool, LowerGlobalMaxPool,
               LowerGlobalAveragePool>(patterns.getContext());
}

} // namespace kiln
