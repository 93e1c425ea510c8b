//===- LinearOps.cpp - Matrix products from ONNX ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "NodeImporter.h"

using namespace mlir;

namespace kiln::onnx_import {

/// Integers that fit the loops, and floats of one type.
static LogicalResult checkTypes(NodeImporter &node, size_t count) {
  for (size_t i = 0; i < count; ++i)
    if (node.hasInput(i) && (!isa<FloatType>(node.elementType(i)) ||
                             node.elementType(i) != node.elementType(0)))
      return node.unsupported("inputs must be floats of one element type");
  return success();
}

static HostTensor scaleHost(const HostTensor &source, double factor) {
  if (factor == 1.0)
    return source;
  std::vector<double> values = source.toDoubles();
  for (double &value : values)
    value *= factor;
  return HostTensor::fromDoubles(source.type, source.shape, values);
}

static Value createBinary(NodeImporter &node, BinaryKind kind, Value lhs,
                          Value rhs) {
  Value operands[] = {lhs, rhs};
  return createElementwise(
      node.builder(), node.loc(), *broadcastShapes(shapeOf(lhs), shapeOf(rhs)),
      elementTypeOf(lhs), operands,
      [&](OpBuilder &b, Location loc, ValueRange args) {
        return createScalar(b, loc, kind, args[0], args[1]);
      });
}

static Value createScaled(NodeImporter &node, Value value, double factor) {
  if (factor == 1.0)
    return value;
  Type type = elementTypeOf(value);
  return createElementwise(
      node.builder(), node.loc(), shapeOf(value), type, value,
      [&](OpBuilder &b, Location loc, ValueRange args) {
        return createScalar(b, loc, BinaryKind::Mul, args[0],
                            createNumber(b, loc, type, factor));
      });
}

//===----------------------------------------------------------------------===//
// Gemm
//===----------------------------------------------------------------------===//

namespace {
struct GemmShape {
  int64_t rows, inner, columns;
};
} // namespace

static FailureOr<GemmShape> checkGemm(NodeImporter &node, bool transA,
                                      bool transB) {
  if (node.rank(0) != 2 || node.rank(1) != 2)
    return node.error(ErrorCode::BadShape)
           << "A " << shapeText(node.shape(0)) << " and B "
           << shapeText(node.shape(1)) << " must have rank 2";
  GemmShape gemm = {node.shape(0)[transA], node.shape(0)[!transA],
                    node.shape(1)[!transB]};
  if (node.shape(1)[transB] != gemm.inner)
    return node.error(ErrorCode::BadShape)
           << "A " << shapeText(node.shape(0)) << " and B "
           << shapeText(node.shape(1)) << " do not fit (transA " << transA
           << ", transB " << transB << ")";
  if (!node.hasInput(2))
    return gemm;
  int64_t full[] = {gemm.rows, gemm.columns};
  ArrayRef<int64_t> bias = node.shape(2);
  bool isLegacy = node.opset() < 7 && node.getInt("broadcast", 0) == 0;
  auto together = broadcastShapes(full, bias);
  if (isLegacy ? bias != ArrayRef<int64_t>(full)
               : !together || !llvm::equal(full, *together))
    return node.error(ErrorCode::BadShape)
           << "C of shape " << shapeText(bias) << " does not broadcast to "
           << shapeText(full);
  return gemm;
}

/// C as a bias of the linear layer: one value a column, equal in all rows.
static Value linearBias(NodeImporter &node, const GemmShape &gemm,
                        double beta) {
  TensorRef known = node.hasInput(2) ? node.host(2) : nullptr;
  if (!known || (known->shape.size() == 2 && known->shape[0] != 1))
    return {};
  HostTensor row = broadcastHost(reshapeHost(*known, known->size()),
                                 ArrayRef<int64_t>{gemm.columns});
  return node.createConstant(scaleHost(row, beta));
}

/// A * B' as a linear layer takes its weights, [columns, inner], with alpha in
/// constant weights.
static Value linearWeights(NodeImporter &node, bool transB, double alpha) {
  int64_t swap[] = {1, 0};
  if (TensorRef known = node.host(1)) {
    if (transB && alpha == 1.0)
      return node.value(1);
    return node.createConstant(
        scaleHost(transB ? *known : transposeHost(*known, swap), alpha));
  }
  Value weights = node.value(1);
  if (!transB)
    weights = createTranspose(node.builder(), node.loc(), weights, swap);
  return weights;
}

static LogicalResult importGemm(NodeImporter &node) {
  bool transA = node.getInt("transA", 0) != 0;
  bool transB = node.getInt("transB", 0) != 0;
  double alpha = node.getFloat("alpha", 1.0f);
  double beta = node.getFloat("beta", 1.0f);
  if (failed(checkTypes(node, 3)))
    return failure();
  FailureOr<GemmShape> gemm = checkGemm(node, transA, transB);
  if (failed(gemm))
    return failure();

  Value input = node.value(0);
  if (transA)
    input = createTranspose(node.builder(), node.loc(), input, {1, 0});
  bool scalesAfter = !node.host(1) && alpha != 1.0;
  Value bias = scalesAfter ? Value() : linearBias(node, *gemm, beta);
  SmallVector<Value> operands = {input, linearWeights(node, transB, alpha)};
  if (bias)
    operands.push_back(bias);
  auto linear = node.create<nn::LinearOp>(operands, {});
  if (failed(linear))
    return failure();
  Value result = linear->getResult();
  if (scalesAfter)
    result = createScaled(node, result, alpha);
  if (node.hasInput(2) && !bias)
    result = createBinary(node, BinaryKind::Add, result,
                          createScaled(node, node.value(2), beta));
  return node.setResult(0, result);
}

//===----------------------------------------------------------------------===//
// MatMul
//===----------------------------------------------------------------------===//

static SmallVector<int64_t> withTail(ArrayRef<int64_t> head, int64_t rows,
                                     int64_t columns) {
  SmallVector<int64_t> shape(head);
  shape.append({rows, columns});
  return shape;
}

/// Operands of rank 2 or more with batch dimensions `batch`, as one
/// batch_matmul (or matmul where there is no batch).
static Value createBatched(NodeImporter &node, Value lhs, Value rhs,
                           ArrayRef<int64_t> batch) {
  OpBuilder &b = node.builder();
  int64_t rows = shapeOf(lhs).drop_back().back();
  int64_t inner = shapeOf(lhs).back(), columns = shapeOf(rhs).back();
  if (batch.empty())
    return createMatmul(b, node.loc(), lhs, rhs);
  int64_t count = 1;
  for (int64_t size : batch)
    count *= size;
  auto collapse = [&](Value value, int64_t m, int64_t n) {
    Value full = createBroadcast(b, node.loc(), value, withTail(batch, m, n));
    return createReshape(b, node.loc(), full, {count, m, n});
  };
  Value product = createMatmul(b, node.loc(), collapse(lhs, rows, inner),
                               collapse(rhs, inner, columns));
  return createReshape(b, node.loc(), product, withTail(batch, rows, columns));
}

static LogicalResult importMatMul(NodeImporter &node) {
  if (failed(checkTypes(node, 2)))
    return failure();
  SmallVector<int64_t> lhs(node.shape(0)), rhs(node.shape(1));
  if (lhs.empty() || rhs.empty())
    return node.error(ErrorCode::BadShape) << "operands must not be scalars";
  bool isRow = lhs.size() == 1, isColumn = rhs.size() == 1;
  if (isRow)
    lhs.insert(lhs.begin(), 1);
  if (isColumn)
    rhs.push_back(1);
  auto batch =
      broadcastShapes(ArrayRef(lhs).drop_back(2), ArrayRef(rhs).drop_back(2));
  if (lhs.back() != rhs[rhs.size() - 2] || !batch)
    return node.error(ErrorCode::BadShape)
           << "A " << shapeText(node.shape(0)) << " and B "
           << shapeText(node.shape(1)) << " do not fit";
  SmallVector<int64_t> result(*batch);
  if (!isRow)
    result.push_back(lhs[lhs.size() - 2]);
  if (!isColumn)
    result.push_back(rhs.back());
  if (failed(
          node.checkSize(withTail(*batch, lhs[lhs.size() - 2], lhs.back()))) ||
      failed(node.checkSize(withTail(*batch, lhs.back(), rhs.back()))) ||
      failed(node.checkSize(result)))
    return failure();

  // Constant weights of rank 2 make a linear layer over the last dimension.
  TensorRef known = node.host(1);
  if (known && node.rank(1) == 2) {
    Value weights = node.createConstant(transposeHost(*known, {1, 0}));
    auto linear = node.create<nn::LinearOp>({node.value(0), weights}, {});
    return failed(linear) ? failure() : node.setResult(0, linear->getResult());
  }
  OpBuilder &b = node.builder();
  Value product =
      createBatched(node, createReshape(b, node.loc(), node.value(0), lhs),
                    createReshape(b, node.loc(), node.value(1), rhs), *batch);
  return node.setResult(0, createReshape(b, node.loc(), product, result));
}

ArrayRef<Operator> linearOperators() {
  static const Operator operators[] = {
      {"Gemm", 1, 6, 3, 3, 1, "alpha:f beta:f broadcast:i transA:i transB:i",
       importGemm, "floats", "integer types"},
      {"Gemm", 7, 10, 3, 3, 1, "alpha:f beta:f transA:i transB:i", importGemm,
       "floats", "integer types"},
      {"Gemm", 11, kLatest, 2, 3, 1, "alpha:f beta:f transA:i transB:i",
       importGemm, "floats", "integer types"},
      {"MatMul", 1, kLatest, 2, 2, 1, "", importMatMul, "floats",
       "integer types"},
  };
  return operators;
}

} // namespace kiln::onnx_import
