//===- ConstantOps.cpp - Constants, shapes and copies from ONNX ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorProto.h"

#include "NodeImporter.h"

#include "kiln/Dialect/NN/Utils/ElementTypes.h"

using namespace mlir;

namespace kiln::onnx_import {

static HostTensor hostInts(ArrayRef<int64_t> values, bool isScalar = false) {
  HostTensor tensor = HostTensor::zeros(
      ElementType::I64,
      isScalar ? std::vector<int64_t>{}
               : std::vector<int64_t>{static_cast<int64_t>(values.size())});
  llvm::copy(values, tensor.as<int64_t>().begin());
  return tensor;
}

static HostTensor hostFloats(ArrayRef<float> values, bool isScalar = false) {
  HostTensor tensor = HostTensor::zeros(
      ElementType::F32,
      isScalar ? std::vector<int64_t>{}
               : std::vector<int64_t>{static_cast<int64_t>(values.size())});
  llvm::copy(values, tensor.as<float>().begin());
  return tensor;
}

static LogicalResult importConstant(NodeImporter &node) {
  int64_t values =
      llvm::count_if(ArrayRef<StringRef>{"value", "value_float", "value_floats",
                                         "value_int", "value_ints"},
                     [&](StringRef name) { return node.hasAttr(name); });
  if (values > 1)
    return node.error(ErrorCode::BadAttribute)
           << "has " << values << " values where one is needed";
  if (TensorRef tensor = node.getTensor("value"))
    return node.setResult(0, tensor);
  if (node.hasAttr("value_float"))
    return node.setResult(
        0, hostFloats(static_cast<float>(node.getFloat("value_float", 0)),
                      /*isScalar=*/true));
  if (node.hasAttr("value_floats"))
    return node.setResult(0, hostFloats(node.getFloats("value_floats")));
  if (node.hasAttr("value_int"))
    return node.setResult(
        0, hostInts(node.getInt("value_int", 0), /*isScalar=*/true));
  if (node.hasAttr("value_ints"))
    return node.setResult(0, hostInts(node.getInts("value_ints")));
  return node.error(ErrorCode::BadAttribute)
         << "has none of the attributes value, value_float, value_floats, "
            "value_int, value_ints";
}

static LogicalResult importConstantOfShape(NodeImporter &node) {
  FailureOr<SmallVector<int64_t>> shape = node.constantInts(0, "input");
  if (failed(shape) || failed(node.checkSize(*shape)))
    return failure();
  TensorRef value = node.getTensor("value");
  if (value && value->size() != 1)
    return node.error(ErrorCode::BadAttribute)
           << "attribute 'value' must hold one element";
  HostTensor element =
      value ? reshapeHost(*value, {}) : hostFloats(0.0f, /*isScalar=*/true);
  return node.setResult(0, broadcastHost(element, *shape));
}

/// Opset 15 takes part of the shape.
static LogicalResult importShape(NodeImporter &node) {
  ArrayRef<int64_t> shape = node.shape(0);
  auto rank = static_cast<int64_t>(shape.size());
  auto clamp = [&](int64_t at) {
    return std::clamp<int64_t>(at < 0 && at >= -rank ? at + rank : at, 0, rank);
  };
  int64_t start = clamp(node.getInt("start", 0));
  int64_t end = clamp(node.getInt("end", rank));
  return node.setResult(
      0, hostInts(shape.slice(start, std::max<int64_t>(end - start, 0))));
}

static LogicalResult importSize(NodeImporter &node) {
  return node.setResult(
      0, hostInts(node.type(0).getNumElements(), /*isScalar=*/true));
}

static LogicalResult forwardInput(NodeImporter &node) {
  if (TensorRef known = node.host(0))
    return node.setResult(0, known);
  return node.setResult(0, node.value(0));
}

/// Dropout does nothing in inference, and its mask then keeps all elements.
/// Before opset 7 training was the default, which exporters did not mean.
static LogicalResult importDropout(NodeImporter &node) {
  if (node.opset() < 7 && node.getInt("is_test", 0) == 0)
    node.warning(ErrorCode::TrainingMode)
        << "stands in training mode (is_test is 0, the default at this "
           "opset); it is taken as in inference, where it does nothing";
  if (node.opset() >= 12 && node.hasInput(2)) {
    FailureOr<double> mode = node.constantNumber(2, "training_mode");
    if (failed(mode))
      return failure();
    // Out of training the ratio does not count.
    FailureOr<double> ratio = *mode == 0 ? FailureOr<double>(0.0)
                              : node.hasInput(1)
                                  ? node.constantNumber(1, "ratio")
                                  : FailureOr<double>(0.5);
    if (failed(ratio))
      return failure();
    if (*ratio != 0)
      return node.unsupported(
          "in training mode the result is random; export it in eval mode");
  }
  // The mask was of the input's type first.
  std::optional<ElementType> type = ElementType::Bool;
  if (node.opset() < 10)
    type = nn::toElementType(node.elementType(0));
  if (node.hasOutput(1) && type) {
    double one = 1.0;
    HostTensor mask = HostTensor::fromDoubles(*type, {}, {&one, 1});
    if (failed(node.setResult(1, broadcastHost(mask, node.shape(0)))))
      return failure();
  }
  return forwardInput(node);
}

/// start, start + delta, ... below (or above) limit.
static LogicalResult importRange(NodeImporter &node) {
  double values[3];
  for (size_t i = 0; i < 3; ++i) {
    FailureOr<double> value = node.constantNumber(i, "start, limit or delta");
    if (failed(value))
      return failure();
    values[i] = *value;
  }
  double count = std::ceil((values[1] - values[0]) / values[2]);
  if (!(count <= static_cast<double>(node.maxElements())))
    return node.error(ErrorCode::BadShape)
           << "from " << values[0] << " to " << values[1] << " by " << values[2]
           << " has no or too many elements";
  std::vector<double> elements(static_cast<size_t>(std::max(count, 0.0)));
  for (auto [i, element] : llvm::enumerate(elements))
    element = values[0] + static_cast<double>(i) * values[2];
  return node.setResult(
      0, HostTensor::fromDoubles(node.host(0)->type,
                                 {static_cast<int64_t>(elements.size())},
                                 elements));
}

ArrayRef<Operator> constantOperators() {
  static const Operator operators[] = {
      {"Constant", 1, 11, 0, 0, 1, "value:t!", importConstant, "any",
       "strings and sparse tensors"},
      {"Constant", 12, kLatest, 0, 0, 1,
       "value:t value_float:f value_floats:F value_int:i value_ints:I",
       importConstant, "any", "strings and sparse tensors"},
      {"ConstantOfShape", 9, kLatest, 1, 1, 1, "value:t", importConstantOfShape,
       "i64", "a shape that is not constant"},
      {"Dropout", 1, 6, 1, 1, 2, "is_test:i ratio:f", importDropout, "floats",
       "training with a random mask"},
      {"Dropout", 7, 11, 1, 1, 2, "ratio:f", importDropout, "floats",
       "training with a random mask"},
      {"Dropout", 12, kLatest, 1, 3, 2, "seed:i", importDropout, "floats",
       "training mode with a ratio above 0; training_mode must be a constant"},
      {"Identity", 1, kLatest, 1, 1, 1, "", forwardInput, "any",
       "sequences and optionals"},
      {"Range", 11, kLatest, 3, 3, 1, "stash_type:i", importRange,
       "floats ints", "limits that are not constant"},
      {"Shape", 1, 14, 1, 1, 1, "", importShape, "any"},
      {"Shape", 15, kLatest, 1, 1, 1, "end:i start:i", importShape, "any"},
      {"Size", 1, kLatest, 1, 1, 1, "", importSize, "any"},
  };
  return operators;
}

} // namespace kiln::onnx_import
