//===- NormalizationToLinalg.cpp - Softmax and batch normalisation ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PerChannel.h"
#include "kiln/CodeGen/NNToLinalg.h"
#include "kiln/CodeGen/RunningStatistics.h"
#include "kiln/Dialect/NN/IR/NN.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

#include <limits>

using namespace mlir;

namespace kiln {
namespace {

//===----------------------------------------------------------------------===//
// Softmax
//===----------------------------------------------------------------------===//

/// x - m of the shifted exponentials, their sum along the axis, and the map
/// that broadcasts such a sum.
struct Shifted {
  Value difference, sum;
  AffineMap identity, reduced;
};

Shifted shift(OpBuilder &builder, Location loc, Value input, int64_t axis,
              bool exponentiate) {
  auto type = cast<RankedTensorType>(input.getType());
  Shifted result;
  result.identity = builder.getMultiDimIdentityMap(type.getRank());
  result.reduced = result.identity.dropResult(axis);
  SmallVector<int64_t> shape(type.getShape());
  shape.erase(shape.begin() + axis);
  auto reduced = RankedTensorType::get(shape, type.getElementType());
  double least = -std::numeric_limits<double>::infinity();
  Value maximum =
      buildGeneric(builder, loc, {{input, result.identity}},
                   {createFilled(builder, loc, reduced, least), result.reduced},
                   [](OpBuilder &b, Location at, ValueRange e) -> Value {
                     return arith::MaximumFOp::create(b, at, e[0], e[1]);
                   });
  result.difference = buildParallel(
      builder, loc, type, {{input, result.identity}, {maximum, result.reduced}},
      [&](OpBuilder &b, Location at, ValueRange e) -> Value {
        Value difference = arith::SubFOp::create(b, at, e[0], e[1]);
        return exponentiate ? math::ExpOp::create(b, at, difference).getResult()
                            : difference;
      });
  result.sum = buildGeneric(
      builder, loc, {{result.difference, result.identity}},
      {createFilled(builder, loc, reduced, 0), result.reduced},
      [&](OpBuilder &b, Location at, ValueRange e) -> Value {
        Value term =
            exponentiate ? e[0] : math::ExpOp::create(b, at, e[0]).getResult();
        return buildSum(b, at, e[1], term);
      });
  return result;
}

struct LowerSoftmax : OpRewritePattern<nn::SoftmaxOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(nn::SoftmaxOp op,
                                PatternRewriter &rewriter) const override {
    Shifted s = shift(rewriter, op.getLoc(), op.getInput(), op.getAxis(), true);
    rewriter.replaceOp(
        op, buildParallel(rewriter, op.getLoc(),
                          cast<RankedTensorType>(op.getType()),
                          {{s.difference, s.identity}, {s.sum, s.reduced}},
                          [](OpBuilder &b, Location at, ValueRange e) -> Value {
                            return arith::DivFOp::create(b, at, e[0], e[1]);
                          }));
    return success();
  }
};

struct LowerLogSoftmax : OpRewritePattern<nn::LogSoftmaxOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(nn::LogSoftmaxOp op,
                                PatternRewriter &rewriter) const override {
    Shifted s =
        shift(rewriter, op.getLoc(), op.getInput(), op.getAxis(), false);
    rewriter.replaceOp(
        op, buildParallel(rewriter, op.getLoc(),
                          cast<RankedTensorType>(op.getType()),
                          {{s.difference, s.identity}, {s.sum, s.reduced}},
                          [](OpBuilder &b, Location at, ValueRange e) -> Value {
                            Value log = math::LogOp::create(b, at, e[1]);
                            return arith::SubFOp::create(b, at, e[0], log);
                          }));
    return success();
  }
};

//===----------------------------------------------------------------------===//
// Batch normalisation
//===----------------------------------------------------------------------===//

/// scale / sqrt(variance + epsilon).
Value factorOf(OpBuilder &builder, Location loc, Value scale, Value variance,
               double epsilon, Type type) {
  return perChannel(builder, loc, {scale, variance}, type,
                    [&](OpBuilder &b, Location at, ValueRange e) -> Value {
                      Value eps = createScalar(b, at, b.getF64Type(), epsilon);
                      Value sum = arith::AddFOp::create(b, at, e[1], eps);
                      Value root = math::SqrtOp::create(b, at, sum);
                      return arith::DivFOp::create(b, at, e[0], root);
                    });
}

