//===- PoolingOps.cpp - Pooling from ONNX ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "WindowAttributes.h"

using namespace mlir;

namespace kiln::onnx_import {

template <typename Properties>
static FailureOr<Properties> poolProperties(NodeImporter &node) {
  if (node.rank(0) < 3)
    return node.error(ErrorCode::BadShape)
           << "input " << shapeText(node.shape(0))
           << " must have rank 3 or more";
  ArrayRef<int64_t> kernel = node.getInts("kernel_shape");
  FailureOr<WindowAttributes> window =
      readWindow(node, node.shape(0).drop_front(2), kernel);
  if (failed(window))
    return failure();
  Builder &b = node.builder();
  Properties properties;
  properties.kernel = b.getDenseI64ArrayAttr(kernel);
  properties.strides = b.getDenseI64ArrayAttr(window->strides);
  properties.dilations = b.getDenseI64ArrayAttr(window->dilations);
  properties.pad_low = b.getDenseI64ArrayAttr(window->padLow);
  properties.pad_high = b.getDenseI64ArrayAttr(window->padHigh);
  if (node.getInt("ceil_mode", 0) != 0)
    properties.ceil_mode = b.getUnitAttr();
  return properties;
}

/// The second output, indices of the maxima, is left out; a node that uses it
/// is told so.
static LogicalResult importMaxPool(NodeImporter &node) {
  auto properties = poolProperties<nn::MaxPoolOp::Properties>(node);
  if (failed(properties))
    return failure();
  auto pool = node.create<nn::MaxPoolOp>(node.value(0), std::move(*properties));
  return failed(pool) ? failure() : node.setResult(0, pool->getResult());
}

static LogicalResult importAveragePool(NodeImporter &node) {
  auto properties = poolProperties<nn::AveragePoolOp::Properties>(node);
  if (failed(properties))
    return failure();
  if (node.getInt("count_include_pad", 0) != 0)
    properties->count_include_pad = node.builder().getUnitAttr();
  auto pool =
      node.create<nn::AveragePoolOp>(node.value(0), std::move(*properties));
  return failed(pool) ? failure() : node.setResult(0, pool->getResult());
}

template <typename OpTy>
static LogicalResult importGlobalPool(NodeImporter &node) {
  auto pool = node.create<OpTy>(node.value(0), {});
  return failed(pool) ? failure() : node.setResult(0, pool->getResult());
}

ArrayRef<Operator> poolingOperators() {
  static const Operator operators[] = {
      {"AveragePool", 1, 6, 1, 1, 1,
       "auto_pad:s kernel_shape:I! pads:I strides:I", importAveragePool},
      {"AveragePool", 7, 9, 1, 1, 1,
       "auto_pad:s count_include_pad:i kernel_shape:I! pads:I strides:I",
       importAveragePool},
      {"AveragePool", 10, kLatest, 1, 1, 1,
       "auto_pad:s ceil_mode:i count_include_pad:i dilations:I "
       "kernel_shape:I! pads:I strides:I",
       importAveragePool},
      {"GlobalAveragePool", 1, kLatest, 1, 1, 1, "",
       importGlobalPool<nn::GlobalAveragePoolOp>},
      {"GlobalMaxPool", 1, kLatest, 1, 1, 1, "",
       importGlobalPool<nn::GlobalMaxPoolOp>},
      {"MaxPool", 1, 7, 1, 1, 1, "auto_pad:s kernel_shape:I! pads:I strides:I",
       importMaxPool},
      {"MaxPool", 8, kLatest, 1, 1, 2,
       "auto_pad:s ceil_mode:i dilations:I kernel_shape:I! pads:I "
       "storage_order:i strides:I",
       importMaxPool},
  };
  return operators;
}

} // namespace kiln::onnx_import
