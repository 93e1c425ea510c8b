//===- LowerBatchNorms.cpp - nn.batch_norm_training as cpu.batch_norm ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Epilogue.h"
#include "kiln/CodeGen/CPU/IR/CPU.h"
#include "kiln/CodeGen/CPU/Passes.h"
#include "kiln/CodeGen/CPU/TargetDescription.h"
#include "kiln/CodeGen/RunningStatistics.h"
#include "kiln/Dialect/NN/Utils/Constants.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace kiln::cpu {
#define GEN_PASS_DEF_LOWERBATCHNORMS
#include "kiln/CodeGen/CPU/Passes.h.inc"
} // namespace kiln::cpu

using namespace mlir;
using namespace kiln;

static RankedTensorType typeOf(Value value) {
  return cast<RankedTensorType>(value.getType());
}

static bool isComputed(Type type) {
  return isa<Float32Type, Float64Type>(getElementTypeOrSelf(type));
}

static bool canLower(nn::BatchNormTrainingOp op) {
  RankedTensorType type = typeOf(op.getInput());
  return type.getRank() >= 3 && type.hasStaticShape() &&
         type.getNumElements() > 0 && isComputed(type) &&
         isComputed(op.getScale().getType()) &&
         isComputed(op.getOffset().getType());
}

/// The kernel reads its parameters side by side: what might be a view of
/// something larger is copied.
static Value withoutGaps(OpBuilder &builder, Value vector) {
  if (isa<BlockArgument>(vector) || nn::getConstant(vector))
    return vector;
  RankedTensorType type = typeOf(vector);
  Value init = tensor::EmptyOp::create(builder, vector.getLoc(),
                                       type.getShape(), type.getElementType());
  return linalg::CopyOp::create(builder, vector.getLoc(), vector, init)
      .getResult(0);
}

static cpu::BatchNormOp
createKernel(OpBuilder &builder, nn::BatchNormTrainingOp op, int64_t lanes) {
  Location loc = op.getLoc();
  cpu::Epilogue epilogue(builder, op, /*bias=*/Value(), /*biasDim=*/1);
  SmallVector<Value> extras;
  SmallVector<AffineMap> maps;
  for (const cpu::ElementwiseChain::Extra &extra : epilogue.getExtras()) {
    extras.push_back(extra.value);
    maps.push_back(extra.map);
  }
  RankedTensorType type = typeOf(op.getResult());
  auto statistics =
      RankedTensorType::get({type.getDimSize(1)}, builder.getF64Type());
  auto empty = [&](RankedTensorType of) -> Value {
    return tensor::EmptyOp::create(builder, loc, of.getShape(),
                                   of.getElementType());
  };
  auto kernel = cpu::BatchNormOp::create(
      builder, loc, TypeRange{type, statistics, statistics}, op.getInput(),
      withoutGaps(builder, op.getScale()), withoutGaps(builder, op.getOffset()),
      extras, empty(type), empty(statistics), empty(statistics),
      op.getEpsilonAttr(), builder.getI64IntegerAttr(lanes),
      /*blocked=*/UnitAttr(), builder.getAffineMapArrayAttr(maps));
  epilogue.build(builder, kernel.getBody());
  return kernel;
}

/// What is used outside: the region around `op`, or `op` itself.
static Operation *wholeOf(nn::BatchNormTrainingOp op) {
  auto fused = dyn_cast<nn::FusedOp>(op->getParentOp());
  return fused ? fused.getOperation() : op.getOperation();
}

namespace {
struct LowerBatchNorms : cpu::impl::LowerBatchNormsBase<LowerBatchNorms> {
  using LowerBatchNormsBase::LowerBatchNormsBase;

  void runOnOperation() override {
    cpu::TargetDescription target;
    target.vectorBits = vectorBits;
    SmallVector<nn::BatchNormTrainingOp> ops;
    getOperation().walk([&](nn::BatchNormTrainingOp op) {
      if (canLower(op))
        ops.push_back(op);
    });
    for (nn::BatchNormTrainingOp op : ops)
      lower(op, target.lanes(typeOf(op.getInput()).getElementTypeBitWidth()));
  }

private:
  void lower(nn::BatchNormTrainingOp op, int64_t lanes) {
    Operation *whole = wholeOf(op);
    OpBuilder builder(whole);
    cpu::BatchNormOp kernel = createKernel(builder, op, lanes);
    SmallVector<Value> results{kernel.getResults().front()};
    Value mean = kernel.getResults()[1], variance = kernel.getResults()[2];
    BatchStatistics returned =
        buildReturnedStatistics(builder, op, {mean, variance});
    results.append({returned.mean, returned.variance});
    whole->replaceAllUsesWith(results);
    whole->erase();
    ++numLowered;
  }
};
} // namespace
