//===- Sampling.cpp - Elements at computed coordinates ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Sampling.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace kiln::onnx_import {

//===----------------------------------------------------------------------===//
// Scalars
//===----------------------------------------------------------------------===//

Value ScalarMath::number(double value) {
  return createNumber(builder, loc, type, value);
}
Value ScalarMath::add(Value a, Value b) {
  return arith::AddFOp::create(builder, loc, a, b);
}
Value ScalarMath::sub(Value a, Value b) {
  return arith::SubFOp::create(builder, loc, a, b);
}
Value ScalarMath::mul(Value a, Value b) {
  return arith::MulFOp::create(builder, loc, a, b);
}
Value ScalarMath::div(Value a, Value b) {
  return arith::DivFOp::create(builder, loc, a, b);
}
Value ScalarMath::floor(Value x) {
  return math::FloorOp::create(builder, loc, x);
}
Value ScalarMath::compare(arith::CmpFPredicate predicate, Value a, Value b) {
  return arith::CmpFOp::create(builder, loc, predicate, a, b);
}
Value ScalarMath::select(Value condition, Value a, Value b) {
  return arith::SelectOp::create(builder, loc, condition, a, b);
}

Value ScalarMath::isWithin(Value x, double low, double high) {
  return arith::AndIOp::create(
      builder, loc, compare(arith::CmpFPredicate::OGE, x, number(low)),
      compare(arith::CmpFPredicate::OLE, x, number(high)));
}

Value ScalarMath::clamp(Value x, double low, double high) {
  Value least = number(low), most = number(high);
  x = select(compare(arith::CmpFPredicate::OGE, x, least), x, least);
  return select(compare(arith::CmpFPredicate::OLE, x, most), x, most);
}

Value ScalarMath::toIndex(Value x, int64_t size) {
  Value whole =
      arith::FPToSIOp::create(builder, loc, builder.getI32Type(),
                              clamp(x, 0, static_cast<double>(size - 1)));
  return arith::IndexCastOp::create(builder, loc, builder.getIndexType(),
                                    whole);
}

Value ScalarMath::convert(Value x) {
  if (x.getType() == type)
    return x;
  if (isa<IndexType>(x.getType()))
    x = arith::IndexCastOp::create(builder, loc, builder.getI64Type(), x);
  return createCast(builder, loc, x, type);
}

Type arithmeticType(Type a, Type b) {
  if (a.isF64() || b.isF64())
    return Float64Type::get(a.getContext());
  return Float32Type::get(a.getContext());
}

//===----------------------------------------------------------------------===//
// One dimension
//===----------------------------------------------------------------------===//

/// `x` mirrored at both ends of [low, high] until it lies between them.
static Value reflect(ScalarMath &m, Value x, double low, double high) {
  if (low == high)
    return m.number(low);
  Value range = m.number(high - low);
  Value least = m.number(low), most = m.number(high);
  Value isBelow = m.compare(arith::CmpFPredicate::OLT, x, least);
  Value isAbove = m.compare(arith::CmpFPredicate::OGT, x, most);
  Value beyond = m.select(isBelow, m.sub(least, x), m.sub(x, most));
  Value times = m.floor(m.div(beyond, range));
  Value rest = m.sub(beyond, m.mul(times, range));
  Value half = m.mul(times, m.number(0.5));
  Value isOdd = m.compare(arith::CmpFPredicate::ONE, m.floor(half), half);
  Value fromLow = arith::XOrIOp::create(m.builder, m.loc, isBelow, isOdd);
  Value mirrored = m.select(fromLow, m.add(least, rest), m.sub(most, rest));
  Value isOutside = arith::OrIOp::create(m.builder, m.loc, isBelow, isAbove);
  return m.select(isOutside, mirrored, x);
}

/// Mirrored at the lines that the mode names.
static Value reflectInto(ScalarMath &m, Value x, int64_t size,
                         SamplingMode mode) {
  double edge = mode.alignsCorners ? 0 : 0.5;
  return reflect(m, x, -edge, static_cast<double>(size - 1) + edge);
}

/// Cubic convolution (Keys 1981), coefficient -3/4, at distance `d` in [0, 1].
static Value cubicNear(ScalarMath &m, Value d) {
  constexpr double a = -0.75;
  Value inner = m.sub(m.mul(m.number(a + 2), d), m.number(a + 3));
  return m.add(m.mul(m.mul(inner, d), d), m.number(1));
}

/// The same at distance `d` in [1, 2].
static Value cubicFar(ScalarMath &m, Value d) {
  constexpr double a = -0.75;
  Value inner = m.sub(m.mul(m.number(a), d), m.number(5 * a));
  inner = m.add(m.mul(inner, d), m.number(8 * a));
  return m.sub(m.mul(inner, d), m.number(4 * a));
}

