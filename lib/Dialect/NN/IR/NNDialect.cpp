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

static bool isElementwiseGeneric(linalg::GenericOp op) {
  return op.getNumResults() == 1 &&
         op.getNumParallelLoops() == op.getNumLoops() &&
         op.getIndexingMapsArray().back().isIdentity();
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

#define GET_OP_CLASSES
#include "kiln/Dialect/NN/IR/NNOps.cpp.inc"
