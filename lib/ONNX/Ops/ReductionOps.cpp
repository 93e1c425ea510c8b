//===- ReductionOps.cpp - Reductions from ONNX ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Statistics.h"

using namespace mlir;

namespace kiln::onnx_import {

Value reduceKeepingDims(NodeImporter &node, Value input, ArrayRef<int64_t> axes,
                        BinaryKind kind, BodyFn map) {
  SmallVector<int64_t> shape(shapeOf(input));
  for (int64_t axis : axes)
    shape[axis] = 1;
  Value reduced =
      createReduction(node.builder(), node.loc(), input, axes, kind, map);
  return createReshape(node.builder(), node.loc(), reduced, shape);
}

Value mapElements(NodeImporter &node, Value input, BodyFn body) {
  return createElementwise(node.builder(), node.loc(), shapeOf(input),
                           elementTypeOf(input), input, body);
}

int64_t countReduced(ArrayRef<int64_t> shape, ArrayRef<int64_t> axes) {
  int64_t count = 1;
  for (int64_t axis : axes)
    count *= shape[axis];
  return count;
}

namespace {
/// What is done to each element first, how elements are joined, and what is
/// done to the result.
struct Reduction {
  BinaryKind kind;
  enum Map { Identity, Square, Abs } before = Identity;
  enum Finish { None, Mean, SquareRoot, Logarithm } after = None;
};
} // namespace

/// The axes of the node: all where none are given, unless it says otherwise.
static FailureOr<SmallVector<int64_t>> readAxes(NodeImporter &node) {
  auto given = node.intsFrom("axes", 1);
  if (failed(given))
    return failure();
  int64_t rank = node.rank(0);
  if (*given && !(*given)->empty())
    return node.normalizeAxes(**given, rank);
  if (node.getInt("noop_with_empty_axes", 0) != 0)
    return SmallVector<int64_t>();
  return llvm::to_vector(llvm::seq<int64_t>(0, rank));
}

static Value applyBefore(OpBuilder &b, Location loc, Reduction::Map map,
                         Value x, bool isUnsigned) {
  switch (map) {
  case Reduction::Identity:
    return x;
  case Reduction::Square:
    return createScalar(b, loc, BinaryKind::Mul, x, x);
  case Reduction::Abs:
    return createScalar(b, loc, UnaryKind::Abs, x, isUnsigned);
  }
  llvm_unreachable("unknown map");
}

static Value applyAfter(NodeImporter &node, Value value,
                        Reduction::Finish finish, int64_t count) {
  switch (finish) {
  case Reduction::None:
    return value;
  case Reduction::Mean:
    return mapElements(
        node, value, [&](OpBuilder &b, Location loc, ValueRange args) {
          double scale = 1.0 / static_cast<double>(count);
          return createScalar(b, loc, BinaryKind::Mul, args[0],
                              createNumber(b, loc, args[0].getType(), scale));
        });
  case Reduction::SquareRoot:
  case Reduction::Logarithm:
    return mapElements(
        node, value, [&](OpBuilder &b, Location loc, ValueRange args) {
          return createScalar(b, loc,
                              finish == Reduction::SquareRoot ? UnaryKind::Sqrt
                                                              : UnaryKind::Log,
                              args[0]);
        });
  }
  llvm_unreachable("unknown finish");
}

/// Products and extremes of a shape's entries stand in files.
static LogicalResult reduceHost(NodeImporter &node, const HostTensor &tensor,
                                BinaryKind kind, bool keepsDims) {
  HostTensor result = takeHost(reshapeHost(tensor, tensor.size()), 0, {0});
  for (int64_t i = 1; i < tensor.size(); ++i) {
    HostTensor next = takeHost(reshapeHost(tensor, tensor.size()), 0, {i});
    result = *evaluate(kind, result, next);
  }
  SmallVector<int64_t> shape(keepsDims ? tensor.shape.size() : 0, 1);
  return node.setResult(0, reshapeHost(result, shape));
}

/// Sets the result from one with the reduced dimensions kept or not.
static LogicalResult setReduced(NodeImporter &node, Value result,
                                ArrayRef<int64_t> axes) {
  bool keepsDims = node.getInt("keepdims", 1) != 0;
  SmallVector<int64_t> shape;
  for (auto [i, size] : llvm::enumerate(node.shape(0)))
    if (!llvm::is_contained(axes, static_cast<int64_t>(i)))
      shape.push_back(size);
    else if (keepsDims)
      shape.push_back(1);
  return node.setResult(
      0, createReshape(node.builder(), node.loc(), result, shape));
}

/// m + log(sum of exp(x - m)) with m the largest element, so that nothing
/// overflows; m is 0 where the largest is not finite (its differences are NaN).
static LogicalResult importReduceLogSumExp(NodeImporter &node) {
  FailureOr<SmallVector<int64_t>> axes = readAxes(node);
  if (failed(axes))
    return failure();
  if (!isa<FloatType>(node.elementType(0)))
    return node.unsupported("element types other than floats are not taken");
  auto itself = [](OpBuilder &, Location, ValueRange args) { return args[0]; };
  Value input = node.value(0);
  Value largest =
      reduceKeepingDims(node, input, *axes, BinaryKind::Max, itself);
  Value shift = mapElements(
      node, largest, [](OpBuilder &b, Location loc, ValueRange args) -> Value {
        double infinity = std::numeric_limits<double>::infinity();
        Type type = args[0].getType();
        Value isFinite =
            createScalar(b, loc, BinaryKind::Less,
                         createScalar(b, loc, UnaryKind::Abs, args[0]),
                         createNumber(b, loc, type, infinity));
        return arith::SelectOp::create(b, loc, isFinite, args[0],
                                       createNumber(b, loc, type, 0));
      });
  Value shifted = combine(node, BinaryKind::Sub, input, shift);
  Value sum =
      reduceKeepingDims(node, shifted, *axes, BinaryKind::Add,
                        [](OpBuilder &b, Location loc, ValueRange args) {
                          return createScalar(b, loc, UnaryKind::Exp, args[0]);
                        });
  Value logarithm =
      mapElements(node, sum, [](OpBuilder &b, Location loc, ValueRange args) {
        return createScalar(b, loc, UnaryKind::Log, args[0]);
      });
  return setReduced(node, combine(node, BinaryKind::Add, logarithm, shift),
                    *axes);
}

static LogicalResult importReduction(NodeImporter &node, Reduction reduction) {
  FailureOr<SmallVector<int64_t>> axes = readAxes(node);
  if (failed(axes))
    return failure();
  bool keepsDims = node.getInt("keepdims", 1) != 0;
  constexpr int64_t kSmall = 64; // shapes, not weights
  TensorRef known = node.host(0);
  bool isPlain = reduction.before == Reduction::Identity &&
                 reduction.after == Reduction::None;
  if (known && isPlain && !isFloat(known->type) && known->size() >= 1 &&
      known->type != ElementType::Bool && readInts(*known) &&
      known->size() <= kSmall &&
      static_cast<int64_t>(axes->size()) == node.rank(0))
    return reduceHost(node, *known, reduction.kind, keepsDims);

  Type type = node.elementType(0);
  bool isUnsigned = type.isUnsignedInteger();
  if (type.isInteger(1) && isPlain) { // the extremes of true and false
    if (reduction.kind == BinaryKind::Max)
      reduction.kind = BinaryKind::Or;
    else if (reduction.kind == BinaryKind::Min)
      reduction.kind = BinaryKind::And;
  }
  if (!isa<FloatType>(type) &&
      (reduction.after != Reduction::None ||
       (type.isInteger(1) && !isLogical(reduction.kind))))
    return node.unsupported("this element type is not taken");
  int64_t count = countReduced(node.shape(0), *axes);
  Value result = node.value(0);
  auto before = [&](OpBuilder &b, Location loc, ValueRange args) {
    return applyBefore(b, loc, reduction.before, args[0], isUnsigned);
  };
  if (axes->empty())
    result = mapElements(node, result, before);
  else
    result = createReduction(node.builder(), node.loc(), result, *axes,
                             reduction.kind, before);
  result = applyAfter(node, result, reduction.after, count);
  return setReduced(node, result, *axes);
}

static LogicalResult importReduceL1(NodeImporter &node) {
  return importReduction(node, {BinaryKind::Add, Reduction::Abs});
}
static LogicalResult importReduceL2(NodeImporter &node) {
  return importReduction(
      node, {BinaryKind::Add, Reduction::Square, Reduction::SquareRoot});
}
static LogicalResult importReduceLogSum(NodeImporter &node) {
  return importReduction(
      node, {BinaryKind::Add, Reduction::Identity, Reduction::Logarithm});
}
static LogicalResult importReduceMax(NodeImporter &node) {
  return importReduction(node, {BinaryKind::Max});
}
static LogicalResult importReduceMean(NodeImporter &node) {
  return importReduction(
      node, {BinaryKind::Add, Reduction::Identity, Reduction::Mean});
}
static LogicalResult importReduceMin(NodeImporter &node) {
  return importReduction(node, {BinaryKind::Min});
}
static LogicalResult importReduceProd(NodeImporter &node) {
  return importReduction(node, {BinaryKind::Mul});
}
static LogicalResult importReduceSum(NodeImporter &node) {
  return importReduction(node, {BinaryKind::Add});
}
static LogicalResult importReduceSumSquare(NodeImporter &node) {
  return importReduction(node, {BinaryKind::Add, Reduction::Square});
}

/// Axes moved from attribute to input at opset 18 (ReduceSum: 13).
#define KILN_REDUCTION(NAME, MOVED, FUNCTION, TYPES)                           \
  {NAME, 1, MOVED - 1, 1, 1, 1, "axes:I keepdims:i", FUNCTION, TYPES}, {       \
    NAME, MOVED, kLatest, 1, 2, 1, "keepdims:i noop_with_empty_axes:i",        \
        FUNCTION, TYPES                                                        \
  }

ArrayRef<Operator> reductionOperators() {
  static const Operator operators[] = {
      KILN_REDUCTION("ReduceL1", 18, importReduceL1, "floats ints uints"),
      KILN_REDUCTION("ReduceL2", 18, importReduceL2, "floats"),
      KILN_REDUCTION("ReduceLogSum", 18, importReduceLogSum, "floats"),
      KILN_REDUCTION("ReduceLogSumExp", 18, importReduceLogSumExp, "floats"),
      KILN_REDUCTION("ReduceMax", 18, importReduceMax, "any"),
      KILN_REDUCTION("ReduceMean", 18, importReduceMean, "floats"),
      KILN_REDUCTION("ReduceMin", 18, importReduceMin, "any"),
      KILN_REDUCTION("ReduceProd", 18, importReduceProd, "floats ints uints"),
      KILN_REDUCTION("ReduceSum", 13, importReduceSum, "floats ints uints"),
      KILN_REDUCTION("ReduceSumSquare", 18, importReduceSumSquare,
                     "floats ints uints"),
  };
  return operators;
}

#undef KILN_REDUCTION

} // namespace kiln::onnx_import
