//===- SelectionOps.cpp - Where, Clip and OneHot from ONNX ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "NodeImporter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "llvm/ADT/APFloat.h"

using namespace mlir;

namespace kiln::onnx_import {

static LogicalResult importWhere(NodeImporter &node) {
  auto branches = broadcastShapes(node.shape(1), node.shape(2));
  auto shape =
      branches ? broadcastShapes(node.shape(0), *branches) : std::nullopt;
  if (!shape || node.elementType(1) != node.elementType(2) ||
      !node.elementType(0).isInteger(1))
    return node.error(ErrorCode::BadShape)
           << "condition " << shapeText(node.shape(0)) << " and branches "
           << shapeText(node.shape(1)) << ", " << shapeText(node.shape(2))
           << " do not fit, or differ in element type";
  if (failed(node.checkSize(*shape)))
    return failure();
  if (node.host(0) && node.host(1) && node.host(2)) {
    HostTensor condition = broadcastHost(*node.host(0), *shape);
    HostTensor result = broadcastHost(*node.host(1), *shape);
    HostTensor other = broadcastHost(*node.host(2), *shape);
    size_t width = elementSize(result.type);
    for (auto [i, isSet] : llvm::enumerate(condition.data))
      if (isSet == std::byte{0})
        std::copy_n(&other.data[i * width], width, &result.data[i * width]);
    return node.setResult(0, std::move(result));
  }
  Value operands[] = {node.value(0), node.value(1), node.value(2)};
  return node.setResult(
      0, createElementwise(
             node.builder(), node.loc(), *shape, node.elementType(1), operands,
             [](OpBuilder &b, Location loc, ValueRange args) -> Value {
               return arith::SelectOp::create(b, loc, args[0], args[1],
                                              args[2]);
             }));
}

/// A bound from the attribute (opsets 1 to 10) or input; by default the
/// greatest finite value, as ONNX says.
static FailureOr<double> readBound(NodeImporter &node, StringRef name,
                                   size_t input, double otherwise) {
  if (node.hasAttr(name))
    return node.getFloat(name, 0);
  if (!node.hasInput(input))
    return otherwise;
  return node.constantNumber(input, name);
}

/// Bounds that are computed at run time, or of integers: min(max(x, low),
/// high).
static LogicalResult createRuntimeClip(NodeImporter &node) {
  Type type = node.elementType(0);
  if (type.isInteger(1))
    return node.unsupported("element type i1 is not taken");
  OpBuilder &b = node.builder();
  SmallVector<Value> operands = {node.value(0)};
  SmallVector<BinaryKind> kinds;
  for (auto [input, kind] :
       {std::pair(1, BinaryKind::Max), std::pair(2, BinaryKind::Min)}) {
    if (!node.hasInput(input))
      continue;
    if (node.type(input).getNumElements() != 1 ||
        node.elementType(input) != type)
      return node.error(ErrorCode::BadModel)
             << "input " << input << " must be one number of the element type";
    operands.push_back(createReshape(b, node.loc(), node.value(input), {}));
    kinds.push_back(kind);
  }
  return node.setResult(
      0,
      createElementwise(b, node.loc(), node.shape(0), type, operands,
                        [&](OpBuilder &inner, Location loc, ValueRange args) {
                          Value result = args[0];
                          for (auto [kind, bound] :
                               llvm::zip_equal(kinds, args.drop_front()))
                            result =
                                createScalar(inner, loc, kind, result, bound,
                                             type.isUnsignedInteger());
                          return result;
                        }));
}

static LogicalResult importClip(NodeImporter &node) {
  auto type = dyn_cast<FloatType>(node.elementType(0));
  auto isComputed = [&](size_t i) { return node.hasInput(i) && !node.host(i); };
  if (!type || isComputed(1) || isComputed(2))
    return createRuntimeClip(node);
  double largest =
      APFloat::getLargest(type.getFloatSemantics()).convertToDouble();
  FailureOr<double> minimum = readBound(node, "min", 1, -largest);
  FailureOr<double> maximum = readBound(node, "max", 2, largest);
  if (failed(minimum) || failed(maximum))
    return failure();
  nn::ClipOp::Properties properties;
  // ONNX: where the bounds cross, everything becomes the maximum.
  properties.minimum =
      node.builder().getF64FloatAttr(*minimum > *maximum ? *maximum : *minimum);
  properties.maximum = node.builder().getF64FloatAttr(*maximum);
  auto result = node.create<nn::ClipOp>(node.value(0), properties);
  return failed(result) ? failure() : node.setResult(0, result->getResult());
}

/// `on` where the index is the position along the new axis, else `off`; an
/// index outside [-depth, depth) is nowhere.
static LogicalResult importOneHot(NodeImporter &node) {
  FailureOr<double> given = node.constantNumber(1, "depth");
  FailureOr<int64_t> axis =
      node.normalizeAxis(node.getInt("axis", -1), node.rank(0) + 1);
  if (failed(given) || failed(axis))
    return failure();
  if (!(*given >= 0 && *given <= static_cast<double>(node.maxElements())) ||
      node.type(2).getNumElements() != 2 || node.rank(2) != 1)
    return node.error(ErrorCode::BadShape)
           << "depth " << *given << " and values of shape "
           << shapeText(node.shape(2)) << " do not fit";
  auto depth = static_cast<int64_t>(*given);
  SmallVector<int64_t> shape(node.shape(0)), column(node.shape(0));
  shape.insert(shape.begin() + *axis, depth);
  column.insert(column.begin() + *axis, 1);
  if (failed(node.checkSize(shape)))
    return failure();
  OpBuilder &b = node.builder();
  Type type = node.elementType(2), i64 = b.getI64Type();
  Value indices = createReshape(b, node.loc(), node.value(0), column);
  indices = createTensorCast(b, node.loc(), indices, i64);
  Value operands[] = {indices,
                      createSlice(b, node.loc(), node.value(2), {0}, {1}, {1}),
                      createSlice(b, node.loc(), node.value(2), {1}, {1}, {1})};
  return node.setResult(
      0, createElementwise(
             b, node.loc(), shape, type, operands,
             [&](OpBuilder &inner, Location loc, ValueRange args) -> Value {
               auto scalar = [&](BinaryKind kind, Value x, Value y) {
                 return createScalar(inner, loc, kind, x, y);
               };
               Value zero = createNumber(inner, loc, i64, 0);
               Value size = createNumber(inner, loc, i64, *given);
               Value fromEnd = arith::SelectOp::create(
                   inner, loc, scalar(BinaryKind::Less, args[0], zero),
                   scalar(BinaryKind::Add, args[0], size), args[0]);
               Value position = arith::IndexCastOp::create(
                   inner, loc, i64, linalg::IndexOp::create(inner, loc, *axis));
               return arith::SelectOp::create(
                   inner, loc, scalar(BinaryKind::Equal, fromEnd, position),
                   args[2], args[1]);
             }));
}

ArrayRef<Operator> selectionOperators() {
  static const Operator operators[] = {
      {"Clip", 1, 10, 1, 1, 1, "max:f min:f", importClip, "floats"},
      {"Clip", 11, kLatest, 1, 3, 1, "", importClip, "floats ints uints"},
      {"OneHot", 9, kLatest, 3, 3, 1, "axis:i", importOneHot,
       "floats ints uints", "depth must be constant"},
      {"Where", 9, kLatest, 3, 3, 1, "", importWhere, "0:bool 1:any"},
  };
  return operators;
}

} // namespace kiln::onnx_import
