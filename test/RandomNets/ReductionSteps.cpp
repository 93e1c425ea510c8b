//===- ReductionSteps.cpp - Reductions over any dimensions ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Steps.h"

using namespace mlir;

namespace kiln::test {

namespace {
/// What is done to each element, how elements are joined, and what is done to
/// the result.
struct Reduction {
  BinaryKind kind;
  enum Map { Identity, Square, Abs, Exp, NearOne } before;
  enum Finish { None, Mean, SquareRoot, Logarithm } after;
};
} // namespace

static Value applyBefore(OpBuilder &b, Location loc, Reduction::Map map,
                         Value x) {
  switch (map) {
  case Reduction::Identity:
    return x;
  case Reduction::Square:
    return createScalar(b, loc, BinaryKind::Mul, x, x);
  case Reduction::Abs:
    return createScalar(b, loc, UnaryKind::Abs, x);
  case Reduction::Exp:
    return createScalar(b, loc, UnaryKind::Exp, x);
  case Reduction::NearOne: { // of a bounded value: a product keeps its range
    Value small = createScalar(b, loc, BinaryKind::Mul, x,
                               createNumber(b, loc, x.getType(), 0.25));
    return createScalar(b, loc, BinaryKind::Add, small,
                        createNumber(b, loc, x.getType(), 1));
  }
  }
  llvm_unreachable("unknown map");
}

static Value applyAfter(NetBuilder &net, Value x, Reduction::Finish finish,
                        int64_t count) {
  if (finish == Reduction::None)
    return x;
  return net.elementwise(
      "finish", x, [&](OpBuilder &b, Location loc, ValueRange args) {
        Type type = args[0].getType();
        if (finish == Reduction::Logarithm)
          return createScalar(b, loc, UnaryKind::Log, args[0]);
        if (finish == Reduction::Mean)
          return createScalar(
              b, loc, BinaryKind::Mul, args[0],
              createNumber(b, loc, type, 1.0 / static_cast<double>(count)));
        // Off zero, where the square root would amplify every error.
        Value off = createScalar(b, loc, BinaryKind::Add, args[0],
                                 createNumber(b, loc, type, 0.1));
        return createScalar(b, loc, UnaryKind::Sqrt, off);
      });
}

static Reduction pickReduction(Random &random) {
  static constexpr Reduction kinds[] = {
      {BinaryKind::Add, Reduction::Identity, Reduction::None},
      {BinaryKind::Add, Reduction::Identity, Reduction::Mean},
      {BinaryKind::Add, Reduction::Identity, Reduction::Mean},
      {BinaryKind::Add, Reduction::Abs, Reduction::None},
      {BinaryKind::Add, Reduction::Square, Reduction::Mean},
      {BinaryKind::Add, Reduction::Square, Reduction::SquareRoot},
      {BinaryKind::Add, Reduction::Exp, Reduction::Logarithm},
      {BinaryKind::Max, Reduction::Identity, Reduction::None},
      {BinaryKind::Min, Reduction::Identity, Reduction::None},
      {BinaryKind::Mul, Reduction::NearOne, Reduction::None}};
  return random.chooseFrom(ArrayRef<Reduction>(kinds));
}

/// Reduces `axes` of `x`; they stay as dimensions of size 1 with `keepDims`.
static Value makeReduction(NetBuilder &net, Value x, ArrayRef<int64_t> axes,
                           bool keepDims) {
  Reduction reduction = pickReduction(net.random);
  bool bounds = reduction.before == Reduction::Square ||
                reduction.before == Reduction::Exp ||
                reduction.before == Reduction::NearOne;
  if (bounds)
    x = bounded(net, x);
  SmallVector<int64_t> shape;
  int64_t count = 1;
  for (auto [i, size] : llvm::enumerate(shapeOf(x))) {
    bool isReduced = llvm::is_contained(axes, static_cast<int64_t>(i));
    count *= isReduced ? size : 1;
    if (!isReduced || keepDims)
      shape.push_back(isReduced ? 1 : size);
  }
  Value reduced = onnx_import::createReduction(
      net.builder, net.name("reduce"), x, axes, reduction.kind,
      [&](OpBuilder &b, Location loc, ValueRange args) {
        return applyBefore(b, loc, reduction.before, args[0]);
      });
  reduced = applyAfter(net, reduced, reduction.after, count);
  return createReshape(net.builder, net.name("keep"), reduced, shape);
}

static SmallVector<int64_t> pickAxes(Random &random, int64_t rank) {
  SmallVector<int64_t> axes;
  for (int64_t i = 0; i < rank; ++i)
    if (random.chance(40))
      axes.push_back(i);
  if (axes.empty())
    axes.push_back(random.pick(0, rank - 1));
  return axes;
}

static Value sourceOfRank(NetBuilder &net, size_t least) {
  return net.source(
      [&](Value value) { return shapeOf(value).size() >= least; });
}

static void reduce(NetBuilder &net) {
  Value x = sourceOfRank(net, 2);
  if (!x)
    return;
  SmallVector<int64_t> axes =
      pickAxes(net.random, static_cast<int64_t>(shapeOf(x).size()));
  net.add(makeReduction(net, x, axes, net.random.chance(60)));
}

/// x - reduce(x): the reduced value is broadcast back.
static void centre(NetBuilder &net) {
  Value x = sourceOfRank(net, 2);
  if (!x)
    return;
  SmallVector<int64_t> axes =
      pickAxes(net.random, static_cast<int64_t>(shapeOf(x).size()));
  Value reduced = makeReduction(net, x, axes, /*keepDims=*/true);
  net.add(net.binary(net.random.choose({BinaryKind::Sub, BinaryKind::Add}), x,
                     reduced));
}

ArrayRef<Step> reductionSteps() {
  static constexpr Step steps[] = {{6, reduce}, {3, centre}};
  return steps;
}

} // namespace kiln::test
