//===- FusedOp.cpp - Constraints of fused regions ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "kiln/Dialect/NN/IR/NN.h"

using namespace mlir;
using namespace kiln::nn;

Operation *FusedOp::getRoot() {
  for (Operation &op : *getBody().begin())
    if (isFusionRoot(&op))
      return &op;
  return nullptr;
}

LogicalResult FusedOp::verifyRegions() {
  Block &block = getBody().front();
  int64_t roots = 0;
  for (Operation &op : block.without_terminator()) {
    if (isFusionRoot(&op))
      ++roots;
    // The destination of an elementwise linalg operation comes with it.
    else if (!isElementwise(&op) && !isa<tensor::EmptyOp>(op))
      return emitOpError("(fused-C2) expects elementwise operations around "
                         "the root, got '")
             << op.getName() << "'";
  }
  if (roots != 1)
    return emitOpError("(fused-C1) expects exactly one convolution or linear "
                       "layer, got ")
           << roots;
  auto yield = dyn_cast<YieldOp>(block.getTerminator());
  if (!yield || yield.getValue().getType() != getResult().getType())
    return emitOpError("(fused-C3) expects nn.yield of one value of the "
                       "result's type");
  return success();
}
