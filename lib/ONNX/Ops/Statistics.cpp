//===- Statistics.cpp - Normalising by an input's own statistics ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Statistics.h"
#include "TensorProto.h"

using namespace mlir;

namespace kiln::onnx_import {

LogicalResult checkFloats(NodeImporter &node) {
  for (size_t i = 0; i < node.numInputs(); ++i)
    if (node.hasInput(i) && (!isa<FloatType>(node.elementType(i)) ||
                             node.elementType(i) != node.elementType(0)))
      return node.unsupported("inputs must be floats of one element type");
  if (node.type(0).getNumElements() == 0)
    return node.unsupported("an empty input is not taken");
  return success();
}

Value combine(NodeImporter &node, BinaryKind kind, Value lhs, Value rhs) {
  Value operands[] = {lhs, rhs};
  return createElementwise(
      node.builder(), node.loc(), *broadcastShapes(shapeOf(lhs), shapeOf(rhs)),
      elementTypeOf(lhs), operands,
      [&](OpBuilder &b, Location loc, ValueRange args) {
        return createScalar(b, loc, kind, args[0], args[1]);
      });
}

Value combine(NodeImporter &node, BinaryKind kind, Value lhs, double number) {
  return mapElements(
      node, lhs, [&](OpBuilder &b, Location loc, ValueRange args) {
        return createScalar(b, loc, kind, args[0],
                            createNumber(b, loc, args[0].getType(), number));
      });
}

Value castFloats(NodeImporter &node, Value input, Type to) {
  if (elementTypeOf(input) == to)
    return input;
  return createElementwise(node.builder(), node.loc(), shapeOf(input), to,
                           input,
                           [&](OpBuilder &b, Location loc, ValueRange args) {
                             return createCast(b, loc, args[0], to);
                           });
}

Value meanOver(NodeImporter &node, Value input, ArrayRef<int64_t> axes,
               BodyFn map) {
  double scale = 1.0 / static_cast<double>(countReduced(shapeOf(input), axes));
  Value sum = reduceKeepingDims(node, input, axes, BinaryKind::Add, map);
  return combine(node, BinaryKind::Mul, sum, scale);
}

Value meanSquareOver(NodeImporter &node, Value input, ArrayRef<int64_t> axes) {
  return meanOver(
      node, input, axes, [](OpBuilder &b, Location loc, ValueRange args) {
        return createScalar(b, loc, BinaryKind::Mul, args[0], args[0]);
      });
}

Centred centre(NodeImporter &node, Value input, ArrayRef<int64_t> axes) {
  auto itself = [](OpBuilder &, Location, ValueRange args) { return args[0]; };
  Value mean = meanOver(node, input, axes, itself);
  return {combine(node, BinaryKind::Sub, input, mean), mean};
}

Normalized normalize(NodeImporter &node, Value input, ArrayRef<int64_t> axes,
                     double epsilon) {
  auto [centred, mean] = centre(node, input, axes);
  Value variance = meanSquareOver(node, centred, axes);
  Value deviation = mapElements(
      node, variance, [&](OpBuilder &b, Location loc, ValueRange args) {
        Value sum =
            createScalar(b, loc, BinaryKind::Add, args[0],
                         createNumber(b, loc, args[0].getType(), epsilon));
        return createScalar(b, loc, UnaryKind::Sqrt, sum);
      });
  return {combine(node, BinaryKind::Div, centred, deviation), mean, deviation};
}

FailureOr<StashTypes> readStashType(NodeImporter &node) {
  int64_t number = node.getInt("stash_type", 1);
  auto narrow = static_cast<int32_t>(number);
  std::optional<ElementType> type =
      narrow == number ? elementTypeOf(narrow) : std::nullopt;
  if (!type || !isFloat(*type))
    return node.error(ErrorCode::BadAttribute)
           << "stash_type is " << number << ", which is no float type";
  auto stash = cast<FloatType>(convertType(node.context(), *type));
  auto input = cast<FloatType>(node.elementType(0));
  Builder &b = node.builder();
  bool isWide = stash.getWidth() == 64 || input.getWidth() == 64;
  return StashTypes{stash, isWide ? b.getF64Type() : b.getF32Type()};
}

} // namespace kiln::onnx_import
