//===- SearchOps.cpp - ArgMax, ArgMin and TopK from ONNX ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "NodeImporter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace kiln::onnx_import {

static Value isNaN(OpBuilder &b, Location loc, Value x) {
  return arith::CmpFOp::create(b, loc, arith::CmpFPredicate::UNO, x, x);
}

/// True where x stands before y, or is not behind it where `orEqual`. As numpy
/// has it, NaN stands before every number for the extremes of both kinds.
static Value precedes(OpBuilder &b, Location loc, Value x, Value y,
                      bool largest, bool orEqual, bool isUnsigned) {
  BinaryKind kind =
      largest ? (orEqual ? BinaryKind::GreaterOrEqual : BinaryKind::Greater)
              : (orEqual ? BinaryKind::LessOrEqual : BinaryKind::Less);
  Value result = createScalar(b, loc, kind, x, y, isUnsigned);
  if (!isa<FloatType>(x.getType()))
    return result;
  Value takes = isNaN(b, loc, x);
  if (!orEqual) {
    Value other =
        arith::CmpFOp::create(b, loc, arith::CmpFPredicate::ORD, y, y);
    takes = arith::AndIOp::create(b, loc, takes, other);
  }
  return arith::OrIOp::create(b, loc, result, takes);
}

static Value createStart(OpBuilder &b, Location loc, ArrayRef<int64_t> shape,
                         Type type) {
  Value init = tensor::EmptyOp::create(b, loc, shape, type);
  return linalg::FillOp::create(b, loc, createNumber(b, loc, type, 0), init)
      .getResult(0);
}

static Value loopIndex(OpBuilder &b, Location loc, int64_t loop) {
  return arith::IndexCastOp::create(b, loc, b.getI64Type(),
                                    linalg::IndexOp::create(b, loc, loop));
}

/// One pass that keeps the best element so far and its index; the first element
/// is taken whatever it is.
static Value createArgExtreme(NodeImporter &node, int64_t axis, bool largest) {
  OpBuilder &b = node.builder();
  Location loc = node.loc();
  bool isUnsigned = node.elementType(0).isUnsignedInteger();
  bool last = node.getInt("select_last_index", 0) != 0;
  Value input = toSignless(b, loc, node.value(0));
  int64_t rank = node.rank(0);
  SmallVector<int64_t> shape(node.shape(0));
  shape.erase(shape.begin() + axis);
  AffineMap identity = b.getMultiDimIdentityMap(rank);
  AffineMap dropped = identity.dropResult(axis);
  SmallVector<utils::IteratorType> loops(rank, utils::IteratorType::parallel);
  loops[axis] = utils::IteratorType::reduction;
  Value starts[] = {createStart(b, loc, shape, elementTypeOf(input)),
                    createStart(b, loc, shape, b.getI64Type())};
  auto generic = linalg::GenericOp::create(
      b, loc, ValueRange(starts).getTypes(), input, starts,
      {identity, dropped, dropped}, loops,
      [&](OpBuilder &inner, Location at, ValueRange args) {
        Value position = loopIndex(inner, at, axis);
        Value isFirst = arith::CmpIOp::create(
            inner, at, arith::CmpIPredicate::eq, position,
            createNumber(inner, at, inner.getI64Type(), 0));
        Value better =
            precedes(inner, at, args[0], args[1], largest, last, isUnsigned);
        Value take = arith::OrIOp::create(inner, at, isFirst, better);
        Value results[] = {
            arith::SelectOp::create(inner, at, take, args[0], args[1]),
            arith::SelectOp::create(inner, at, take, position, args[2])};
        linalg::YieldOp::create(inner, at, results);
      });
  return generic.getResult(1);
}

template <bool largest> static LogicalResult importArg(NodeImporter &node) {
  FailureOr<int64_t> axis =
      node.normalizeAxis(node.getInt("axis", 0), node.rank(0));
  if (failed(axis))
    return failure();
  if (node.elementType(0).isInteger(1))
    return node.unsupported("element type i1 is not taken");
  SmallVector<int64_t> shape(node.shape(0));
  if (shape[*axis] == 0)
    return node.error(ErrorCode::BadShape)
           << "dimension " << *axis << " of " << shapeText(shape)
           << " is empty and has no extreme";
  shape[*axis] = 1;
  Value result = createArgExtreme(node, *axis, largest);
  if (node.getInt("keepdims", 1) != 0)
    result = createReshape(node.builder(), node.loc(), result, shape);
  return node.setResult(0, result);
}

//===----------------------------------------------------------------------===//
// TopK
//===----------------------------------------------------------------------===//

namespace {
/// A sort by counting: an element's rank is how many stand before it.
struct Sorter {
  NodeImporter &node;
  int64_t axis;
  bool largest;
  Value input; // signless

  int64_t rank() const { return node.rank(0); }
  /// Loops of the result, and one more that runs along `axis` of the input.
  SmallVector<utils::IteratorType> loops() const {
    SmallVector<utils::IteratorType> types(rank(),
                                           utils::IteratorType::parallel);
    types.push_back(utils::IteratorType::reduction);
    return types;
  }
  AffineMap own() const {
    return AffineMap::getMultiDimIdentityMap(rank() + 1, node.context())
        .getMajorSubMap(rank());
  }
  AffineMap others() const {
    SmallVector<AffineExpr> dims(own().getResults());
    dims[axis] = getAffineDimExpr(rank(), node.context());
    return AffineMap::get(rank() + 1, 0, dims, node.context());
  }
  Value createRanks();
  SmallVector<Value> createPicks(Value ranks, int64_t count);
};
} // namespace

