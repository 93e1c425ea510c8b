//===- ExposeState.cpp - Running statistics as inputs and outputs ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Ledger.h"
#include "kiln/Dialect/NN/Transforms/Passes.h"
#include "kiln/Dialect/NN/Utils/Constants.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "llvm/ADT/StringSet.h"

namespace kiln::nn {
#define GEN_PASS_DEF_NNEXPOSESTATE
#include "kiln/Dialect/NN/Transforms/Passes.h.inc"
} // namespace kiln::nn

using namespace mlir;
using namespace kiln::nn;

/// `count` + 1, a tensor of one integer.
static Value countBatch(OpBuilder &builder, Location loc, Value count) {
  auto type = cast<RankedTensorType>(count.getType());
  Value init = tensor::EmptyOp::create(builder, loc, type.getShape(),
                                       type.getElementType());
  AffineMap scalar = AffineMap::get(builder.getContext());
  auto next = linalg::GenericOp::create(
      builder, loc, TypeRange{type}, count, init, {scalar, scalar},
      ArrayRef<utils::IteratorType>{},
      [&](OpBuilder &inner, Location at, ValueRange elements) {
        Value one = arith::ConstantOp::create(
            inner, at, inner.getIntegerAttr(type.getElementType(), 1));
        Value sum = arith::AddIOp::create(inner, at, elements[0], one);
        linalg::YieldOp::create(inner, at, sum);
      });
  return next.getResult(0);
}

namespace {
/// Adds arguments and results to one net.
class StateExposer {
public:
  explicit StateExposer(func::FuncOp net)
      : net(net), ret(net.getBody().front().getTerminator()) {
    auto note = [&](Attribute name) {
      if (auto text = dyn_cast_or_null<StringAttr>(name))
        taken.insert(text.getValue());
    };
    for (unsigned i = 0; i < net.getNumArguments(); ++i)
      note(net.getArgAttr(i, "nn.name"));
    for (unsigned i = 0; i < net.getNumResults(); ++i)
      note(net.getResultAttr(i, "nn.name"));
  }

  LogicalResult expose(BatchNormTrainingOp op) {
    std::string layer = layerName(op);
    if (failed(add(op.getRunningMeanMutable()[0], op.getMean(),
                   layer + ".running_mean")) ||
        failed(add(op.getRunningVarianceMutable()[0], op.getVariance(),
                   layer + ".running_var")))
      return failure();
    if (!op.getBatchesTracked())
      return success();
    OpOperand &batches = op.getBatchesTrackedMutable()[0];
    if (failed(add(batches, Value(), layer + ".num_batches_tracked")))
      return failure();
    OpBuilder builder(op);
    ret->insertOperands(ret->getNumOperands(),
                        countBatch(builder, op.getLoc(), batches.get()));
    return success();
  }

private:
  /// An argument in place of the constant `old`, and a result of its type for
  /// `updated`, where that is there already.
  LogicalResult add(OpOperand &old, Value updated, std::string name) {
    name = unique(std::move(name));
    OpBuilder builder(net);
    auto attributes = builder.getDictionaryAttr(
        builder.getNamedAttr("nn.name", builder.getStringAttr(name)));
    Type type = old.get().getType();
    unsigned index = net.getNumArguments();
    if (failed(net.insertArgument(index, type, attributes, net.getLoc())) ||
        failed(net.insertResult(net.getNumResults(), type, attributes)))
      return failure();
    old.set(net.getArgument(index));
    if (updated)
      ret->insertOperands(ret->getNumOperands(), updated);
    return success();
  }

  std::string unique(std::string name) {
    std::string tried = name;
    for (unsigned i = 1; !taken.insert(tried).second; ++i)
      tried = name + "_" + std::to_string(i);
    return tried;
  }

  func::FuncOp net;
  Operation *ret;
  llvm::StringSet<> taken;
};

class ExposeState final
    : public kiln::nn::impl::NNExposeStateBase<ExposeState> {
  void runOnOperation() override {
    for (auto net : getOperation().getOps<func::FuncOp>()) {
      if (net.isExternal())
        continue;
      StateExposer exposer(net);
      SmallVector<BatchNormTrainingOp> ops;
      net.walk([&](BatchNormTrainingOp op) {
        if (op.getTracksStatistics() && getConstant(op.getRunningMean()) &&
            getConstant(op.getRunningVariance()))
          ops.push_back(op);
      });
      for (BatchNormTrainingOp op : ops)
        if (failed(exposer.expose(op)))
          return signalPassFailure();
      numExposed += ops.size();
    }
  }
};
} // namespace
