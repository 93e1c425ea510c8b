//===- ElementwiseToLinalg.cpp - Activations as linalg.generic ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "GenericBuilder.h"
#include "kiln/CodeGen/Elementwise.h"
#include "kiln/CodeGen/NNToLinalg.h"
#include "kiln/Dialect/NN/IR/NN.h"
#include "kiln/Dialect/NN/Utils/Constants.h"

using namespace mlir;

namespace kiln {
namespace {

/// Slopes, scales and shifts: one value for each index along `dim`, or one.
static MappedTensor alongDim(Value value, int64_t rank, int64_t dim) {
  MLIRContext *context = value.getContext();
  bool one = cast<RankedTensorType>(value.getType()).getNumElements() == 1;
  AffineExpr position =
      one ? getAffineConstantExpr(0, context) : getAffineDimExpr(dim, context);
  return {value, AffineMap::get(rank, 0, position)};
}

struct ElementwiseToLinalg : RewritePattern {
  explicit ElementwiseToLinalg(MLIRContext *context)
      : RewritePattern(MatchAnyOpTypeTag(), /*benefit=*/1, context) {}

  LogicalResult matchAndRewrite(Operation *op,
                                PatternRewriter &rewriter) const override {
    if (!isa<nn::NNDialect>(op->getDialect()) || !nn::isElementwise(op))
      return rewriter.notifyMatchFailure(op, "not an elementwise nn operation");
    auto type = cast<RankedTensorType>(op->getResult(0).getType());
    AffineMap identity = rewriter.getMultiDimIdentityMap(type.getRank());
    SmallVector<MappedTensor> inputs{{op->getOperand(0), identity}};
    if (auto prelu = dyn_cast<nn::PReluOp>(op))
      inputs.push_back(alongDim(prelu.getSlope(), type.getRank(), 1));
    if (auto affine = dyn_cast<nn::ChannelAffineOp>(op))
      addParameters(rewriter, affine, inputs);
    Value result = buildParallel(
        rewriter, op->getLoc(), type, inputs,
        [&](OpBuilder &builder, Location, ValueRange arguments) {
          return buildElementwise(builder, op, arguments.drop_back());
        });
    rewriter.replaceOp(op, result);
    return success();
  }

  static void addParameters(OpBuilder &builder, nn::ChannelAffineOp affine,
                            SmallVectorImpl<MappedTensor> &inputs) {
    auto type = affine.getType();
    int64_t axis = affine.getAxis();
    auto vector =
        RankedTensorType::get({cast<RankedTensorType>(type).getDimSize(axis)},
                              getElementTypeOrSelf(type));
    for (ArrayRef<double> values : {affine.getScale(), affine.getShift()})
      inputs.push_back(
          alongDim(nn::createConstant(builder, affine.getLoc(), vector, values),
                   cast<RankedTensorType>(type).getRank(), axis));
  }
};

} // namespace

void populateElementwiseToLinalgPatterns(RewritePatternSet &patterns) {
  patterns.add<ElementwiseToLinalg>(patterns.getContext());
}

} // namespace kiln
