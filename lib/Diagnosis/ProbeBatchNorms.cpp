//===- ProbeBatchNorms.cpp - Putting probes into a net ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ProbeBatchNorms.h"

#include "MomentBuilder.h"
#include "kiln/Dialect/NN/IR/NN.h"
#include "kiln/Dialect/NN/Utils/Constants.h"
#include "kiln/Dialect/NN/Utils/LayerName.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace kiln {
namespace {

/// The operands that both forms of the operation have.
struct Norm {
  explicit Norm(nn::BatchNormInferenceOp op)
      : op(op), input(op.getInput()), scale(op.getScale()),
        offset(op.getOffset()), mean(op.getMean()), variance(op.getVariance()),
        epsilon(op.getEpsilonAttr()) {}
  explicit Norm(nn::BatchNormTrainingOp op)
      : op(op), input(op.getInput()), scale(op.getScale()),
        offset(op.getOffset()), mean(op.getRunningMean()),
        variance(op.getRunningVariance()), epsilon(op.getEpsilonAttr()) {}

  Operation *op;
  Value input, scale, offset;
  Value mean, variance; // null of a layer in training mode without
  FloatAttr epsilon;
};

/// Parts of the arguments that are added, as the layers take them.
struct Settings {
  Value switches, means, variances;
};

std::vector<double> constantOf(Value value) {
  std::optional<SmallVector<double>> values =
      value ? nn::readAsF64(value) : std::nullopt;
  return values ? std::vector<double>(values->begin(), values->end())
                : std::vector<double>();
}

NormLayer describe(const Norm &norm) {
  NormLayer layer;
  auto type = cast<RankedTensorType>(norm.input.getType());
  layer.name = nn::layerName(norm.op);
  layer.channels = type.getDimSize(1);
  layer.scale = constantOf(norm.scale);
  layer.offset = constantOf(norm.offset);
  layer.epsilon = norm.epsilon.getValueAsDouble();
  layer.runningMean = constantOf(norm.mean);
  layer.runningVariance = constantOf(norm.variance);
  layer.tracks = !layer.runningMean.empty() && !layer.runningVariance.empty();
  if (auto training = dyn_cast<nn::BatchNormTrainingOp>(norm.op)) {
    layer.isTraining = true;
    layer.tracks &= training.getTracksStatistics();
    if (std::optional<APFloat> momentum = training.getMomentum())
      layer.momentum = momentum->convertToDouble();
  }
  if (!layer.tracks) {
    layer.runningMean.clear();
    layer.runningVariance.clear();
  }
  return layer;
}

Value slice(OpBuilder &builder, Location loc, Value vector, int64_t begin,
            int64_t size) {
  auto type = RankedTensorType::get({size}, builder.getF64Type());
  return tensor::ExtractSliceOp::create(
      builder, loc, type, vector,
      ArrayRef<OpFoldResult>{builder.getIndexAttr(begin)},
      ArrayRef<OpFoldResult>{builder.getIndexAttr(size)},
      ArrayRef<OpFoldResult>{builder.getIndexAttr(1)});
}

/// Puts a normalisation by what the settings choose in the place of `norm`,
/// whose channels begin at `firstChannel` of the statistics given.
void replace(OpBuilder &builder, const Norm &norm, const RowMoments &rows,
             const Settings &settings, int64_t layer, int64_t firstChannel) {
  Location loc = norm.op->getLoc();
  int64_t channels = cast<RankedTensorType>(norm.input.getType()).getDimSize(1);
  BatchMoments batch = buildBatchMoments(builder, loc, rows);
  Value useBatch = slice(builder, loc, settings.switches, layer, 1);
  auto choose = [&](Value ofBatch, Value given) {
    return buildChoice(builder, loc, useBatch, ofBatch,
                       slice(builder, loc, given, firstChannel, channels));
  };
  auto normalized = nn::BatchNormInferenceOp::create(
      builder, loc, norm.op->getResult(0).getType(), norm.input, norm.scale,
      norm.offset, choose(batch.mean, settings.means),
      choose(batch.variance, settings.variances), norm.epsilon);
  SmallVector<Value> results{normalized.getResult()};
  if (norm.op->getNumResults() == 3)
    results.append({norm.mean, norm.variance});
  norm.op->replaceAllUsesWith(results);
  norm.op->erase();
}

/// The values that stem from an argument of `net`. An operation's regions count
/// as a whole.
DenseSet<Value> findDataDependent(func::FuncOp net) {
  DenseSet<Value> values;
  values.insert_range(net.getArguments());
  for (Operation &op : net.getBody().front()) {
    bool depends = false;
    op.walk([&](Operation *inner) {
      depends |= llvm::any_of(inner->getOperands(), [&](Value operand) {
        return values.contains(operand);
      });
    });
    if (!depends)
      continue;
    op.walk([&](Operation *inner) {
      values.insert_range(inner->getResults());
      for (Region &region : inner->getRegions())
        values.insert_range(region.getArguments());
    });
  }
  return values;
}

/// A normalisation of constants, such as the standardisation of weights, sees
/// no data: it is no layer.
SmallVector<Norm> collect(func::FuncOp net) {
  SmallVector<Norm> norms;
  DenseSet<Value> dependent = findDataDependent(net);
  net.walk([&](Operation *op) {
    if (op->getNumOperands() == 0 || !dependent.contains(op->getOperand(0)))
      return;
    if (auto inference = dyn_cast<nn::BatchNormInferenceOp>(op))
      norms.emplace_back(inference);
    else if (auto training = dyn_cast<nn::BatchNormTrainingOp>(op))
      norms.emplace_back(training);
  });
  return norms;
}

Value addArgument(func::FuncOp net, StringRef name, int64_t size) {
  Builder builder(net.getContext());
  unsigned index = net.getNumArguments();
  auto attributes = builder.getDictionaryAttr(
      builder.getNamedAttr("nn.name", builder.getStringAttr(name)));
  (void)net.insertArgument(index,
                           RankedTensorType::get({size}, builder.getF64Type()),
                           attributes, net.getLoc());
  return net.getArgument(index);
}

void addResult(func::FuncOp net, Value value) {
  Operation *terminator = net.getBody().front().getTerminator();
  (void)net.insertResult(net.getNumResults(), value.getType(),
                         DictionaryAttr::get(net.getContext()));
  terminator->insertOperands(terminator->getNumOperands(), value);
}

} // namespace

std::vector<NormLayer> probeBatchNorms(func::FuncOp net) {
  SmallVector<Norm> norms = collect(net);
  std::vector<NormLayer> layers;
  int64_t channels = 0;
  for (const Norm &norm : norms)
    channels += layers.emplace_back(describe(norm)).channels;
  if (norms.empty())
    return layers;
  Settings settings;
  auto count = static_cast<int64_t>(norms.size());
  settings.switches = addArgument(net, "kiln.use_batch", count);
  settings.means = addArgument(net, "kiln.means", channels);
  settings.variances = addArgument(net, "kiln.variances", channels);

  OpBuilder builder(net.getContext());
  int64_t firstChannel = 0;
  for (auto [i, norm] : llvm::enumerate(norms)) {
    builder.setInsertionPoint(norm.op);
    RowMoments rows = buildRowMoments(builder, norm.op->getLoc(), norm.input);
    layers[i].elements = rows.count;
    if (layers[i].tracks)
      replace(builder, norm, rows, settings, i, firstChannel);
    addResult(net, rows.mean);
    addResult(net, rows.m2);
    firstChannel += layers[i].channels;
  }
  return layers;
}

} // namespace kiln
