//===- LayerNormOps.cpp - Layer and RMS normalisation from ONNX ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Both normalise the dimensions from `axis` on, in the type that stash_type
// says, cast the result back, and scale it in the input's own type.
//===----------------------------------------------------------------------===//

#include "Statistics.h"

using namespace mlir;

namespace kiln::onnx_import {

/// The normalised dimensions; scale and bias must broadcast to their sizes
/// (RMSNormalization: to the whole input).
static FailureOr<SmallVector<int64_t>> readTail(NodeImporter &node,
                                                bool wholeInput) {
  FailureOr<int64_t> axis =
      node.normalizeAxis(node.getInt("axis", -1), node.rank(0));
  if (failed(axis))
    return failure();
  ArrayRef<int64_t> target =
      wholeInput ? node.shape(0) : node.shape(0).drop_front(*axis);
  for (size_t i = 1; i < node.numInputs(); ++i) {
    if (!node.hasInput(i))
      continue;
    auto shape = broadcastShapes(target, node.shape(i));
    if (!shape || ArrayRef(*shape) != target)
      return node.error(ErrorCode::BadShape)
             << "input " << i << " of shape " << shapeText(node.shape(i))
             << " does not broadcast to " << shapeText(target);
  }
  return llvm::to_vector(llvm::seq<int64_t>(*axis, node.rank(0)));
}

/// Outputs 1 and 2 are the mean and the inverse deviation.
static LogicalResult importLayerNorm(NodeImporter &node) {
  if (failed(checkFloats(node)))
    return failure();
  FailureOr<SmallVector<int64_t>> axes = readTail(node, /*wholeInput=*/false);
  FailureOr<StashTypes> types = readStashType(node);
  if (failed(axes) || failed(types))
    return failure();
  Value input = castFloats(node, node.value(0), types->arithmetic);
  Normalized normal =
      normalize(node, input, *axes, node.getFloat("epsilon", 1e-5f));
  Value result = castFloats(node, normal.result, node.elementType(0));
  result = combine(node, BinaryKind::Mul, result, node.value(1));
  if (node.hasInput(2))
    result = combine(node, BinaryKind::Add, result, node.value(2));
  if (node.hasOutput(1) &&
      failed(node.setResult(1, castFloats(node, normal.mean, types->stash))))
    return failure();
  if (node.hasOutput(2)) {
    Value inverse = mapElements(
        node, normal.deviation,
        [](OpBuilder &b, Location loc, ValueRange args) {
          return createScalar(b, loc, UnaryKind::Reciprocal, args[0]);
        });
    if (failed(node.setResult(2, castFloats(node, inverse, types->stash))))
      return failure();
  }
  return node.setResult(0, result);
}

/// input / sqrt(mean of squares + epsilon) * scale
static LogicalResult importRMSNorm(NodeImporter &node) {
  if (failed(checkFloats(node)))
    return failure();
  FailureOr<SmallVector<int64_t>> axes = readTail(node, /*wholeInput=*/true);
  FailureOr<StashTypes> types = readStashType(node);
  if (failed(axes) || failed(types))
    return failure();
  double epsilon = node.getFloat("epsilon", 1e-5f);
  Value input = castFloats(node, node.value(0), types->arithmetic);
  Value root =
      mapElements(node, meanSquareOver(node, input, *axes),
                  [&](OpBuilder &b, Location loc, ValueRange args) {
                    Value sum = createScalar(
                        b, loc, BinaryKind::Add, args[0],
                        createNumber(b, loc, args[0].getType(), epsilon));
                    return createScalar(b, loc, UnaryKind::Sqrt, sum);
                  });
  Value normal = castFloats(node, combine(node, BinaryKind::Div, input, root),
                            node.elementType(0));
  return node.setResult(0,
                        combine(node, BinaryKind::Mul, normal, node.value(1)));
}

ArrayRef<Operator> layerNormOperators() {
  static const Operator operators[] = {
      {"LayerNormalization", 17, kLatest, 2, 3, 3,
       "axis:i epsilon:f stash_type:i", importLayerNorm, "floats",
       "empty inputs are not taken"},
      {"RMSNormalization", 23, kLatest, 2, 2, 1,
       "axis:i epsilon:f stash_type:i", importRMSNorm, "floats",
       "empty inputs are not taken"},
  };
  return operators;
}

} // namespace kiln::onnx_import
