//===- ElementwiseMatch.cpp - What an elementwise operation computes ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ElementwiseMatch.h"

#include "kiln/Dialect/NN/Utils/Constants.h"

#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace kiln::nn;

static constexpr int64_t kMaxChannels = int64_t{1} << 16;
static constexpr int64_t kMaxChannelsOfScalar = 4096;

namespace {
/// A constant operand of an elementwise operation: one value, or one for each
/// index along dimension `axis`.
struct ConstantOperand {
  SmallVector<double> values;
  std::optional<int64_t> axis;
};
} // namespace

/// The operand behind `value`, which is used in the body of `op`, if it is a
/// constant that varies along one loop at most.
static std::optional<ConstantOperand> matchConstant(linalg::GenericOp op,
                                                    Value value) {
  auto argument = dyn_cast<BlockArgument>(value);
  if (!argument) {
    FloatAttr attr;
    if (!matchPattern(value, m_Constant(&attr)))
      return std::nullopt;
    return ConstantOperand{{attr.getValueAsDouble()}, std::nullopt};
  }
  if (argument.getOwner() != op.getBody())
    return std::nullopt;
  OpOperand *operand = op.getMatchingOpOperand(argument);
  std::optional<SmallVector<double>> values = readAsF64(operand->get());
  if (!values || values->empty())
    return std::nullopt;
  ConstantOperand result = {std::move(*values), std::nullopt};
  auto shape = cast<RankedTensorType>(operand->get().getType()).getShape();
  AffineMap map = op.getMatchingIndexingMap(operand);
  for (auto [size, expr] : llvm::zip(shape, map.getResults())) {
    if (size == 1)
      continue;
    auto dim = dyn_cast<AffineDimExpr>(expr);
    if (!dim || result.axis)
      return std::nullopt;
    result.axis = dim.getPosition();
  }
  return result;
}

/// `x op constant` or `constant op x` as a scale and a shift of x.
static std::optional<std::pair<double, double>>
scaleAndShift(Operation *arithmetic, bool isConstantFirst, double value) {
  if (isa<arith::AddFOp>(arithmetic))
    return {{1.0, value}};
  if (isa<arith::SubFOp>(arithmetic))
    return isConstantFirst ? std::pair{-1.0, value} : std::pair{1.0, -value};
  if (isa<arith::MulFOp>(arithmetic))
    return {{value, 0.0}};
  if (isa<arith::DivFOp>(arithmetic) && !isConstantFirst && value != 0)
    return {{1.0 / value, 0.0}};
  return std::nullopt;
}

/// The dimension along which a scalar is spread: the channels where there are
/// some, or else the shortest one. Which makes no difference, save in size.
static std::optional<int64_t> axisForScalar(RankedTensorType type) {
  if (type.getRank() > 1 && !type.isDynamicDim(1) &&
      type.getDimSize(1) <= kMaxChannelsOfScalar)
    return 1;
  std::optional<int64_t> shortest;
  for (int64_t d = 0; d < type.getRank(); ++d)
    if (!type.isDynamicDim(d) &&
        (!shortest || type.getDimSize(d) < type.getDimSize(*shortest)))
      shortest = d;
  return shortest;
}

/// The affine that `op` is of its other operand, which is put into `source`.
std::optional<Affine> kiln::nn::matchAffine(linalg::GenericOp op,
                                            Value &source) {
  if (!isElementwise(op))
    return std::nullopt;
  auto type = cast<RankedTensorType>(op.getResult(0).getType());
  Operation *arithmetic =
      op.getBody()->getTerminator()->getOperand(0).getDefiningOp();
  if (!isa<FloatType>(type.getElementType()) || !arithmetic ||
      arithmetic->getBlock() != op.getBody() ||
      arithmetic->getNumOperands() != 2)
    return std::nullopt;
  for (unsigned i : {0U, 1U}) {
    auto argument = dyn_cast<BlockArgument>(arithmetic->getOperand(i));
    if (!argument || argument.getOwner() != op.getBody())
      continue;
    OpOperand *operand = op.getMatchingOpOperand(argument);
    if (op.isDpsInit(operand) || operand->get().getType() != type ||
        !op.getMatchingIndexingMap(operand).isIdentity())
      continue;
    std::optional<ConstantOperand> constant =
        matchConstant(op, arithmetic->getOperand(1 - i));
    if (!constant)
      continue;
    std::optional<int64_t> axis =
        constant->axis ? constant->axis : axisForScalar(type);
    if (!axis || type.isDynamicDim(*axis) ||
        type.getDimSize(*axis) > kMaxChannels)
      return std::nullopt;
    Affine affine = Affine::identity(type.getDimSize(*axis), *axis);
    for (int64_t c = 0; c < affine.size(); ++c) {
      auto pair = scaleAndShift(arithmetic, /*isConstantFirst=*/i == 1,
                                constant->values[constant->axis ? c : 0]);
      if (!pair)
        return std::nullopt;
      std::tie(affine.scale[c], affine.shift[c]) = *pair;
    }
    source = operand->get();
    return affine.isFinite() ? std::optional(affine) : std::nullopt;
  }
  return std::nullopt;
}

Operation *kiln::nn::matchPayload(Value value, ValueRange &inputs) {
  auto op = value.getDefiningOp<linalg::GenericOp>();
  if (!op || !isElementwise(op))
    return nullptr;
  Operation *payload =
      op.getBody()->getTerminator()->getOperand(0).getDefiningOp();
  if (!payload || payload != &op.getBody()->front() ||
      payload->getNumOperands() != static_cast<unsigned>(op.getNumDpsInputs()))
    return nullptr;
  for (auto [i, input] : llvm::enumerate(op.getInputs()))
    if (input.getType() != value.getType() ||
        !op.getIndexingMapsArray()[i].isIdentity() ||
        payload->getOperand(i) != op.getBody()->getArgument(i))
      return nullptr;
  inputs = op.getInputs();
  return payload;
}
