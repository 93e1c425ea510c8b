//===- CumulativeOps.cpp - Cumulative sums from ONNX ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Statistics.h"

using namespace mlir;

namespace kiln::onnx_import {

/// `input` moved by `distance` along `axis`, towards the start where
/// `backwards`; zeros follow.
static Value createShifted(NodeImporter &node, Value input, int64_t axis,
                           int64_t distance, bool backwards) {
  OpBuilder &b = node.builder();
  SmallVector<int64_t> sizes(shapeOf(input));
  if (distance >= sizes[axis])
    return mapElements(node, input,
                       [](OpBuilder &b, Location loc, ValueRange args) {
                         return createNumber(b, loc, args[0].getType(), 0);
                       });
  SmallVector<int64_t> offsets(sizes.size(), 0), strides(sizes.size(), 1);
  SmallVector<int64_t> low(sizes.size(), 0), high(sizes.size(), 0);
  sizes[axis] -= distance;
  offsets[axis] = backwards ? distance : 0;
  (backwards ? high : low)[axis] = distance;
  Value kept = createSlice(b, node.loc(), input, offsets, sizes, strides);
  return createPad(b, node.loc(), kept, low, high, 0);
}

/// Sums of ever longer spans: after the step of distance d each element holds
/// the sum of the 2 d elements that end in it. log2(n) steps of whole tensors
/// serve n elements, and round like a sum by pairs.
static LogicalResult importCumSum(NodeImporter &node) {
  FailureOr<SmallVector<int64_t>> given = node.constantInts(1, "axis");
  if (failed(given))
    return failure();
  if (given->size() != 1)
    return node.error(ErrorCode::BadModel) << "axis must be one number";
  FailureOr<int64_t> axis = node.normalizeAxis(given->front(), node.rank(0));
  if (failed(axis))
    return failure();
  bool backwards = node.getInt("reverse", 0) != 0;
  Value sum = node.value(0);
  if (node.getInt("exclusive", 0) != 0)
    sum = createShifted(node, sum, *axis, 1, backwards);
  for (int64_t distance = 1; distance < node.shape(0)[*axis]; distance *= 2)
    sum = combine(node, BinaryKind::Add, sum,
                  createShifted(node, sum, *axis, distance, backwards));
  return node.setResult(0, sum);
}

ArrayRef<Operator> cumulativeOperators() {
  static const Operator operators[] = {
      {"CumSum", 11, kLatest, 2, 2, 1, "exclusive:i reverse:i", importCumSum,
       "floats ints", "axis must be a constant"},
  };
  return operators;
}

} // namespace kiln::onnx_import
