//===- ConstantEvaluator.cpp - Operations on constants ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ConstantEvaluator.h"

#include "kiln/Dialect/NN/Utils/Constants.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/Matchers.h"
#include "llvm/ADT/TypeSwitch.h"
#include <cmath>

using namespace mlir;

namespace kiln::nn {

//===----------------------------------------------------------------------===//
// Moving elements
//===----------------------------------------------------------------------===//

/// The elements `source(0)`, `source(1)`, ... of `value` as a tensor of `type`.
static ElementsAttr gather(Value value, RankedTensorType type,
                           function_ref<int64_t(int64_t)> source) {
  SmallVector<char> storage;
  std::optional<ArrayRef<char>> bytes = rawBytes(getConstant(value), storage);
  if (!bytes)
    return {};
  size_t width = (type.getElementTypeBitWidth() + 7) / 8;
  SmallVector<char, 0> result;
  result.reserve(width * type.getNumElements());
  for (int64_t i = 0; i < type.getNumElements(); ++i)
    llvm::append_range(result, bytes->slice(source(i) * width, width));
  return makeElementsFromBytes(type, result);
}

/// Splits an index in C order into `shape` and adds up what each coordinate
/// moves: coordinates[d] * strides[d].
static int64_t walkIndex(int64_t index, ArrayRef<int64_t> shape,
                         ArrayRef<int64_t> strides) {
  int64_t sum = 0;
  for (size_t d = shape.size(); d-- > 0; index /= shape[d])
    sum += index % shape[d] * strides[d];
  return sum;
}

static SmallVector<int64_t> stridesOf(ArrayRef<int64_t> shape) {
  SmallVector<int64_t> strides(shape.size(), 1);
  for (size_t d = shape.size(); d-- > 1;)
    strides[d - 1] = strides[d] * shape[d];
  return strides;
}

static ElementsAttr evaluate(linalg::TransposeOp op, RankedTensorType type) {
  auto source = cast<RankedTensorType>(op.getInput().getType());
  SmallVector<int64_t> from = stridesOf(source.getShape()), strides;
  for (int64_t d : op.getPermutation())
    strides.push_back(from[d]);
  return gather(op.getInput(), type, [&](int64_t i) {
    return walkIndex(i, type.getShape(), strides);
  });
}

static ElementsAttr evaluate(tensor::ExtractSliceOp op, RankedTensorType type) {
  auto isDynamic = [](int64_t v) { return ShapedType::isDynamic(v); };
  if (llvm::any_of(op.getStaticOffsets(), isDynamic) ||
      llvm::any_of(op.getStaticSizes(), isDynamic) ||
      llvm::any_of(op.getStaticStrides(), isDynamic))
    return {};
  SmallVector<int64_t> strides = stridesOf(op.getSourceType().getShape());
  int64_t first = 0;
  for (size_t d = 0; d < strides.size(); ++d) {
    first += op.getStaticOffsets()[d] * strides[d];
    strides[d] *= op.getStaticStrides()[d];
  }
  return gather(op.getSource(), type, [&](int64_t i) {
    return first + walkIndex(i, op.getStaticSizes(), strides);
  });
}

static ElementsAttr evaluate(tensor::ConcatOp op, RankedTensorType type) {
  size_t width = (type.getElementTypeBitWidth() + 7) / 8;
  size_t dim = op.getDim();
  int64_t outer = 1, inner = static_cast<int64_t>(width);
  for (size_t d = 0; d < dim; ++d)
    outer *= type.getDimSize(d);
  for (int64_t d = dim + 1; d < type.getRank(); ++d)
    inner *= type.getDimSize(d);
  SmallVector<SmallVector<char>> storage(op.getInputs().size());
  SmallVector<char, 0> result;
  result.reserve(width * type.getNumElements());
  for (int64_t o = 0; o < outer; ++o)
    for (auto [i, input] : llvm::enumerate(op.getInputs())) {
      std::optional<ArrayRef<char>> bytes =
          rawBytes(getConstant(input), storage[i]);
      if (!bytes)
        return {};
      int64_t row =
          cast<RankedTensorType>(input.getType()).getDimSize(dim) * inner;
      llvm::append_range(result, bytes->slice(o * row, row));
    }
  return makeElementsFromBytes(type, result);
}

//===----------------------------------------------------------------------===//
// Arithmetic
//===----------------------------------------------------------------------===//

static std::optional<double> evaluatePayload(Operation *op,
                                             ArrayRef<double> in) {
  return TypeSwitch<Operation *, std::optional<double>>(op)
      .Case([&](arith::AddFOp) { return in[0] + in[1]; })
      .Case([&](arith::SubFOp) { return in[0] - in[1]; })
      .Case([&](arith::MulFOp) { return in[0] * in[1]; })
      .Case([&](arith::DivFOp) { return in[0] / in[1]; })
      .Case([&](arith::NegFOp) { return -in[0]; })
      .Case([&](math::SqrtOp) { return std::sqrt(in[0]); })
      .Case([&](math::ExpOp) { return std::exp(in[0]); })
      .Case([&](math::LogOp) { return std::log(in[0]); })
      .Case([&](math::AbsFOp) { return std::fabs(in[0]); })
      .Case([&](math::PowFOp) { return std::pow(in[0], in[1]); })
      .Default([](Operation *) { return std::nullopt; });
}

namespace {
/// One input of an elementwise operation.
struct Input {
  SmallVector<double> values;
  SmallVector<int64_t> strides; ///< by loop
};
} // namespace

static std::optional<Input> readInput(linalg::GenericOp op, OpOperand *operand,
                                      int64_t loops) {
  auto type = dyn_cast<RankedTensorType>(operand->get().getType());
  std::optional<SmallVector<double>> values = readAsF64(operand->get());
  if (!type || !values || !isa<FloatType>(type.getElementType()))
    return std::nullopt;
  Input input = {std::move(*values), SmallVector<int64_t>(loops, 0)};
  SmallVector<int64_t> strides = stridesOf(type.getShape());
  AffineMap map = op.getMatchingIndexingMap(operand);
  for (auto [expr, stride] : llvm::zip(map.getResults(), strides)) {
    auto dim = dyn_cast<AffineDimExpr>(expr);
    auto constant = dyn_cast<AffineConstantExpr>(expr);
    if (!dim && (!constant || constant.getValue() != 0))
      return std::nullopt;
    if (dim)
      input.strides[dim.getPosition()] += stride;
  }
  return input;
}

static ElementsAttr evaluate(linalg::GenericOp op, RankedTensorType type) {
  if (!isElementwise(op) || !isa<FloatType>(type.getElementType()))
    return {};
  SmallVector<Input> inputs;
  for (OpOperand *operand : op.getDpsInputOperands()) {
    std::optional<Input> input = readInput(op, operand, type.getRank());
    if (!input)
      return {};
    inputs.push_back(std::move(*input));
  }
  Block *body = op.getBody();
  SmallVector<double> result;
  DenseMap<Value, double> values;
  for (int64_t i = 0; i < type.getNumElements(); ++i) {
    values.clear();
    for (auto [input, argument] : llvm::zip(inputs, body->getArguments()))
      values[argument] =
          input.values[walkIndex(i, type.getShape(), input.strides)];
    auto valueOf = [&](Value value) -> std::optional<double> {
      FloatAttr attr;
      if (auto known = values.find(value); known != values.end())
        return known->second;
      if (matchPattern(value, m_Constant(&attr)))
        return attr.getValueAsDouble();
      return std::nullopt;
    };
    for (Operation &payload : body->without_terminator()) {
      SmallVector<double> operands;
      for (Value operand : payload.getOperands()) {
        std::optional<double> value = valueOf(operand);
        if (!value)
          return {};
        operands.push_back(*value);
      }
      if (isa<arith::ConstantOp>(payload))
        continue;
      std::optional<double> value = evaluatePayload(&payload, operands);
      if (!value)
        return {};
      values[payload.getResult(0)] =
          roundToType(*value, payload.getResult(0).getType());
    }
    std::optional<double> value = valueOf(body->getTerminator()->getOperand(0));
    if (!value)
      return {};
    result.push_back(*value);
  }
  return makeElements(type, result);
}

//===----------------------------------------------------------------------===//
// Batch normalisation
//===----------------------------------------------------------------------===//

/// `(x - mean) / sqrt(variance + epsilon) * scale + offset`, rounded once.
/// Without mean and variance, those of the input itself: two passes in f64.
static ElementsAttr normalise(Value input, Value scale, Value offset,
                              Value mean, Value variance, double epsilon) {
  auto type = cast<RankedTensorType>(input.getType());
  std::optional<SmallVector<double>> x = readAsF64(input), s = readAsF64(scale),
                                     o = readAsF64(offset);
  if (!x || !s || !o || type.getNumElements() == 0)
    return {};
  int64_t channels = type.getDimSize(1);
  int64_t inner = stridesOf(type.getShape())[1];
  double count = static_cast<double>(type.getNumElements()) /
                 static_cast<double>(channels);
  auto channelOf = [&](size_t i) { return i / inner % channels; };
  SmallVector<double> m(channels, 0.0), v(channels, 0.0);
  if (mean) {
    std::optional<SmallVector<double>> means = readAsF64(mean),
                                       variances = readAsF64(variance);
    if (!means || !variances)
      return {};
    m = std::move(*means);
    v = std::move(*variances);
  } else {
    for (auto [i, value] : llvm::enumerate(*x))
      m[channelOf(i)] += value / count;
    for (auto [i, value] : llvm::enumerate(*x))
      v[channelOf(i)] += std::pow(value - m[channelOf(i)], 2) / count;
  }
  for (auto [i, value] : llvm::enumerate(*x)) {
    size_t c = channelOf(i);
    // Bad statistics are diagnosed where they are, not hidden in a constant.
    if (!(v[c] >= 0 && v[c] + epsilon > 0))
      return {};
    value = (value - m[c]) / std::sqrt(v[c] + epsilon) * (*s)[c] + (*o)[c];
    if (!std::isfinite(value))
      return {};
  }
  return makeElements(type, *x);
}

//===----------------------------------------------------------------------===//
// Dispatch
//===----------------------------------------------------------------------===//

static bool mayGrowTo(Operation *op, RankedTensorType type, int64_t maxGrowth) {
  int64_t largest = 0;
  for (Value operand : op->getOperands())
    if (ElementsAttr constant = getConstant(operand))
      largest = std::max(largest, constant.getNumElements());
  return type.getNumElements() <= largest + maxGrowth;
}

ElementsAttr evaluateOnConstants(Operation *op, int64_t maxGrowth) {
  if (op->getNumResults() == 0)
    return {};
  auto type = dyn_cast<RankedTensorType>(op->getResult(0).getType());
  if (!type || !type.hasStaticShape() ||
      !type.getElementType().isIntOrFloat() || !mayGrowTo(op, type, maxGrowth))
    return {};
  auto isConstant = [](Value value) { return getConstant(value) != nullptr; };
  auto linalgOp = dyn_cast<linalg::LinalgOp>(op);
  if (linalgOp
          ? !llvm::all_of(linalgOp.getDpsInputs(), isConstant)
          : !isConstant(op->getNumOperands() ? op->getOperand(0) : Value()))
    return {};
  return TypeSwitch<Operation *, ElementsAttr>(op)
      .Case<linalg::TransposeOp, linalg::GenericOp, tensor::ExtractSliceOp>(
          [&](auto o) { return evaluate(o, type); })
      .Case([&](tensor::ConcatOp concat) {
        return llvm::all_of(concat.getInputs(), isConstant)
                   ? evaluate(concat, type)
                   : ElementsAttr();
      })
      .Case<tensor::CollapseShapeOp, tensor::ExpandShapeOp>([&](auto reshape) {
        return gather(reshape.getSrc(), type, [](int64_t i) { return i; });
      })
      .Case([&](BatchNormTrainingOp o) {
        return normalise(o.getInput(), o.getScale(), o.getOffset(), {}, {},
                         o.getEpsilon().convertToDouble());
      })
      .Case([&](BatchNormInferenceOp o) {
        return normalise(o.getInput(), o.getScale(), o.getOffset(), o.getMean(),
                         o.getVariance(), o.getEpsilon().convertToDouble());
      })
      .Default([](Operation *) { return ElementsAttr(); });
}

} // namespace kiln::nn
