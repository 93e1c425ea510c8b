//===- BatchDependence.cpp - Outputs that depend on all of a batch ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "kiln/Dialect/NN/Analysis/BatchDependence.h"

#include "kiln/Dialect/NN/IR/NN.h"
#include "mlir/Transforms/RegionUtils.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;

namespace kiln::nn {

namespace {
/// What a value stems from.
struct Origin {
  bool fromInput = false;
  /// The first layer on the way that normalises by the batch.
  StringAttr layer;

  void join(const Origin &other) {
    fromInput |= other.fromInput;
    if (!layer)
      layer = other.layer;
  }
};
} // namespace

static StringAttr layerOf(Operation *op) {
  if (auto name = op->getLoc()->findInstanceOf<NameLoc>())
    return name.getName();
  return StringAttr::get(op->getContext(), op->getName().getStringRef());
}

static Origin originOf(Operation *op, const DenseMap<Value, Origin> &origins) {
  llvm::SetVector<Value> read(op->operand_begin(), op->operand_end());
  getUsedValuesDefinedAbove(op->getRegions(), read);
  Origin origin;
  for (Value value : read)
    origin.join(origins.lookup(value));
  if (auto norm = dyn_cast<BatchNormTrainingOp>(op))
    if (!origin.layer && origins.lookup(norm.getInput()).fromInput)
      origin.layer = layerOf(op);
  // In a region that fuses it with its neighbours.
  op->walk([&](BatchNormTrainingOp norm) {
    if (norm.getOperation() != op && !origin.layer && origin.fromInput)
      origin.layer = layerOf(norm);
  });
  return origin;
}

void markBatchDependence(func::FuncOp net) {
  if (net.isExternal())
    return;
  DenseMap<Value, Origin> origins;
  for (BlockArgument argument : net.getArguments())
    origins[argument].fromInput = true;
  for (Operation &op : net.getBody().front().without_terminator()) {
    Origin origin = originOf(&op, origins);
    for (Value result : op.getResults())
      origins[result] = origin;
  }
  Operation *ret = net.getBody().front().getTerminator();
  for (auto [i, value] : llvm::enumerate(ret->getOperands())) {
    net.removeResultAttr(
        i, StringAttr::get(net.getContext(), kDependsOnBatchAttrName));
    if (StringAttr layer = origins.lookup(value).layer)
      net.setResultAttr(i, kDependsOnBatchAttrName, layer);
  }
}

} // namespace kiln::nn
