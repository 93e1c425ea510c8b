//===- VariadicOps.cpp - Sum, Max and the like from ONNX ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Elementwise.h"

using namespace mlir;

namespace kiln::onnx_import {

/// The common shape of all inputs, which have one type.
static FailureOr<SmallVector<int64_t>> commonShape(NodeImporter &node) {
  SmallVector<int64_t> shape;
  for (size_t i = 0; i < node.numInputs(); ++i) {
    if (!node.hasInput(i))
      return node.error(ErrorCode::BadModel) << "input " << i << " is absent";
    auto wider = broadcastShapes(shape, node.shape(i));
    if (!wider || node.elementType(i) != node.elementType(0))
      return node.error(ErrorCode::BadShape)
             << "input " << i << " of shape " << shapeText(node.shape(i))
             << " does not fit the inputs before it";
    shape = *wider;
  }
  if (failed(node.checkSize(shape)))
    return failure();
  return shape;
}

template <BinaryKind kind, bool isMean = false>
static LogicalResult importVariadic(NodeImporter &node) {
  FailureOr<SmallVector<int64_t>> shape = commonShape(node);
  if (failed(shape))
    return failure();
  if (!isMean && node.numInputs() == 2 && node.host(0) && node.host(1))
    if (auto result = evaluate(kind, *node.host(0), *node.host(1)))
      return node.setResult(0, std::move(*result));
  Type type = node.elementType(0);
  if (!hasScalar(kind, type) || (isMean && !isa<FloatType>(type)))
    return node.unsupported("element type " + typeText(type) + " is not taken");
  SmallVector<Value> operands;
  for (size_t i = 0; i < node.numInputs(); ++i)
    operands.push_back(node.value(i));
  return node.setResult(
      0,
      createElementwise(node.builder(), node.loc(), *shape, type, operands,
                        [&](OpBuilder &b, Location loc, ValueRange args) {
                          Value result = args[0];
                          for (Value arg : args.drop_front())
                            result = createScalar(b, loc, kind, result, arg,
                                                  type.isUnsignedInteger());
                          if (isMean)
                            result = createScalar(
                                b, loc, BinaryKind::Mul, result,
                                createNumber(b, loc, type, 1.0 / args.size()));
                          return result;
                        }));
}

ArrayRef<Operator> variadicOperators() {
  static const Operator operators[] = {
      {"Max", 1, kLatest, 1, kVariadic, 1, "", importVariadic<BinaryKind::Max>,
       "floats ints uints"},
      {"Mean", 1, kLatest, 1, kVariadic, 1, "",
       importVariadic<BinaryKind::Add, /*isMean=*/true>, "floats"},
      {"Min", 1, kLatest, 1, kVariadic, 1, "", importVariadic<BinaryKind::Min>,
       "floats ints uints"},
      {"Sum", 1, kLatest, 1, kVariadic, 1, "", importVariadic<BinaryKind::Add>,
       "floats ints uints"},
  };
  return operators;
}

} // namespace kiln::onnx_import
