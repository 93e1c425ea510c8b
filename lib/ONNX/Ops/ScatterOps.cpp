//===- ScatterOps.cpp - Scatters from ONNX ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Each element of the result looks for the updates meant for it, in order: a
// reduction over the updates that may be. An index outside of the tensor is
// nobody's, and writes nothing.
//===----------------------------------------------------------------------===//

#include "NodeImporter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "llvm/ADT/StringSwitch.h"

using namespace mlir;

namespace kiln::onnx_import {

/// Comparisons that one node may cost.
static constexpr int64_t kMaxComparisons = int64_t{1} << 31;

namespace {
/// How an update joins what is there; nothing where it takes its place.
using Joined = std::optional<BinaryKind>;
} // namespace

static FailureOr<Joined> readReduction(NodeImporter &node) {
  StringRef name = node.getString("reduction", "none");
  auto kind = llvm::StringSwitch<std::optional<Joined>>(name)
                  .Case("none", Joined())
                  .Case("add", Joined(BinaryKind::Add))
                  .Case("mul", Joined(BinaryKind::Mul))
                  .Case("max", Joined(BinaryKind::Max))
                  .Case("min", Joined(BinaryKind::Min))
                  .Default(std::nullopt);
  if (!kind)
    return node.error(ErrorCode::BadAttribute)
           << "reduction is " << quoted(name)
           << "; none, add, mul, max and min are known";
  if (*kind && !hasScalar(**kind, node.elementType(0)))
    return node.unsupported("this reduction is not taken for its type");
  return *kind;
}

static LogicalResult checkOperands(NodeImporter &node, int64_t comparisons) {
  Type type = node.elementType(1);
  if (!type.isSignlessInteger(32) && !type.isSignlessInteger(64))
    return node.error(ErrorCode::BadModel)
           << "indices must be of i32 or i64, not " << type;
  if (node.elementType(0) != node.elementType(2))
    return node.error(ErrorCode::BadModel)
           << "data and updates have element types " << node.elementType(0)
           << " and " << node.elementType(2);
  if (comparisons > kMaxComparisons)
    return node.unsupported("elements times updates are more than 2^31");
  return success();
}

/// True where the index, negative ones counted from the end, is the position of
/// the loop.
static Value isHere(OpBuilder &b, Location loc, Value index, int64_t size,
                    int64_t loop) {
  Type type = b.getIndexType();
  Value at = arith::IndexCastOp::create(b, loc, type, index);
  Value isNegative = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::slt,
                                           at, createNumber(b, loc, type, 0));
  Value fromEnd = arith::AddIOp::create(
      b, loc, at, createNumber(b, loc, type, static_cast<double>(size)));
  at = arith::SelectOp::create(b, loc, isNegative, fromEnd, at);
  return arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq, at,
                               linalg::IndexOp::create(b, loc, loop));
}

/// Loops over `data` and, innermost, over the updates; `isMeant` says whether
/// an update is for the element.
static Value createScatter(NodeImporter &node, Value data, ValueRange inputs,
                           ArrayRef<AffineMap> maps, Joined joined,
                           BodyFn isMeant) {
  OpBuilder &b = node.builder();
  Type type = elementTypeOf(data);
  size_t rank = shapeOf(data).size();
  SmallVector<utils::IteratorType> loops(rank, utils::IteratorType::parallel);
  loops.push_back(utils::IteratorType::reduction);
  SmallVector<Value> operands;
  for (Value input : inputs)
    operands.push_back(toSignless(b, node.loc(), input));
  Value start = toSignless(b, node.loc(), data);
  auto generic = linalg::GenericOp::create(
      b, node.loc(), TypeRange{start.getType()}, operands, start, maps, loops,
      [&](OpBuilder &inner, Location loc, ValueRange args) {
        Value update = args[args.size() - 2], old = args.back();
        Value result = joined ? createScalar(inner, loc, *joined, old, update,
                                             type.isUnsignedInteger())
                              : update;
        result = arith::SelectOp::create(inner, loc, isMeant(inner, loc, args),
                                         result, old);
        linalg::YieldOp::create(inner, loc, result);
      });
  return toElementType(b, node.loc(), generic.getResult(0), type);
}

