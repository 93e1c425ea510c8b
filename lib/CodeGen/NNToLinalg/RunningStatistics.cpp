//===- RunningStatistics.cpp - What training returns of its statistics ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "kiln/CodeGen/RunningStatistics.h"

#include "PerChannel.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;

namespace kiln {

/// The weight of the new batch in the running statistics, a tensor of one f64.
static Value batchWeight(OpBuilder &builder, nn::BatchNormTrainingOp op) {
  Location loc = op.getLoc();
  auto type = RankedTensorType::get({}, builder.getF64Type());
  if (op.getMomentum())
    return createFilled(builder, loc, type,
                        op.getMomentum()->convertToDouble());
  return buildParallel(
      builder, loc, type,
      {{op.getBatchesTracked(), builder.getMultiDimIdentityMap(0)}},
      [](OpBuilder &b, Location at, ValueRange e) -> Value {
        Type f64 = b.getF64Type();
        Value one = createScalar(b, at, f64, 1);
        Value seen = arith::SIToFPOp::create(b, at, f64, e[0]);
        Value next = arith::AddFOp::create(b, at, seen, one);
        return arith::DivFOp::create(b, at, one, next);
      });
}

/// (1 - weight) * running + weight * batch; weights of 0 and 1 take one side
/// alone, NaN on the other or not.
static Value blend(OpBuilder &b, Location at, Value running, Value batch,
                   Value weight) {
  Type f64 = b.getF64Type();
  Value zero = createScalar(b, at, f64, 0), one = createScalar(b, at, f64, 1);
  Value rest = arith::SubFOp::create(b, at, one, weight);
  Value old = arith::MulFOp::create(b, at, rest, running);
  Value mixed = math::FmaOp::create(b, at, weight, batch, old);
  auto isOne =
      arith::CmpFOp::create(b, at, arith::CmpFPredicate::OEQ, weight, one);
  auto isZero =
      arith::CmpFOp::create(b, at, arith::CmpFPredicate::OEQ, weight, zero);
  Value result = arith::SelectOp::create(b, at, isOne, batch, mixed);
  return arith::SelectOp::create(b, at, isZero, running, result);
}

/// The statistic that the operation returns for `batch`, of type `type`.
static Value updated(OpBuilder &builder, nn::BatchNormTrainingOp op,
                     Value running, Value batch, Type type) {
  Location loc = op.getLoc();
  Type element = getElementTypeOrSelf(type);
  if (!running)
    return asType(builder, loc, batch, element);
  AffineMap identity = builder.getMultiDimIdentityMap(1);
  AffineMap scalar = AffineMap::get(1, 0, builder.getContext());
  return buildParallel(builder, loc, cast<RankedTensorType>(type),
                       {{running, identity},
                        {batch, identity},
                        {batchWeight(builder, op), scalar}},
                       [&](OpBuilder &b, Location at, ValueRange e) -> Value {
                         Value wide = convertFloat(b, at, e[0], b.getF64Type());
                         return convertFloat(
                             b, at, blend(b, at, wide, e[1], e[2]), element);
                       });
}

BatchStatistics buildReturnedStatistics(OpBuilder &builder,
                                        nn::BatchNormTrainingOp op,
                                        BatchStatistics batch) {
  auto type = cast<RankedTensorType>(op.getInput().getType());
  double count = type.getNumElements() / type.getDimSize(1);
  Value variance = batch.variance;
  if (op.getUnbiasedVariance())
    variance = scaled(builder, op.getLoc(), variance, (count - 1) / count);
  return {updated(builder, op, op.getRunningMean(), batch.mean,
                  op.getMean().getType()),
          updated(builder, op, op.getRunningVariance(), variance,
                  op.getVariance().getType())};
}

} // namespace kiln
