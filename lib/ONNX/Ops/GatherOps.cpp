//===- GatherOps.cpp - Gathers from ONNX ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Indices that are computed at run time may be anything: what lies outside is
// drawn to the nearest entry, so that nothing is read beyond a tensor.
//===----------------------------------------------------------------------===//

#include "NodeImporter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace kiln::onnx_import {

static LogicalResult checkIndices(NodeImporter &node) {
  Type type = node.elementType(1);
  if (type.isSignlessInteger(32) || type.isSignlessInteger(64))
    return success();
  return node.error(ErrorCode::BadModel)
         << "indices must be of i32 or i64, not " << type;
}

static LogicalResult refuseEmpty(NodeImporter &node) {
  return node.error(ErrorCode::BadShape)
         << "has indices into an empty dimension of an input of shape "
         << shapeText(node.shape(0));
}

/// Indices known at import are checked here.
static LogicalResult gatherKnown(NodeImporter &node, int64_t axis,
                                 const HostTensor &indices,
                                 ArrayRef<int64_t> shape) {
  std::optional<SmallVector<int64_t>> list = readInts(indices);
  int64_t size = node.shape(0)[axis];
  if (!list)
    return node.error(ErrorCode::BadModel) << "indices must be integers";
  for (int64_t &index : *list) {
    if (index < -size || index >= size)
      return node.error(ErrorCode::BadShape)
             << "index " << index << " is out of range for " << size
             << " entries";
    index += index < 0 ? size : 0;
  }
  if (TensorRef known = node.host(0))
    return node.setResult(0, reshapeHost(takeHost(*known, axis, *list), shape));
  OpBuilder &b = node.builder();
  Value taken;
  if (list->size() == 1) {
    SmallVector<int64_t> offsets(node.rank(0), 0), strides(node.rank(0), 1);
    SmallVector<int64_t> sizes(node.shape(0));
    offsets[axis] = list->front();
    sizes[axis] = 1;
    taken = createSlice(b, node.loc(), node.value(0), offsets, sizes, strides);
  } else {
    taken = createTake(b, node.loc(), node.value(0), axis, *list);
  }
  return node.setResult(0, createReshape(b, node.loc(), taken, shape));
}

static LogicalResult importGather(NodeImporter &node) {
  FailureOr<int64_t> axis =
      node.normalizeAxis(node.getInt("axis", 0), node.rank(0));
  if (failed(axis))
    return failure();
  SmallVector<int64_t> shape(node.shape(0).take_front(*axis));
  llvm::append_range(shape, node.shape(1));
  llvm::append_range(shape, node.shape(0).drop_front(*axis + 1));
  if (failed(node.checkSize(shape)))
    return failure();
  if (TensorRef indices = node.host(1))
    return gatherKnown(node, *axis, *indices, shape);
  if (failed(checkIndices(node)))
    return failure();
  if (node.shape(0)[*axis] == 0 && node.type(1).getNumElements() != 0)
    return refuseEmpty(node);
  return node.setResult(0, createGather(node.builder(), node.loc(),
                                        node.value(0), *axis, node.value(1)));
}

/// A loop over `shape` without inputs, whose body makes each element.
static Value createByPosition(NodeImporter &node, ArrayRef<int64_t> shape,
                              BodyFn body) {
  return createElementwise(node.builder(), node.loc(), shape,
                           signlessType(node.elementType(0)), {}, body);
}

static Value extractAt(OpBuilder &b, Location loc, Value tensor,
                       ArrayRef<Value> position) {
  return tensor::ExtractOp::create(b, loc, tensor, position);
}

