//===- NormalizationOps.cpp - Batch normalisation from ONNX ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// What decides between inference and training changed with the opsets:
//   1 to 6   is_test, which defaults to 0: training
//   7 to 13  the number of outputs: one in inference
//   14 on    training_mode, which defaults to 0; three outputs in training
// ONNX states momentum as the weight of the old statistics and lets the biased
// variance of the batch enter the running one.
//===----------------------------------------------------------------------===//

#include "Statistics.h"

using namespace mlir;

namespace kiln::onnx_import {

static int64_t countOutputs(NodeImporter &node) {
  int64_t count = 0;
  for (size_t i = 0; i < node.numOutputs(); ++i)
    count += node.hasOutput(i);
  return count;
}

static FailureOr<bool> isTraining(NodeImporter &node) {
  if (node.opset() < 7)
    return node.getInt("is_test", 0) == 0;
  if (node.opset() < 14) {
    if (node.numOutputs() != 1 && node.numOutputs() != 5)
      return node.error(ErrorCode::BadModel)
             << "has " << node.numOutputs()
             << " outputs; one means inference and five mean training";
    return countOutputs(node) > 1;
  }
  int64_t mode = node.getInt("training_mode", 0);
  if (mode != 0 && mode != 1)
    return node.error(ErrorCode::BadAttribute)
           << "training_mode is " << mode << "; it must be 0 or 1";
  bool training = mode == 1;
  if (training && node.numOutputs() != 3)
    return node.error(ErrorCode::BadModel)
           << "has " << node.numOutputs()
           << " outputs, but with training_mode 1 it has three: the result "
              "and the updated statistics";
  if (!training && countOutputs(node) > 1)
    return node.error(ErrorCode::BadModel)
           << "has outputs for updated statistics, but training_mode is 0; "
              "set it to 1 or remove the outputs";
  return training;
}

static LogicalResult checkOperands(NodeImporter &node) {
  bool isList = node.rank(0) == 1 && node.opset() >= 9;
  if (node.rank(0) < 2 && !isList)
    return node.error(ErrorCode::BadShape)
           << "input " << shapeText(node.shape(0))
           << " must have rank 2 or more";
  for (size_t i = 1; i < 5; ++i)
    if (node.rank(i) != 1)
      return node.error(ErrorCode::BadShape)
             << "input " << i << " of shape " << shapeText(node.shape(i))
             << " must have rank 1";
  if (node.getInt("spatial", 1) != 1)
    return node.unsupported("spatial = 0 (statistics per element instead of "
                            "per channel) is not taken; export again at opset "
                            "9 or later");
  return success();
}

/// A list is a batch of one channel.
static Value inputOf(NodeImporter &node) {
  Value input = node.value(0);
  return node.rank(0) == 1 ? createReshape(node.builder(), node.loc(), input,
                                           {node.shape(0)[0], 1})
                           : input;
}

static LogicalResult setNormalized(NodeImporter &node, Value result) {
  return node.setResult(
      0, createReshape(node.builder(), node.loc(), result, node.shape(0)));
}

static LogicalResult importInference(NodeImporter &node, FloatAttr epsilon) {
  SmallVector<Value> operands;
  operands.push_back(inputOf(node));
  for (size_t i = 1; i < 5; ++i)
    operands.push_back(node.value(i));
  nn::BatchNormInferenceOp::Properties properties;
  properties.epsilon = epsilon;
  auto norm = node.create<nn::BatchNormInferenceOp>(operands, properties);
  return failed(norm) ? failure() : setNormalized(node, norm->getResult());
}

/// Opsets up to 13 may ask for the batch's own statistics, too: reductions of
/// their own, for a second normalisation would be one more in every report.
static LogicalResult importBatchStatistics(NodeImporter &node) {
  if (!node.hasOutput(3) && !node.hasOutput(4))
    return success();
  Value input = inputOf(node);
  ArrayRef<int64_t> shape = shapeOf(input);
  SmallVector<int64_t> axes{0};
  for (int64_t axis = 2, e = shape.size(); axis < e; ++axis)
    axes.push_back(axis);
  auto [centred, mean] = centre(node, input, axes);
  Value variance = meanSquareOver(node, centred, axes);
  auto perChannel = [&](Value value) {
    return createReshape(node.builder(), node.loc(), value, shape.slice(1, 1));
  };
  return success(succeeded(node.setResult(3, perChannel(mean))) &&
                 succeeded(node.setResult(4, perChannel(variance))));
}

static LogicalResult importTraining(NodeImporter &node, FloatAttr epsilon) {
  Builder &b = node.builder();
  // Exact in f64: the stored f32 lies in [0, 1], or a constraint fails.
  double momentum = 1.0 - node.getFloat("momentum", 0.9f);
  bool tracks = node.host(3) && node.host(4);
  nn::BatchNormTrainingOp::Properties properties;
  properties.epsilon = epsilon;
  properties.momentum = b.getF64FloatAttr(momentum);
  properties.operandSegmentSizes = {1, 1, 1, 1, 1, 0};
  if (tracks)
    properties.tracks_statistics = b.getUnitAttr();
  SmallVector<Value> operands;
  operands.push_back(inputOf(node));
  for (size_t i = 1; i < 5; ++i)
    operands.push_back(node.value(i));
  auto norm = node.create<nn::BatchNormTrainingOp>(operands, properties);
  if (failed(norm) || failed(setNormalized(node, norm->getResult())) ||
      failed(node.setResult(1, norm->getMean())) ||
      failed(node.setResult(2, norm->getVariance())))
    return failure();
  // The mode pass warns of training mode as such; how the file came to be in
  // it is known here alone.
  if (node.opset() < 7 && !node.hasAttr("is_test"))
    node.warning(ErrorCode::TrainingMode)
        << "is_test is absent, and its default at this opset is training mode";
  return importBatchStatistics(node);
}

static LogicalResult importBatchNorm(NodeImporter &node) {
  if (failed(checkOperands(node)))
    return failure();
  FailureOr<bool> training = isTraining(node);
  if (failed(training))
    return failure();
  FloatAttr epsilon =
      node.builder().getF64FloatAttr(node.getFloat("epsilon", 1e-5f));
  return *training ? importTraining(node, epsilon)
                   : importInference(node, epsilon);
}

ArrayRef<Operator> normalizationOperators() {
  static const Operator operators[] = {
      {"BatchNormalization", 1, 5, 5, 5, 5,
       "consumed_inputs:I epsilon:f is_test:i momentum:f spatial:i",
       importBatchNorm, "floats", "spatial = 0"},
      {"BatchNormalization", 6, 6, 5, 5, 5,
       "epsilon:f is_test:i momentum:f spatial:i", importBatchNorm, "floats",
       "spatial = 0"},
      {"BatchNormalization", 7, 8, 5, 5, 5, "epsilon:f momentum:f spatial:i",
       importBatchNorm, "floats", "spatial = 0"},
      {"BatchNormalization", 9, 13, 5, 5, 5, "epsilon:f momentum:f",
       importBatchNorm, "floats"},
      {"BatchNormalization", 14, kLatest, 5, 5, 3,
       "epsilon:f momentum:f training_mode:i", importBatchNorm, "floats"},
  };
  return operators;
}

} // namespace kiln::onnx_import