/// Weights of the elements from `first` (relative to the coordinate rounded
/// down) on.
static SmallVector<Value> weightsOf(ScalarMath &m, Interpolation kind,
                                    Value ratio, int64_t &first) {
  Value one = m.number(1), rest = m.sub(one, ratio);
  first = 0;
  if (kind == Interpolation::Linear)
    return {rest, ratio};
  first = -1;
  return {cubicFar(m, m.add(ratio, one)), cubicNear(m, ratio),
          cubicNear(m, rest), cubicFar(m, m.add(rest, one))};
}

/// The element at whole number `x`, which may lie outside.
static Neighbour neighbour(ScalarMath &m, Value x, Value weight, int64_t size,
                           SamplingMode mode) {
  if (mode.outside == Outside::Zeros) {
    Value isInside = m.isWithin(x, 0, static_cast<double>(size - 1));
    weight = m.select(isInside, weight ? weight : m.number(1), m.number(0));
  } else if (mode.outside == Outside::Reflection) {
    x = reflectInto(m, x, size, mode);
  }
  return {m.toIndex(x, size), weight};
}

Neighbours neighboursAt(ScalarMath &m, Value x, int64_t size,
                        SamplingMode mode) {
  bool isNearest = mode.interpolation == Interpolation::Nearest;
  if (isNearest)
    x = math::RoundEvenOp::create(m.builder, m.loc, x);
  // Beyond the reach of any weight only the border's element counts.
  constexpr double kReach = 4;
  if (mode.outside == Outside::Border)
    x = m.clamp(x, -kReach, static_cast<double>(size) + kReach);
  else if (mode.outside == Outside::Reflection)
    x = reflectInto(m, x, size, mode);
  if (isNearest)
    return {neighbour(m, x, Value(), size, mode)};
  Value base = m.floor(x);
  int64_t first;
  SmallVector<Value> weights =
      weightsOf(m, mode.interpolation, m.sub(x, base), first);
  Neighbours neighbours;
  for (auto [i, weight] : llvm::enumerate(weights)) {
    auto shift = static_cast<double>(first + static_cast<int64_t>(i));
    Value at = shift == 0 ? base : m.add(base, m.number(shift));
    neighbours.push_back(neighbour(m, at, weight, size, mode));
  }
  return neighbours;
}

//===----------------------------------------------------------------------===//
// All dimensions
//===----------------------------------------------------------------------===//

static Value product(ScalarMath &m, Value a, Value b) {
  return a && b ? m.mul(a, b) : a ? a : b;
}

SmallVector<Value> weightedElements(ScalarMath &m, Value input,
                                    ArrayRef<Value> position,
                                    ArrayRef<Neighbours> axes) {
  struct Point {
    SmallVector<Value> position;
    Value weight;
  };
  SmallVector<Point> points = {{llvm::to_vector(position), Value()}};
  for (const Neighbours &axis : axes) {
    SmallVector<Point> next;
    for (const Point &point : points)
      for (const Neighbour &neighbour : axis) {
        next.push_back(point);
        next.back().position.push_back(neighbour.index);
        next.back().weight = product(m, point.weight, neighbour.weight);
      }
    points = std::move(next);
  }
  SmallVector<Value> elements;
  for (const Point &point : points) {
    Value element = m.convert(
        tensor::ExtractOp::create(m.builder, m.loc, input, point.position));
    if (point.weight) {
      Value zero = m.number(0);
      Value isNone = m.compare(arith::CmpFPredicate::OEQ, point.weight, zero);
      element = m.select(isNone, zero, m.mul(point.weight, element));
    }
    elements.push_back(element);
  }
  return elements;
}

Value interpolate(ScalarMath &m, Value input, ArrayRef<Value> position,
                  ArrayRef<Neighbours> axes) {
  Value sum;
  for (Value element : weightedElements(m, input, position, axes))
    sum = sum ? m.add(sum, element) : element;
  return sum;
}

LogicalResult checkSampled(NodeImporter &node, int64_t first) {
  if (!isa<FloatType>(node.elementType(0)))
    return node.unsupported("element types other than floats are not taken");
  for (int64_t size : node.shape(0).drop_front(first))
    if (size < 1 || size > kMaxSampledSize)
      return node.error(ErrorCode::BadShape)
             << "an input of shape " << shapeText(node.shape(0))
             << " cannot be sampled: its spatial sizes must lie in [1, 2^24]";
  return success();
}

} // namespace kiln::onnx_import