/// data[.., indices[i...], ..] = updates[i...], the index in the place of
/// dimension `axis`. Indices may cover a corner of the data alone.
static LogicalResult importScatterElements(NodeImporter &node) {
  int64_t rank = node.rank(0);
  FailureOr<int64_t> axis = node.normalizeAxis(node.getInt("axis", 0), rank);
  FailureOr<Joined> joined = readReduction(node);
  if (failed(axis) || failed(joined))
    return failure();
  ArrayRef<int64_t> shape = node.shape(0), by = node.shape(1);
  bool fits = node.rank(1) == rank && node.shape(2) == by;
  for (int64_t i = 0; fits && i < rank; ++i)
    fits = i == *axis || by[i] <= shape[i];
  if (!fits)
    return node.error(ErrorCode::BadShape)
           << "indices of shape " << shapeText(by) << " and updates of shape "
           << shapeText(node.shape(2)) << " do not fit data of shape "
           << shapeText(shape);
  if (failed(checkOperands(node, node.type(1).getNumElements() *
                                     std::max<int64_t>(shape[*axis], 1))))
    return failure();
  OpBuilder &b = node.builder();
  Location loc = node.loc();
  Value data = node.value(0);
  if (llvm::is_contained(by, 0))
    return node.setResult(0, data);
  SmallVector<int64_t> corner(by), zeros(rank, 0), ones(rank, 1);
  corner[*axis] = shape[*axis];
  Value part = createSlice(b, loc, data, zeros, corner, ones);
  SmallVector<AffineExpr> dims;
  for (int64_t i = 0; i < rank; ++i)
    dims.push_back(b.getAffineDimExpr(i == *axis ? rank : i));
  auto byUpdate = AffineMap::get(rank + 1, 0, dims, node.context());
  AffineMap maps[] = {
      byUpdate, byUpdate,
      AffineMap::getMultiDimIdentityMap(rank + 1, node.context())
          .getMajorSubMap(rank)};
  Value result =
      createScatter(node, part, {node.value(1), node.value(2)}, maps, *joined,
                    [&](OpBuilder &inner, Location at, ValueRange args) {
                      return isHere(inner, at, args[0], shape[*axis], *axis);
                    });
  if (ArrayRef(corner) != shape)
    result = tensor::InsertSliceOp::create(
        b, loc, result, data, getAsIndexOpFoldResult(node.context(), zeros),
        getAsIndexOpFoldResult(node.context(), corner),
        getAsIndexOpFoldResult(node.context(), ones));
  return node.setResult(0, result);
}

/// The last dimension of the indices says where in the first dimensions of the
/// data a slice of updates goes.
static LogicalResult importScatterND(NodeImporter &node) {
  FailureOr<Joined> joined = readReduction(node);
  if (failed(joined))
    return failure();
  ArrayRef<int64_t> shape = node.shape(0), by = node.shape(1);
  int64_t rank = node.rank(0), depth = by.empty() ? 0 : by.back();
  SmallVector<int64_t> expected(by.empty() ? by : by.drop_back());
  if (depth <= rank)
    llvm::append_range(expected, shape.drop_front(std::max<int64_t>(depth, 0)));
  if (depth < 1 || depth > rank || ArrayRef(expected) != node.shape(2))
    return node.error(ErrorCode::BadShape)
           << "indices of shape " << shapeText(by) << " and updates of shape "
           << shapeText(node.shape(2)) << " do not fit data of shape "
           << shapeText(shape);
  int64_t count = node.type(1).getNumElements() / depth;
  if (failed(checkOperands(node, count * node.type(0).getNumElements())))
    return failure();
  OpBuilder &b = node.builder();
  if (count == 0)
    return node.setResult(0, node.value(0));
  Value indices = createReshape(b, node.loc(), node.value(1), {count, depth});
  SmallVector<int64_t> flat(1, count);
  llvm::append_range(flat, shape.drop_front(depth));
  Value updates = createReshape(b, node.loc(), node.value(2), flat);
  SmallVector<AffineExpr> dims(1, b.getAffineDimExpr(rank));
  for (int64_t i = depth; i < rank; ++i)
    dims.push_back(b.getAffineDimExpr(i));
  AffineMap maps[] = {
      AffineMap::get(rank + 1, 0, dims, node.context()),
      AffineMap::getMultiDimIdentityMap(rank + 1, node.context())
          .getMajorSubMap(rank)};
  return node.setResult(
      0, createScatter(
             node, node.value(0), updates, maps, *joined,
             [&](OpBuilder &inner, Location loc, ValueRange) {
               Value row = linalg::IndexOp::create(inner, loc, rank), meant;
               for (int64_t i = 0; i < depth; ++i) {
                 Value column = createNumber(inner, loc, inner.getIndexType(),
                                             static_cast<double>(i));
                 Value index = tensor::ExtractOp::create(
                     inner, loc, indices, ValueRange{row, column});
                 Value here = isHere(inner, loc, index, shape[i], i);
                 meant = meant ? arith::AndIOp::create(inner, loc, meant, here)
                                     .getResult()
                               : here;
               }
               return meant;
             }));
}

ArrayRef<Operator> scatterOperators() {
  static const Operator operators[] = {
      {"Scatter", 9, 10, 3, 3, 1, "axis:i", importScatterElements, "any",
       "indices outside are ignored; elements times updates at most 2^31"},
      {"ScatterElements", 11, 15, 3, 3, 1, "axis:i", importScatterElements,
       "any",
       "indices outside are ignored; elements times updates at most 2^31"},
      {"ScatterElements", 16, kLatest, 3, 3, 1, "axis:i reduction:s",
       importScatterElements, "any",
       "indices outside are ignored; elements times updates at most 2^31"},
      {"ScatterND", 11, 15, 3, 3, 1, "", importScatterND, "any",
       "indices outside are ignored; elements times updates at most 2^31"},
      {"ScatterND", 16, kLatest, 3, 3, 1, "reduction:s", importScatterND, "any",
       "indices outside are ignored; elements times updates at most 2^31"},
  };
  return operators;
}

} // namespace kiln::onnx_import
