//===- NormPoolingOps.cpp - Pooling by Lp norms from ONNX ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Reductions.h"
#include "WindowReduction.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

#include <cmath>

using namespace mlir;

namespace kiln::onnx_import {

/// The exponent, a float before opset 2.
static FailureOr<double> readExponent(NodeImporter &node) {
  double p = node.opset() < 2 ? node.getFloat("p", 2.0f)
                              : static_cast<double>(node.getInt("p", 2));
  if (!std::isfinite(p) || !(p > 0))
    return node.error(ErrorCode::BadAttribute)
           << "p is " << p << "; a norm needs a positive one";
  if (!isa<FloatType>(node.elementType(0)))
    return node.unsupported("element types other than floats are not taken");
  return p;
}

static Value raise(OpBuilder &b, Location loc, Value x, double exponent) {
  return createScalar(b, loc, BinaryKind::Pow, x,
                      createNumber(b, loc, x.getType(), exponent));
}

/// |x|^p. The common norms are cheaper, and exact where they can be.
static Value powerOf(OpBuilder &b, Location loc, Value x, double p) {
  if (p == 2)
    return createScalar(b, loc, BinaryKind::Mul, x, x);
  Value absolute = createScalar(b, loc, UnaryKind::Abs, x);
  if (p == 1)
    return absolute;
  if (p == 3)
    return createScalar(b, loc, BinaryKind::Mul, absolute,
                        createScalar(b, loc, BinaryKind::Mul, x, x));
  return raise(b, loc, absolute, p);
}

/// sum^(1/p) of each element.
static Value createRoot(NodeImporter &node, Value sum, double p) {
  if (p == 1)
    return sum;
  return mapElements(
      node, sum, [&](OpBuilder &b, Location loc, ValueRange args) {
        return p == 2 ? createScalar(b, loc, UnaryKind::Sqrt, args[0])
                      : raise(b, loc, args[0], 1 / p);
      });
}

static LogicalResult importLpPool(NodeImporter &node) {
  FailureOr<double> p = readExponent(node);
  if (failed(p))
    return failure();
  FailureOr<PoolWindow> window = readPoolWindow(node);
  if (failed(window))
    return failure();
  Value init = createFilled(node.builder(), node.loc(), window->resultShape,
                            node.elementType(0), 0);
  Value sum = createWindowReduction(
      node, *window, node.value(0), 0, {}, init,
      [&](OpBuilder &b, Location loc, ValueRange args) {
        return createScalar(b, loc, BinaryKind::Add, args[1],
                            powerOf(b, loc, args[0], *p));
      });
  return node.setResult(0, createRoot(node, sum, *p));
}

static LogicalResult importGlobalLpPool(NodeImporter &node) {
  FailureOr<double> p = readExponent(node);
  if (failed(p))
    return failure();
  if (node.rank(0) < 3)
    return node.error(ErrorCode::BadShape)
           << "input " << shapeText(node.shape(0))
           << " must have rank 3 or more";
  Value sum = reduceKeepingDims(
      node, node.value(0), llvm::to_vector(llvm::seq<int64_t>(2, node.rank(0))),
      BinaryKind::Add, [&](OpBuilder &b, Location loc, ValueRange args) {
        return powerOf(b, loc, args[0], *p);
      });
  return node.setResult(0, createRoot(node, sum, *p));
}

ArrayRef<Operator> normPoolingOperators() {
  static const Operator operators[] = {
      {"GlobalLpPool", 1, 1, 1, 1, 1, "p:f", importGlobalLpPool, "floats"},
      {"GlobalLpPool", 2, kLatest, 1, 1, 1, "p:i", importGlobalLpPool,
       "floats"},
      {"LpPool", 1, 1, 1, 1, 1,
       "auto_pad:s kernel_shape:I! p:f pads:I strides:I", importLpPool,
       "floats"},
      {"LpPool", 2, 17, 1, 1, 1,
       "auto_pad:s kernel_shape:I! p:i pads:I strides:I", importLpPool,
       "floats"},
      {"LpPool", 18, kLatest, 1, 1, 1,
       "auto_pad:s ceil_mode:i dilations:I kernel_shape:I! p:i pads:I "
       "strides:I",
       importLpPool, "floats"},
  };
  return operators;
}

} // namespace kiln::onnx_import