/// Equal elements keep their order, so that ranks are a permutation.
Value Sorter::createRanks() {
  OpBuilder &b = node.builder();
  bool isUnsigned = node.elementType(0).isUnsignedInteger();
  Value inputs[] = {input, input};
  Value start = createStart(b, node.loc(), shapeOf(input), b.getI64Type());
  auto generic = linalg::GenericOp::create(
      b, node.loc(), TypeRange{start.getType()}, inputs, start,
      {own(), others(), own()}, loops(),
      [&](OpBuilder &inner, Location loc, ValueRange args) {
        // An earlier one also stands before its equals.
        Value isBefore = precedes(inner, loc, args[1], args[0], largest,
                                  /*orEqual=*/false, isUnsigned);
        Value isBehind = precedes(inner, loc, args[0], args[1], largest,
                                  /*orEqual=*/false, isUnsigned);
        Value isEarlier = arith::CmpIOp::create(
            inner, loc, arith::CmpIPredicate::slt,
            loopIndex(inner, loc, rank()), loopIndex(inner, loc, axis));
        Value isTie = arith::SelectOp::create(
            inner, loc, isBehind,
            createNumber(inner, loc, inner.getI1Type(), 0), isEarlier);
        Value counts = arith::OrIOp::create(inner, loc, isBefore, isTie);
        Value one =
            arith::ExtUIOp::create(inner, loc, inner.getI64Type(), counts);
        linalg::YieldOp::create(
            inner, loc,
            arith::AddIOp::create(inner, loc, args[2], one).getResult());
      });
  return generic.getResult(0);
}

/// Element r of the result is the one whose rank is r.
SmallVector<Value> Sorter::createPicks(Value ranks, int64_t count) {
  OpBuilder &b = node.builder();
  SmallVector<int64_t> shape(shapeOf(input));
  shape[axis] = count;
  Value inputs[] = {input, ranks};
  Value starts[] = {createStart(b, node.loc(), shape, elementTypeOf(input)),
                    createStart(b, node.loc(), shape, b.getI64Type())};
  auto generic = linalg::GenericOp::create(
      b, node.loc(), ValueRange(starts).getTypes(), inputs, starts,
      {others(), others(), own(), own()}, loops(),
      [&](OpBuilder &inner, Location loc, ValueRange args) {
        Value isIt =
            arith::CmpIOp::create(inner, loc, arith::CmpIPredicate::eq, args[1],
                                  loopIndex(inner, loc, axis));
        Value results[] = {
            arith::SelectOp::create(inner, loc, isIt, args[0], args[2]),
            arith::SelectOp::create(inner, loc, isIt,
                                    loopIndex(inner, loc, rank()), args[3])};
        linalg::YieldOp::create(inner, loc, results);
      });
  return {generic.getResult(0), generic.getResult(1)};
}

static LogicalResult importTopK(NodeImporter &node) {
  constexpr int64_t kMaxComparisons = int64_t{1} << 31;
  FailureOr<int64_t> axis =
      node.normalizeAxis(node.getInt("axis", -1), node.rank(0));
  FailureOr<SmallVector<int64_t>> count =
      SmallVector<int64_t>{node.getInt("k", 0)};
  if (!node.hasAttr("k"))
    count = node.constantInts(1, "K");
  if (failed(axis) || failed(count))
    return failure();
  if (count->size() != 1)
    return node.error(ErrorCode::BadModel) << "K must be one number";
  int64_t k = count->front();
  int64_t size = node.shape(0)[*axis], elements = node.type(0).getNumElements();
  if (k < 0 || k > size)
    return node.error(ErrorCode::BadAttribute)
           << "k is " << k << " where dimension " << *axis << " has " << size
           << " entries";
  if (elements > kMaxComparisons / std::max<int64_t>(size, 1))
    return node.unsupported("it would cost more than 2^31 comparisons");
  if (node.elementType(0).isInteger(1))
    return node.unsupported("element type i1 is not taken");
  OpBuilder &b = node.builder();
  Sorter sorter{node, *axis, node.getInt("largest", 1) != 0,
                toSignless(b, node.loc(), node.value(0))};
  SmallVector<Value> picks = sorter.createPicks(sorter.createRanks(), k);
  Value values = toElementType(b, node.loc(), picks[0], node.elementType(0));
  return success(succeeded(node.setResult(0, values)) &&
                 succeeded(node.setResult(1, picks[1])));
}

ArrayRef<Operator> searchOperators() {
  static const Operator operators[] = {
      {"ArgMax", 1, 11, 1, 1, 1, "axis:i keepdims:i", importArg<true>,
       "floats ints uints"},
      {"ArgMax", 12, kLatest, 1, 1, 1, "axis:i keepdims:i select_last_index:i",
       importArg<true>, "floats ints uints"},
      {"ArgMin", 1, 11, 1, 1, 1, "axis:i keepdims:i", importArg<false>,
       "floats ints uints"},
      {"ArgMin", 12, kLatest, 1, 1, 1, "axis:i keepdims:i select_last_index:i",
       importArg<false>, "floats ints uints"},
      {"TopK", 1, 9, 1, 1, 2, "axis:i k:i!", importTopK, "floats ints uints",
       "k must be constant; at most 2^31 comparisons"},
      {"TopK", 10, 10, 2, 2, 2, "axis:i", importTopK, "floats ints uints",
       "k must be constant; at most 2^31 comparisons"},
      {"TopK", 11, kLatest, 2, 2, 2, "axis:i largest:i sorted:i", importTopK,
       "floats ints uints", "k must be constant; at most 2^31 comparisons"},
  };
  return operators;
}

} // namespace kiln::onnx_import
