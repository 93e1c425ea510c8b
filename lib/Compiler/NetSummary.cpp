//===- NetSummary.cpp - What a net is made of ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "NetSummarizer.h"
#include "kiln/Dialect/NN/Analysis/BatchDependence.h"
#include "kiln/Dialect/NN/Analysis/BatchIndependence.h"

#include "kiln/Dialect/NN/IR/NN.h"
#include "kiln/Dialect/NN/Utils/Constants.h"
#include "kiln/Dialect/NN/Utils/ElementTypes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/ADT/TypeSwitch.h"

#include <tuple>

using namespace mlir;

namespace kiln {

/// Sizes with -1 for those that are open.
static std::vector<int64_t> borderShape(RankedTensorType type) {
  std::vector<int64_t> shape;
  for (int64_t size : type.getShape())
    shape.push_back(ShapedType::isDynamic(size) ? -1 : size);
  return shape;
}

static TensorInterface describe(Type type, DictionaryAttr attributes,
                                std::string fallback) {
  TensorInterface info;
  auto name = attributes ? attributes.getAs<StringAttr>("nn.name") : nullptr;
  info.name = name ? name.str() : std::move(fallback);
  if (auto tensor = dyn_cast<RankedTensorType>(type)) {
    info.shape = borderShape(tensor);
    if (attributes && attributes.contains(nn::kBatchAttrName) &&
        !info.shape.empty())
      info.shape[0] = -1;
    info.type =
        nn::toElementType(tensor.getElementType()).value_or(ElementType::F32);
  }
  if (attributes)
    if (auto layer = attributes.getAs<StringAttr>(nn::kDependsOnBatchAttrName))
      info.dependsOnBatch = layer.str();
  return info;
}

func::FuncOp findNet(ModuleOp module) {
  for (auto function : module.getOps<func::FuncOp>())
    if (function.isPublic() && !function.isExternal())
      return function;
  return {};
}

std::vector<TensorInterface> netInputs(func::FuncOp net) {
  std::vector<TensorInterface> inputs;
  for (auto [i, type] : llvm::enumerate(net.getArgumentTypes()))
    inputs.push_back(
        describe(type, net.getArgAttrDict(i), "input" + std::to_string(i)));
  return inputs;
}

std::vector<TensorInterface> netOutputs(func::FuncOp net) {
  std::vector<TensorInterface> outputs;
  for (auto [i, type] : llvm::enumerate(net.getResultTypes()))
    outputs.push_back(
        describe(type, net.getResultAttrDict(i), "output" + std::to_string(i)));
  return outputs;
}

/// Elements of a static shape; 0 where it is not.
static int64_t staticElements(Type type) {
  auto tensor = cast<RankedTensorType>(type);
  return tensor.hasStaticShape() ? tensor.getNumElements() : 0;
}

/// Two for each multiply-add; a bias adds one for each element.
static int64_t countFlops(Operation *op) {
  return llvm::TypeSwitch<Operation *, int64_t>(op)
      .Case([](nn::ConvOp conv) {
        int64_t outputs = conv.getWeights().getType().getDimSize(0);
        int64_t results = staticElements(conv.getType());
        int64_t reduction =
            outputs == 0
                ? 0
                : staticElements(conv.getWeights().getType()) / outputs;
        return results * (2 * reduction + (conv.getBias() ? 1 : 0));
      })
      .Case([](nn::ConvTransposeOp conv) {
        int64_t rows = conv.getWeights().getType().getDimSize(0);
        int64_t taps =
            rows == 0 ? 0 : staticElements(conv.getWeights().getType()) / rows;
        return 2 * staticElements(conv.getInput().getType()) * taps +
               (conv.getBias() ? staticElements(conv.getType()) : 0);
      })
      .Case([](nn::LinearOp linear) {
        int64_t reduction = linear.getWeights().getType().getDimSize(1);
        return staticElements(linear.getType()) *
               (2 * reduction + (linear.getBias() ? 1 : 0));
      })
      .Case<linalg::MatmulOp, linalg::BatchMatmulOp>([](auto matmul) {
        auto lhs = cast<RankedTensorType>(matmul.getInputs()[0].getType());
        return 2 * staticElements(matmul->getResult(0).getType()) *
               std::max<int64_t>(lhs.getShape().back(), 0);
      })
      .Default([](Operation *) { return 0; });
}

static std::optional<Range> rangeOf(Value value) {
  std::optional<SmallVector<double>> values = nn::readAsF64(value);
  if (!values || values->empty())
    return std::nullopt;
  auto [least, greatest] = std::minmax_element(values->begin(), values->end());
  return Range{*least, *greatest};
}

static std::string nodeName(Operation *op) {
  std::string name;
  op->getLoc()->walk([&](Location location) {
    auto named = dyn_cast<NameLoc>(location);
    if (!named)
      return WalkResult::advance();
    name = named.getName().str();
    return WalkResult::interrupt();
  });
  return name;
}

static std::optional<BatchNormInfo> describeBatchNorm(Operation *op) {
  BatchNormInfo info;
  info.name = nodeName(op);
  if (auto inference = dyn_cast<nn::BatchNormInferenceOp>(op)) {
    info.tracksStatistics = true;
    info.channels = inference.getScale().getType().getDimSize(0);
    info.epsilon = inference.getEpsilon().convertToDouble();
    info.variance = rangeOf(inference.getVariance());
    info.scale = rangeOf(inference.getScale());
    return info;
  }
  if (auto training = dyn_cast<nn::BatchNormTrainingOp>(op)) {
    info.isTraining = true;
    info.tracksStatistics = training.getTracksStatistics();
    info.channels = training.getScale().getType().getDimSize(0);
    info.epsilon = training.getEpsilon().convertToDouble();
    if (training.getRunningVariance())
      info.variance = rangeOf(training.getRunningVariance());
    info.scale = rangeOf(training.getScale());
    return info;
  }
  return std::nullopt;
}

static LayerInfo describeLayer(Operation *op, int64_t flops) {
  LayerInfo layer{
      nodeName(op), op->getName().getStringRef().str(), {}, 0, flops};
  if (op->getNumResults() > 0)
    if (auto type = dyn_cast<RankedTensorType>(op->getResult(0).getType()))
      layer.shape = borderShape(type);
  for (Value operand : op->getOperands())
    if (ElementsAttr constant = nn::getConstant(operand))
      layer.parameters += constant.getNumElements();
  return layer;
}

NetSummary summarizeNet(func::FuncOp net) {
  NetSummary summary;
  summary.name = net.getName().str();
  summary.inputs = netInputs(net);
  summary.outputs = netOutputs(net);
  llvm::MapVector<StringRef, OpCount> counts;
  llvm::SmallPtrSet<const void *, 32> seen;
  net.walk([&](Operation *op) {
    if (auto constant = dyn_cast<arith::ConstantOp>(op)) {
      auto elements = dyn_cast<ElementsAttr>(constant.getValue());
      // Shared constants are one attribute, and count once.
      if (elements && isa<FloatType>(elements.getElementType()) &&
          seen.insert(elements.getAsOpaquePointer()).second) {
        summary.parameterCount += elements.getNumElements();
        summary.parameterBytes +=
            elements.getNumElements() *
            ((elements.getElementType().getIntOrFloatBitWidth() + 7) / 8);
      }
      return;
    }
    // Ops of a generic's body, and the scaffolding around nets, are no layers.
    if (op->hasTrait<OpTrait::IsTerminator>() || isa<func::FuncOp>(op) ||
        isa<tensor::EmptyOp>(op) || op->getParentOfType<linalg::GenericOp>())
      return;
    OpCount &count = counts[op->getName().getStringRef()];
    int64_t flops = countFlops(op);
    ++count.count;
    count.flops += flops;
    summary.flops += flops;
    summary.layers.push_back(describeLayer(op, flops));
    if (std::optional<BatchNormInfo> info = describeBatchNorm(op))
      summary.batchNorms.push_back(std::move(*info));
  });
  for (auto &[name, count] : counts)
    summary.ops.push_back({name.str(), count.count, count.flops});
  llvm::sort(summary.ops, [](const OpCount &a, const OpCount &b) {
    return std::tie(b.count, a.name) < std::tie(a.count, b.name);
  });
  return summary;
}

} // namespace kiln