/// result[i...] = data[i..., indices[i...] in the place of dimension axis,
/// ...].
static LogicalResult importGatherElements(NodeImporter &node) {
  int64_t rank = node.rank(0);
  FailureOr<int64_t> axis = node.normalizeAxis(node.getInt("axis", 0), rank);
  if (failed(axis) || failed(checkIndices(node)))
    return failure();
  ArrayRef<int64_t> from = node.shape(0), shape = node.shape(1);
  bool fits = node.rank(1) == rank;
  for (int64_t i = 0; fits && i < rank; ++i)
    fits = i == *axis || shape[i] <= from[i];
  if (!fits)
    return node.error(ErrorCode::BadShape)
           << "indices of shape " << shapeText(shape)
           << " do not fit an input of shape " << shapeText(from);
  if (from[*axis] == 0 && node.type(1).getNumElements() != 0)
    return refuseEmpty(node);
  OpBuilder &b = node.builder();
  Value data = toSignless(b, node.loc(), node.value(0));
  Value result = createElementwise(
      b, node.loc(), shape, elementTypeOf(data), node.value(1),
      [&](OpBuilder &inner, Location loc, ValueRange args) {
        SmallVector<Value> position;
        for (int64_t i = 0; i < rank; ++i)
          position.push_back(i == *axis
                                 ? createPosition(inner, loc, args[0], from[i])
                                 : linalg::IndexOp::create(inner, loc, i));
        return extractAt(inner, loc, data, position);
      });
  return node.setResult(
      0, toElementType(b, node.loc(), result, node.elementType(0)));
}

/// The last dimension of the indices says the position along the dimensions of
/// the input behind `batch_dims` common ones.
static LogicalResult importGatherND(NodeImporter &node) {
  if (failed(checkIndices(node)))
    return failure();
  ArrayRef<int64_t> from = node.shape(0), by = node.shape(1);
  int64_t rank = node.rank(0), outer = node.rank(1) - 1;
  int64_t batch = node.getInt("batch_dims", 0);
  int64_t depth = by.empty() ? 0 : by.back();
  if (batch < 0 || batch > std::min(rank, outer) || depth < 1 ||
      depth > rank - batch || from.take_front(batch) != by.take_front(batch))
    return node.error(ErrorCode::BadShape)
           << "indices of shape " << shapeText(by)
           << " do not fit an input of shape " << shapeText(from)
           << " with batch_dims " << batch;
  SmallVector<int64_t> shape(by.drop_back());
  llvm::append_range(shape, from.drop_front(batch + depth));
  if (failed(node.checkSize(shape)))
    return failure();
  if (node.type(0).getNumElements() == 0 && !llvm::is_contained(shape, 0))
    return refuseEmpty(node);
  OpBuilder &b = node.builder();
  Value data = toSignless(b, node.loc(), node.value(0));
  Value indices = node.value(1);
  auto body = [&](OpBuilder &inner, Location loc, ValueRange) {
    SmallVector<Value> loops, position;
    for (int64_t i = 0, e = shape.size(); i < e; ++i)
      loops.push_back(linalg::IndexOp::create(inner, loc, i));
    for (int64_t i = 0; i < rank; ++i) {
      if (i < batch || i >= batch + depth) {
        position.push_back(loops[i < batch ? i : outer + i - batch - depth]);
        continue;
      }
      SmallVector<Value> at(ArrayRef(loops).take_front(outer));
      at.push_back(createNumber(inner, loc, inner.getIndexType(),
                                static_cast<double>(i - batch)));
      position.push_back(createPosition(
          inner, loc, extractAt(inner, loc, indices, at), from[i]));
    }
    return extractAt(inner, loc, data, position);
  };
  return node.setResult(0, toElementType(b, node.loc(),
                                         createByPosition(node, shape, body),
                                         node.elementType(0)));
}

ArrayRef<Operator> gatherOperators() {
  static const Operator operators[] = {
      {"Gather", 1, kLatest, 2, 2, 1, "axis:i", importGather, "any",
       "computed indices outside the dimension are drawn into it"},
      {"GatherElements", 11, kLatest, 2, 2, 1, "axis:i", importGatherElements,
       "any", "computed indices outside the dimension are drawn into it"},
      {"GatherND", 11, 11, 2, 2, 1, "", importGatherND, "any",
       "computed indices outside the dimension are drawn into it"},
      {"GatherND", 12, kLatest, 2, 2, 1, "batch_dims:i", importGatherND, "any",
       "computed indices outside the dimension are drawn into it"},
  };
  return operators;
}

} // namespace kiln::onnx_import
