//===- ActivationOps.cpp - Activations from ONNX ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "NodeImporter.h"

using namespace mlir;

namespace kiln::onnx_import {

template <typename OpTy>
static LogicalResult createUnary(NodeImporter &node,
                                 typename OpTy::Properties properties) {
  auto result = node.create<OpTy>(node.value(0), std::move(properties));
  return failed(result) ? failure() : node.setResult(0, result->getResult());
}

/// Activations without attributes.
template <typename OpTy> static LogicalResult importPlain(NodeImporter &node) {
  return createUnary<OpTy>(node, {});
}

/// Opset 14 takes signed integers.
static LogicalResult importRelu(NodeImporter &node) {
  Type type = node.elementType(0);
  if (!type.isSignlessInteger() || type.isInteger(1) || node.opset() < 14)
    return importPlain<nn::ReluOp>(node);
  return node.setResult(
      0, createElementwise(
             node.builder(), node.loc(), node.shape(0), type, node.value(0),
             [&](OpBuilder &b, Location loc, ValueRange args) {
               return createScalar(b, loc, BinaryKind::Max, args[0],
                                   createNumber(b, loc, type, 0));
             }));
}

/// Activations with the one attribute alpha.
template <typename OpTy>
static LogicalResult importWithAlpha(NodeImporter &node, float otherwise) {
  typename OpTy::Properties properties;
  properties.alpha =
      node.builder().getF64FloatAttr(node.getFloat("alpha", otherwise));
  return createUnary<OpTy>(node, properties);
}

static LogicalResult importElu(NodeImporter &node) {
  return importWithAlpha<nn::EluOp>(node, 1.0f);
}

static LogicalResult importCelu(NodeImporter &node) {
  return importWithAlpha<nn::CeluOp>(node, 1.0f);
}

static LogicalResult importLeakyRelu(NodeImporter &node) {
  return importWithAlpha<nn::LeakyReluOp>(node, 0.01f);
}

/// The defaults of opset 1 had fewer digits.
static LogicalResult importSelu(NodeImporter &node) {
  bool isFirst = node.opset() < 6;
  nn::SeluOp::Properties properties;
  properties.alpha = node.builder().getF64FloatAttr(
      node.getFloat("alpha", isFirst ? 1.6732f : 1.67326319217681884765625f));
  properties.gamma = node.builder().getF64FloatAttr(
      node.getFloat("gamma", isFirst ? 1.0507f : 1.05070102214813232421875f));
  return createUnary<nn::SeluOp>(node, properties);
}

static LogicalResult importHardSigmoid(NodeImporter &node) {
  nn::HardSigmoidOp::Properties properties;
  properties.alpha =
      node.builder().getF64FloatAttr(node.getFloat("alpha", 0.2f));
  properties.beta = node.builder().getF64FloatAttr(node.getFloat("beta", 0.5f));
  return createUnary<nn::HardSigmoidOp>(node, properties);
}

static LogicalResult importGelu(NodeImporter &node) {
  StringRef form = node.getString("approximate", "none");
  if (form != "none" && form != "tanh")
    return node.error(ErrorCode::BadAttribute)
           << "approximate is " << quoted(form) << ", not 'none' or 'tanh'";
  nn::GeluOp::Properties properties;
  properties.form = nn::GeluFormAttr::get(
      node.context(), form == "tanh" ? nn::GeluForm::Tanh : nn::GeluForm::Erf);
  return createUnary<nn::GeluOp>(node, properties);
}

/// x where it is above alpha, else 0.
static LogicalResult importThresholdedRelu(NodeImporter &node) {
  auto type = dyn_cast<FloatType>(node.elementType(0));
  if (!type)
    return node.unsupported("element types other than floats are not taken");
  double alpha = node.getFloat("alpha", 1.0f);
  Value result = createElementwise(
      node.builder(), node.loc(), node.shape(0), type, node.value(0),
      [&](OpBuilder &b, Location loc, ValueRange args) -> Value {
        Value isAbove = createScalar(b, loc, BinaryKind::Greater, args[0],
                                     createNumber(b, loc, type, alpha));
        return arith::SelectOp::create(b, loc, isAbove, args[0],
                                       createNumber(b, loc, type, 0));
      });
  return node.setResult(0, result);
}

/// x * sigmoid(alpha * x)
static LogicalResult importSwish(NodeImporter &node) {
  double alpha = node.getFloat("alpha", 1.0f);
  if (alpha == 1.0)
    return importPlain<nn::SiluOp>(node);
  auto type = dyn_cast<FloatType>(node.elementType(0));
  if (!type)
    return node.unsupported("element types other than floats are not taken");
  Value input = node.value(0);
  Value scaled = createElementwise(
      node.builder(), node.loc(), node.shape(0), type, input,
      [&](OpBuilder &b, Location loc, ValueRange args) {
        return createScalar(b, loc, BinaryKind::Mul, args[0],
                            createNumber(b, loc, type, alpha));
      });
  auto gate = node.create<nn::SigmoidOp>(scaled, {});
  if (failed(gate))
    return failure();
  Value operands[] = {input, gate->getResult()};
  return node.setResult(
      0, createElementwise(
             node.builder(), node.loc(), node.shape(0), type, operands,
             [](OpBuilder &b, Location loc, ValueRange args) {
               return createScalar(b, loc, BinaryKind::Mul, args[0], args[1]);
             }));
}

//===----------------------------------------------------------------------===//
// PRelu
//===----------------------------------------------------------------------===//

/// Slopes that broadcast along dimension 1 alone. Before opset 7 a list of
/// slopes was one per channel, whatever the rank.
static bool isPerChannel(NodeImporter &node) {
  ArrayRef<int64_t> input = node.shape(0), slope = node.shape(1);
  int64_t count = node.type(1).getNumElements();
  if (count == 1)
    return true;
  if (node.opset() < 7)
    return slope.size() == 1;
  int64_t axis = 1 - (static_cast<int64_t>(input.size()) -
                      static_cast<int64_t>(slope.size()));
  return axis >= 0 && axis < static_cast<int64_t>(slope.size()) &&
         slope[axis] == count;
}

static LogicalResult importPRelu(NodeImporter &node) {
  if (node.rank(0) >= 2 && isPerChannel(node)) {
    TensorRef known = node.host(1);
    Value slope = known
                      ? node.createConstant(reshapeHost(*known, known->size()))
                      : createReshape(node.builder(), node.loc(), node.value(1),
                                      node.type(1).getNumElements());
    auto result = node.create<nn::PReluOp>({node.value(0), slope}, {});
    return failed(result) ? failure() : node.setResult(0, result->getResult());
  }
  auto shape = broadcastShapes(node.shape(0), node.shape(1));
  if (!shape || ArrayRef(*shape) != node.shape(0) ||
      !isa<FloatType>(node.elementType(0)) ||
      node.elementType(0) != node.elementType(1))
    return node.error(ErrorCode::BadShape)
           << "slope of shape " << shapeText(node.shape(1))
           << " does not broadcast to the input " << shapeText(node.shape(0));
  Value operands[] = {node.value(0), node.value(1)};
  Value result = createElementwise(
      node.builder(), node.loc(), *shape, node.elementType(0), operands,
      [](OpBuilder &b, Location loc, ValueRange args) -> Value {
        Value zero = createNumber(b, loc, args[0].getType(), 0);
        Value isNegative =
            createScalar(b, loc, BinaryKind::Less, args[0], zero);
        Value scaled = createScalar(b, loc, BinaryKind::Mul, args[0], args[1]);
        return arith::SelectOp::create(b, loc, isNegative, scaled, args[0]);
      });
  return node.setResult(0, result);
}

//===----------------------------------------------------------------------===//
// Softmax
//===----------------------------------------------------------------------===//

/// Before opset 13 the dimensions from `axis` on are one.
template <typename OpTy>
static LogicalResult importSoftmax(NodeImporter &node) {
  bool isCoerced = node.opset() < 13;
  FailureOr<int64_t> axis =
      node.normalizeAxis(node.getInt("axis", isCoerced ? 1 : -1), node.rank(0));
  if (failed(axis))
    return failure();
  ArrayRef<int64_t> shape = node.shape(0);
  typename OpTy::Properties properties;
  if (!isCoerced || *axis + 1 == node.rank(0)) {
    properties.axis = node.builder().getI64IntegerAttr(*axis);
    return createUnary<OpTy>(node, properties);
  }
  int64_t rows = 1, columns = 1;
  for (auto [i, size] : llvm::enumerate(shape))
    (static_cast<int64_t>(i) < *axis ? rows : columns) *= size;
  Value flat =
      createReshape(node.builder(), node.loc(), node.value(0), {rows, columns});
  properties.axis = node.builder().getI64IntegerAttr(1);
  auto result = node.create<OpTy>(flat, properties);
  if (failed(result))
    return failure();
  return node.setResult(
      0, createReshape(node.builder(), node.loc(), result->getResult(), shape));
}

ArrayRef<Operator> activationOperators() {
  static const Operator operators[] = {
      {"Celu", 12, kLatest, 1, 1, 1, "alpha:f", importCelu, "floats"},
      {"Elu", 1, kLatest, 1, 1, 1, "alpha:f", importElu, "floats"},
      {"Gelu", 20, kLatest, 1, 1, 1, "approximate:s", importGelu, "floats"},
      {"HardSigmoid", 1, kLatest, 1, 1, 1, "alpha:f beta:f", importHardSigmoid,
       "floats"},
      {"HardSwish", 14, kLatest, 1, 1, 1, "", importPlain<nn::HardSwishOp>,
       "floats"},
      {"LeakyRelu", 1, kLatest, 1, 1, 1, "alpha:f", importLeakyRelu, "floats"},
      {"LogSoftmax", 1, kLatest, 1, 1, 1, "axis:i",
       importSoftmax<nn::LogSoftmaxOp>, "floats"},
      {"Mish", 18, kLatest, 1, 1, 1, "", importPlain<nn::MishOp>, "floats"},
      {"PRelu", 1, kLatest, 2, 2, 1, "", importPRelu, "floats",
       "integer types"},
      {"Relu", 1, kLatest, 1, 1, 1, "", importRelu, "floats ints"},
      {"Selu", 1, kLatest, 1, 1, 1, "alpha:f gamma:f", importSelu, "floats"},
      {"Sigmoid", 1, kLatest, 1, 1, 1, "", importPlain<nn::SigmoidOp>,
       "floats"},
      {"Softmax", 1, kLatest, 1, 1, 1, "axis:i", importSoftmax<nn::SoftmaxOp>,
       "floats"},
      {"Softplus", 1, kLatest, 1, 1, 1, "", importPlain<nn::SoftplusOp>,
       "floats"},
      {"Softsign", 1, kLatest, 1, 1, 1, "", importPlain<nn::SoftsignOp>,
       "floats"},
      {"Swish", 24, kLatest, 1, 1, 1, "alpha:f", importSwish, "floats"},
      {"Tanh", 1, kLatest, 1, 1, 1, "", importPlain<nn::TanhOp>, "floats"},
      {"ThresholdedRelu", 10, kLatest, 1, 1, 1, "alpha:f",
       importThresholdedRelu, "floats"},
  };
  return operators;
}

} // namespace kiln::onnx_import
