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
  Operation *first = nullptr;
  for (Operation &op : getBody().front().without_terminator()) {
    if (isLoopNest(&op))
      return &op;
    if (!first && !isa<tensor::EmptyOp>(op))
      first = &op;
  }
  return first;
}

LogicalResult FusedOp::verifyRegions() {
  Block &block = getBody().front();
  int64_t roots = 0;
  for (Operation &op : block.without_terminator()) {
    if (isLoopNest(&op))
      ++roots;
    // The destination of an elementwise linalg operation comes with it.
    else if (!isElementwise(&op) && !isa<tensor::EmptyOp>(op))
      return emitOpError("(fused-C2) expects elementwise operations around "
                         "the root, got '")
             << op.getName() << "'";
  }
  if (roots > 1)
    return emitOpError("(fused-C1) expects at most one operation that is not "
                       "elementwise, got ")
           << roots;
  if (!getRoot())
    return emitOpError("(fused-C1) expects an operation");
  auto yield = dyn_cast<YieldOp>(block.getTerminator());
  if (!yield || yield.getOperandTypes() != getResultTypes() ||
      yield.getStatistics() != getRoot()->getResults().drop_front())
    return emitOpError("(fused-C3) expects nn.yield of one value of the "
                       "result's type, and of all further results of the root");
  return success();
}
