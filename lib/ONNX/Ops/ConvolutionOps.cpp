//===- ConvolutionOps.cpp - Convolutions from ONNX ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "WindowAttributes.h"

using namespace mlir;

namespace kiln::onnx_import {

/// Input and weights of one rank, a bias of rank 1, `kernel_shape` that agrees
/// with the weights: what inference of the nn operations relies on.
static LogicalResult checkOperands(NodeImporter &node) {
  if (node.rank(0) < 3 || node.rank(1) != node.rank(0))
    return node.error(ErrorCode::BadShape)
           << "input " << shapeText(node.shape(0)) << " and weights "
           << shapeText(node.shape(1)) << " must have one rank, 3 or more";
  if (node.hasInput(2) && node.rank(2) != 1)
    return node.error(ErrorCode::BadShape)
           << "bias of shape " << shapeText(node.shape(2))
           << " must have rank 1";
  ArrayRef<int64_t> kernel = node.shape(1).drop_front(2);
  if (node.hasAttr("kernel_shape") && node.getInts("kernel_shape") != kernel)
    return node.error(ErrorCode::BadShape)
           << "kernel_shape " << shapeText(node.getInts("kernel_shape"))
           << " contradicts the weights " << shapeText(node.shape(1));
  int64_t groups = node.getInt("group", 1);
  if (groups < 1 || groups >= int64_t{1} << 31)
    return node.error(ErrorCode::BadAttribute)
           << "group is " << groups << ", which is not in [1, 2^31)";
  return success();
}

static SmallVector<Value> operandsOf(NodeImporter &node) {
  SmallVector<Value> operands = {node.value(0), node.value(1)};
  if (node.hasInput(2))
    operands.push_back(node.value(2));
  return operands;
}

template <typename Properties>
static Properties propertiesOf(NodeImporter &node,
                               const WindowAttributes &window) {
  Builder &b = node.builder();
  Properties properties;
  properties.strides = b.getDenseI64ArrayAttr(window.strides);
  properties.dilations = b.getDenseI64ArrayAttr(window.dilations);
  properties.pad_low = b.getDenseI64ArrayAttr(window.padLow);
  properties.pad_high = b.getDenseI64ArrayAttr(window.padHigh);
  properties.groups = b.getI64IntegerAttr(node.getInt("group", 1));
  return properties;
}

static LogicalResult importConv(NodeImporter &node) {
  if (failed(checkOperands(node)))
    return failure();
  FailureOr<WindowAttributes> window = readWindow(
      node, node.shape(0).drop_front(2), node.shape(1).drop_front(2));
  if (failed(window))
    return failure();
  auto conv = node.create<nn::ConvOp>(
      operandsOf(node), propertiesOf<nn::ConvOp::Properties>(node, *window));
  return failed(conv) ? failure() : node.setResult(0, conv->getResult());
}

/// Padding that gives the wanted sizes. What is left over when even no padding
/// gives too little is added at the end as output padding.
static void padToSizes(WindowAttributes &window,
                       SmallVectorImpl<int64_t> &outputPadding,
                       ArrayRef<int64_t> spatial, ArrayRef<int64_t> kernel,
                       ArrayRef<int64_t> sizes, bool isUpper) {
  for (size_t i = 0; i < spatial.size(); ++i) {
    int64_t full = (spatial[i] - 1) * window.strides[i] + outputPadding[i] +
                   window.dilations[i] * (kernel[i] - 1) + 1;
    int64_t total = full - sizes[i];
    if (total < 0) {
      outputPadding[i] -= total;
      total = 0;
    }
    window.padLow[i] = isUpper ? total / 2 : total - total / 2;
    window.padHigh[i] = total - window.padLow[i];
  }
}

/// The spatial sizes that the node asks for by output_shape (opset 1 lists all
/// dimensions) or by SAME padding; empty where padding is given.
static FailureOr<SmallVector<int64_t>> requestedSizes(NodeImporter &node,
                                                      ArrayRef<int64_t> spatial,
                                                      ArrayRef<int64_t> strides,
                                                      AutoPad autoPad) {
  SmallVector<int64_t> sizes(node.getInts("output_shape"));
  if (sizes.size() == spatial.size() + 2)
    sizes.erase(sizes.begin(), sizes.begin() + 2);
  if (node.hasAttr("output_shape") && sizes.size() != spatial.size())
    return node.error(ErrorCode::BadAttribute)
           << "output_shape has " << sizes.size() << " entries where "
           << spatial.size() << " are needed";
  bool isSame = autoPad == AutoPad::SameUpper || autoPad == AutoPad::SameLower;
  if (sizes.empty() && isSame)
    for (auto [size, stride] : llvm::zip_equal(spatial, strides))
      sizes.push_back(size * stride);
  for (int64_t size : sizes)
    if (size < 1 || size >= int64_t{1} << 31)
      return node.error(ErrorCode::BadAttribute)
             << "output size " << size << " is not in [1, 2^31)";
  return sizes;
}

static LogicalResult importConvTranspose(NodeImporter &node) {
  if (failed(checkOperands(node)))
    return failure();
  ArrayRef<int64_t> spatial = node.shape(0).drop_front(2);
  ArrayRef<int64_t> kernel = node.shape(1).drop_front(2);
  FailureOr<AutoPad> autoPad = readAutoPad(node);
  FailureOr<WindowAttributes> window = readWindow(node, spatial, kernel);
  FailureOr<SmallVector<int64_t>> outputPadding =
      readSpatialInts(node, "output_padding", spatial.size(), 0, 0);
  if (failed(autoPad) || failed(window) || failed(outputPadding))
    return failure();
  FailureOr<SmallVector<int64_t>> sizes =
      requestedSizes(node, spatial, window->strides, *autoPad);
  if (failed(sizes))
    return failure();
  if (!sizes->empty())
    padToSizes(*window, *outputPadding, spatial, kernel, *sizes,
               *autoPad == AutoPad::SameUpper);
  // More would be output that no input reaches.
  for (auto [i, padding] : llvm::enumerate(*outputPadding))
    if (padding >= std::max(window->strides[i], window->dilations[i]))
      return node.error(ErrorCode::BadAttribute)
             << "output padding " << padding << " (given, or needed for "
             << "output_shape) along spatial dimension " << i
             << " must be smaller than the stride (" << window->strides[i]
             << ") or the dilation (" << window->dilations[i] << ")";
  auto properties =
      propertiesOf<nn::ConvTransposeOp::Properties>(node, *window);
  properties.output_padding =
      node.builder().getDenseI64ArrayAttr(*outputPadding);
  auto conv =
      node.create<nn::ConvTransposeOp>(operandsOf(node), std::move(properties));
  return failed(conv) ? failure() : node.setResult(0, conv->getResult());
}

ArrayRef<Operator> convolutionOperators() {
  static const Operator operators[] = {
      {"Conv", 1, kLatest, 2, 3, 1,
       "auto_pad:s dilations:I group:i kernel_shape:I pads:I strides:I",
       importConv, "floats"},
      {"ConvTranspose", 1, kLatest, 2, 3, 1,
       "auto_pad:s dilations:I group:i kernel_shape:I output_padding:I "
       "output_shape:I pads:I strides:I",
       importConvTranspose, "floats"},
  };
  return operators;
}

} // namespace kiln::onnx_import
