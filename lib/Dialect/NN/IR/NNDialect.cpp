//===- NNDialect.cpp - The nn dialect ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "kiln/Dialect/NN/IR/NN.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

#include "kiln/Dialect/NN/IR/NNDialect.cpp.inc"
#include "kiln/Dialect/NN/IR/NNEnums.cpp.inc"

#define GET_ATTRDEF_CLASSES
#include "kiln/Dialect/NN/IR/NNAttributes.cpp.inc"

using namespace mlir;
using namespace kiln::nn;

void NNDialect::initialize() {
  addOperations<
#define GET_OP_LIST
#include "kiln/Dialect/NN/IR/NNOps.cpp.inc"
      >();
  addAttributes<
#define GET_ATTRDEF_LIST
#include "kiln/Dialect/NN/IR/NNAttributes.cpp.inc"
      >();
}

Operation *NNDialect::materializeConstant(OpBuilder &builder, Attribute value,
                                          Type type, Location loc) {
  return arith::ConstantOp::materialize(builder, value, type, loc);
}

/// True if each loop appears at most once and in order, beside constant zeros:
/// the element at the same position, after broadcasting.
static bool isBroadcast(AffineMap map) {
  int64_t last = -1;
  return llvm::all_of(map.getResults(), [&](AffineExpr expr) {
    if (auto constant = dyn_cast<AffineConstantExpr>(expr))
      return constant.getValue() == 0;
    auto dim = dyn_cast<AffineDimExpr>(expr);
    return dim &&
           static_cast<int64_t>(dim.getPosition()) >
               std::exchange(last, static_cast<int64_t>(dim.getPosition()));
  });
}

static bool isElementwiseGeneric(linalg::GenericOp op) {
  if (op.getNumResults() != 1 || op.getNumParallelLoops() != op.getNumLoops() ||
      !op.getIndexingMapsArray().back().isIdentity() ||
      !llvm::all_of(op.getIndexingMapsArray(), isBroadcast))
    return false;
  // A body that asks where it is, or reads a tensor, sees other positions.
  return !op.getBody()
              ->walk([](Operation *inner) {
                return isa<linalg::IndexOp, tensor::ExtractOp>(inner)
                           ? WalkResult::interrupt()
                           : WalkResult::advance();
              })
              .wasInterrupted();
}

bool kiln::nn::isElementwise(Operation *op) {
  if (auto generic = dyn_cast<linalg::GenericOp>(op))
    return isElementwiseGeneric(generic);
  return isa<ReluOp, ClipOp, LeakyReluOp, PReluOp, EluOp, SeluOp, CeluOp,
             SigmoidOp, HardSigmoidOp, TanhOp, SoftplusOp, SoftsignOp, SiluOp,
             HardSwishOp, MishOp, GeluOp, ChannelAffineOp>(op);
}

bool kiln::nn::isFusionRoot(Operation *op) {
  return isa<ConvOp, ConvTransposeOp, LinearOp>(op);
}

bool kiln::nn::isLoopNest(Operation *op) {
  if (auto generic = dyn_cast<linalg::GenericOp>(op))
    return generic.getNumReductionLoops() > 0 && generic->getNumResults() == 1;
  return isFusionRoot(op) ||
         isa<BatchNormTrainingOp, MaxPoolOp, AveragePoolOp, GlobalMaxPoolOp,
             GlobalAveragePoolOp, ResizeOp>(op);
}

#define GET_OP_CLASSES
#include "kiln/Dialect/NN/IR/NNOps.cpp.inc"