/// (input - mean) * factor + offset: the mean goes first, so that a large one
/// cancels before it is scaled.
Value normalise(OpBuilder &builder, Location loc, Value input, Value mean,
                Value factor, Value offset) {
  auto type = cast<RankedTensorType>(input.getType());
  Type element = type.getElementType();
  AffineMap channel =
      AffineMap::get(type.getRank(), 0, builder.getAffineDimExpr(1));
  return buildParallel(builder, loc, type,
                       {{input, builder.getMultiDimIdentityMap(type.getRank())},
                        {asType(builder, loc, mean, element), channel},
                        {factor, channel},
                        {asType(builder, loc, offset, element), channel}},
                       [](OpBuilder &b, Location at, ValueRange e) -> Value {
                         Value centred =
                             arith::SubFOp::create(b, at, e[0], e[1]);
                         return math::FmaOp::create(b, at, centred, e[2], e[3]);
                       });
}

struct LowerInference : OpRewritePattern<nn::BatchNormInferenceOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(nn::BatchNormInferenceOp op,
                                PatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    Type element = getElementTypeOrSelf(op.getInput().getType());
    Value factor = factorOf(rewriter, loc, op.getScale(), op.getVariance(),
                            op.getEpsilon().convertToDouble(), element);
    rewriter.replaceOp(op, normalise(rewriter, loc, op.getInput(), op.getMean(),
                                     factor, op.getOffset()));
    return success();
  }
};

/// Sum over all but the channels, in f64, of `term` of each element and the
/// channel's value in `centre` (none for a null value).
Value sumChannels(OpBuilder &builder, Location loc, Value input, Value centre,
                  ElementFn term) {
  auto type = cast<RankedTensorType>(input.getType());
  int64_t rank = type.getRank();
  // Loops: channel, batch, spatial.
  SmallVector<AffineExpr> position;
  for (int64_t dim = 0; dim < rank; ++dim)
    position.push_back(builder.getAffineDimExpr(dim < 2 ? 1 - dim : dim));
  AffineMap channel = AffineMap::get(rank, 0, builder.getAffineDimExpr(0));
  SmallVector<MappedTensor> inputs{
      {input, AffineMap::get(rank, 0, position, builder.getContext())}};
  if (centre)
    inputs.push_back({centre, channel});
  auto sums = RankedTensorType::get({type.getDimSize(1)}, builder.getF64Type());
  return buildGeneric(
      builder, loc, inputs, {createFilled(builder, loc, sums, 0), channel},
      [&](OpBuilder &b, Location at, ValueRange e) -> Value {
        SmallVector<Value> wide;
        for (Value value : e)
          wide.push_back(convertFloat(b, at, value, b.getF64Type()));
        return buildSum(b, at, e.back(), term(b, at, wide));
      });
}

/// The offset that makes up for what `mean`, in f64, loses as an element of the
/// net.
Value offsetFor(OpBuilder &builder, Location loc, Value offset, Value mean,
                Value factor, Type element) {
  Value centre = asType(builder, loc, mean, element);
  return perChannel(builder, loc, {offset, mean, centre, factor}, element,
                    [](OpBuilder &b, Location at, ValueRange e) -> Value {
                      Value lost = arith::SubFOp::create(b, at, e[1], e[2]);
                      Value moved = arith::MulFOp::create(b, at, lost, e[3]);
                      return arith::SubFOp::create(b, at, e[0], moved);
                    });
}

/// Two passes in f64: the mean, then the squares of the distances from it.
struct LowerTraining : OpRewritePattern<nn::BatchNormTrainingOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(nn::BatchNormTrainingOp op,
                                PatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    Value input = op.getInput();
    auto type = cast<RankedTensorType>(input.getType());
    double count = type.getNumElements() / type.getDimSize(1);
    Value mean = scaled(
        rewriter, loc,
        sumChannels(rewriter, loc, input, Value(),
                    [](OpBuilder &, Location, ValueRange e) { return e[0]; }),
        count);
    Value squares =
        sumChannels(rewriter, loc, input, mean,
                    [](OpBuilder &b, Location at, ValueRange e) -> Value {
                      Value distance = arith::SubFOp::create(b, at, e[0], e[1]);
                      return arith::MulFOp::create(b, at, distance, distance);
                    });
    Value variance = scaled(rewriter, loc, squares, count);
    Value factor =
        factorOf(rewriter, loc, op.getScale(), variance,
                 op.getEpsilon().convertToDouble(), type.getElementType());
    Value offset = offsetFor(rewriter, loc, op.getOffset(), mean, factor,
                             type.getElementType());
    Value result = normalise(rewriter, loc, input, mean, factor, offset);
    BatchStatistics returned =
        buildReturnedStatistics(rewriter, op, {mean, variance});
    rewriter.replaceOp(op, {result, returned.mean, returned.variance});
    return success();
  }
};

} // namespace

void populateNormalizationToLinalgPatterns(RewritePatternSet &patterns) {
  patterns.add<LowerSoftmax, LowerLogSoftmax, LowerInference, LowerTraining>(
      patterns.getContext());
}

} // namespace kiln
