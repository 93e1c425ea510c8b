//===- Activations.cpp - Softmax and sigmoid in a net's graph ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Activations.h"

#include "BatchDimension.h"
#include "kiln/Dialect/NN/IR/NN.h"
#include "kiln/Dialect/NN/Utils/LayerName.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace kiln {
namespace {

/// The producer of `value`, with reshapes left out.
Operation *producerOf(Value value) {
  Operation *op = value.getDefiningOp();
  while (isa_and_nonnull<tensor::CollapseShapeOp, tensor::ExpandShapeOp,
                         tensor::CastOp>(op))
    op = op->getOperand(0).getDefiningOp();
  return op;
}

std::string kindOf(Operation *op) { return op->getName().stripDialect().str(); }

std::optional<int64_t> axisOf(Operation *op) {
  if (auto softmax = dyn_cast<nn::SoftmaxOp>(op))
    return softmax.getAxis();
  if (auto softmax = dyn_cast<nn::LogSoftmaxOp>(op))
    return softmax.getAxis();
  return std::nullopt;
}

int64_t axisSize(Operation *op) {
  return cast<RankedTensorType>(op->getOperand(0).getType())
      .getDimSize(*axisOf(op));
}

/// The dimension of a reshape's operand that its dimension `dim` is: nothing
/// where others, but of size 1, are merged into it or split off.
std::optional<int64_t> beforeReshape(Operation *op, int64_t dim) {
  if (isa<tensor::CastOp>(op))
    return dim;
  auto from = cast<RankedTensorType>(op->getOperand(0).getType());
  auto to = cast<RankedTensorType>(op->getResult(0).getType());
  if (to.isDynamicDim(dim))
    return std::nullopt;
  auto isSame = [&](int64_t source) {
    return from.getDimSize(source) == to.getDimSize(dim);
  };
  if (auto collapse = dyn_cast<tensor::CollapseShapeOp>(op)) {
    auto groups = collapse.getReassociationIndices();
    for (int64_t source : groups[dim])
      if (isSame(source))
        return source;
    return std::nullopt;
  }
  auto groups = cast<tensor::ExpandShapeOp>(op).getReassociationIndices();
  for (auto [source, group] : llvm::enumerate(groups))
    if (llvm::is_contained(group, dim) && isSame(source))
      return source;
  return std::nullopt;
}

/// The axis of `op` in the result of its producer, with reshapes left out.
std::optional<int64_t> axisInProducer(Operation *op, Operation *producer) {
  std::optional<int64_t> axis = axisOf(op);
  for (Operation *at = op->getOperand(0).getDefiningOp();
       axis && at != producer; at = at->getOperand(0).getDefiningOp())
    axis = beforeReshape(at, *axis);
  return axis;
}

/// Softmax of a softmax along the same axis, or sigmoid of a sigmoid.
/// Softmax of a log_softmax is softmax: nothing is lost.
bool isDoubled(Operation *op, Operation *producer) {
  if (isa<nn::SigmoidOp>(op))
    return isa_and_nonnull<nn::SigmoidOp>(producer);
  return isa_and_nonnull<nn::SoftmaxOp>(producer) &&
         axisInProducer(op, producer) == axisOf(producer);
}

void addFacts(Operation *op, BatchDimension &batch,
              std::vector<ActivationFact> &facts) {
  using Kind = ActivationFact::Kind;
  auto add = [&](Kind kind, std::string other) {
    facts.push_back({kind, kindOf(op), nn::layerName(op), std::move(other)});
  };
  Operation *producer = producerOf(op->getOperand(0));
  if (isDoubled(op, producer))
    add(Kind::Doubled, nn::layerName(producer));
  std::optional<int64_t> axis = axisOf(op);
  if (!axis)
    return;
  if (batch.of(op->getOperand(0)) == axis)
    add(Kind::BatchAxis, "");
  else if (axisSize(op) == 1)
    add(Kind::AxisOfOne, "");
}

} // namespace

std::vector<ActivationFact> findActivationFacts(func::FuncOp net) {
  std::vector<ActivationFact> facts;
  BatchDimension batch;
  // Front to back, so that no question goes deeper than one operation.
  for (Operation &op : net.getBody().front())
    if (op.getNumResults() > 0)
      batch.of(op.getResult(0));
  net.walk([&](Operation *op) {
    if (isa<nn::SoftmaxOp, nn::LogSoftmaxOp, nn::SigmoidOp>(op))
      addFacts(op, batch, facts);
  });
  Operation *terminator = net.getBody().front().getTerminator();
  for (auto [i, result] : llvm::enumerate(terminator->getOperands())) {
    Operation *op = producerOf(result);
    if (!isa_and_nonnull<nn::SoftmaxOp, nn::LogSoftmaxOp, nn::SigmoidOp>(op))
      continue;
    auto name = net.getResultAttrOfType<StringAttr>(i, "nn.name");
    facts.push_back({ActivationFact::Kind::AtOutput, kindOf(op),
                     nn::layerName(op),
                     name ? name.str() : "output" + std::to_string(i)});
  }
  return facts;
}

} // namespace kiln
