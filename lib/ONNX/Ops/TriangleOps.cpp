//===- TriangleOps.cpp - Triangles and diagonals from ONNX ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorProto.h"

#include "NodeImporter.h"

#include "kiln/Dialect/NN/Utils/ElementTypes.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"

using namespace mlir;

namespace kiln::onnx_import {

/// Trilu keeps element [row, column] where column - row >= k (upper) or <= k.
static bool isKept(int64_t row, int64_t column, int64_t k, bool isUpper) {
  // Clamped by the caller: no overflow.
  return isUpper ? column - row >= k : column - row <= k;
}

static HostTensor keepTriangleHost(const HostTensor &source, int64_t k,
                                   bool isUpper) {
  HostTensor result = source;
  int64_t columns = source.shape.back();
  int64_t rows = source.shape[source.shape.size() - 2];
  size_t width = elementSize(source.type);
  for (int64_t i = 0, e = source.size(); i < e; ++i)
    if (!isKept(i / columns % rows, i % columns, k, isUpper))
      std::fill_n(&result.data[i * width], width, std::byte{0});
  return result;
}

static LogicalResult importTrilu(NodeImporter &node) {
  int64_t rank = node.rank(0);
  if (rank < 2)
    return node.error(ErrorCode::BadShape)
           << "input " << shapeText(node.shape(0))
           << " must have rank 2 or more";
  int64_t k = 0;
  if (node.hasInput(1)) {
    FailureOr<SmallVector<int64_t>> given = node.constantInts(1, "k");
    if (failed(given))
      return failure();
    if (given->size() != 1)
      return node.error(ErrorCode::BadModel) << "k must be one number";
    k = given->front();
  }
  bool isUpper = node.getInt("upper", 1) != 0;
  // All beyond the corners means the same.
  int64_t largest = node.shape(0)[rank - 2] + node.shape(0)[rank - 1];
  k = std::clamp(k, -largest, largest);
  if (TensorRef known = node.host(0))
    return node.setResult(0, keepTriangleHost(*known, k, isUpper));
  Type type = node.elementType(0);
  auto body = [&](OpBuilder &b, Location loc, ValueRange args) -> Value {
    Value row = linalg::IndexOp::create(b, loc, rank - 2);
    Value column = linalg::IndexOp::create(b, loc, rank - 1);
    Value place = arith::SubIOp::create(b, loc, column, row);
    Value bound = arith::ConstantIndexOp::create(b, loc, k);
    Value keeps = arith::CmpIOp::create(
        b, loc, isUpper ? arith::CmpIPredicate::sge : arith::CmpIPredicate::sle,
        place, bound);
    return arith::SelectOp::create(b, loc, keeps, args[0],
                                   createNumber(b, loc, type, 0));
  };
  return node.setResult(0, createElementwise(node.builder(), node.loc(),
                                             node.shape(0), type, node.value(0),
                                             body));
}

/// Ones on diagonal k of a matrix of the input's shape.
static LogicalResult importEyeLike(NodeImporter &node) {
  if (node.rank(0) != 2)
    return node.error(ErrorCode::BadShape)
           << "input " << shapeText(node.shape(0)) << " must have rank 2";
  auto number = static_cast<int32_t>(node.getInt("dtype", 0));
  std::optional<ElementType> type =
      node.hasAttr("dtype") ? elementTypeOf(number)
                            : nn::toElementType(node.elementType(0));
  if (!type)
    return node.unsupported("its element type is not taken");
  if (failed(node.checkSize(node.shape(0))))
    return failure();
  int64_t rows = node.shape(0)[0], columns = node.shape(0)[1];
  int64_t k = std::clamp(node.getInt("k", 0), -rows, columns);
  std::vector<double> values(rows * columns);
  for (int64_t row = 0; row < rows; ++row)
    if (row + k >= 0 && row + k < columns)
      values[row * columns + row + k] = 1;
  return node.setResult(
      0, HostTensor::fromDoubles(*type, {rows, columns}, values));
}

ArrayRef<Operator> triangleOperators() {
  static const Operator operators[] = {
      {"EyeLike", 9, kLatest, 1, 1, 1, "dtype:i k:i", importEyeLike, "any"},
      {"Trilu", 14, kLatest, 1, 2, 1, "upper:i", importTrilu,
       "floats ints bool", "k must be a constant"},
  };
  return operators;
}

} // namespace kiln::onnx_import
