//===- ConvolutionOps.cpp - Shapes of convolutions ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Window.h"
#include "kiln/Dialect/NN/IR/NN.h"

using namespace mlir;
using namespace kiln::nn;

namespace {
/// The operands and attributes that both kinds of convolution have.
struct ConvolutionView {
  StringRef name;
  RankedTensorType input;
  RankedTensorType weights;
  RankedTensorType bias; // null where absent
  ArrayRef<int64_t> strides, dilations, padLow, padHigh;
  int64_t groups;

  int64_t spatialRank() const { return input.getRank() - 2; }
  WindowDim window(int64_t i) const {
    return {input.getDimSize(i + 2),
            weights.getDimSize(i + 2),
            strides[i],
            dilations[i],
            padLow[i],
            padHigh[i]};
  }
};

template <typename Adaptor> ConvolutionView viewOf(StringRef name, Adaptor op) {
  return {name,
          cast<RankedTensorType>(op.getInput().getType()),
          cast<RankedTensorType>(op.getWeights().getType()),
          op.getBias() ? cast<RankedTensorType>(op.getBias().getType())
                       : RankedTensorType(),
          op.getStrides(),
          op.getDilations(),
          op.getPadLow(),
          op.getPadHigh(),
          static_cast<int64_t>(op.getGroups())};
}

/// Every message ends with the operands' types.
LogicalResult fail(const ConvolutionView &conv, std::optional<Location> loc,
                   int constraint, const Twine &message) {
  SmallVector<Type> types = {conv.input, conv.weights};
  if (conv.bias)
    types.push_back(conv.bias);
  return constraintError(
      loc, "(" + conv.name + "-C" + Twine(constraint) + ") " + message, types);
}

/// Constraints C1 to C4 and C8, whose numbers the two operations share.
LogicalResult checkCommon(const ConvolutionView &conv,
                          std::optional<Location> loc) {
  int64_t rank = conv.input.getRank();
  if (rank < 3 || rank > 5 || conv.weights.getRank() != rank)
    return fail(conv, loc, 1,
                "expects input and weights of one rank from 3 to 5, got " +
                    Twine(rank) + " and " + Twine(conv.weights.getRank()));
  for (ArrayRef<int64_t> list :
       {conv.strides, conv.dilations, conv.padLow, conv.padHigh})
    if (static_cast<int64_t>(list.size()) != conv.spatialRank())
      return fail(conv, loc, 2,
                  "expects one stride, dilation, low and high padding for "
                  "each of " +
                      Twine(conv.spatialRank()) + " spatial dimensions");
  if (!allWithin(conv.strides, 1) || !allWithin(conv.dilations, 1) ||
      !allWithin(conv.padLow, 0) || !allWithin(conv.padHigh, 0))
    return fail(conv, loc, 3,
                "expects strides and dilations of at least 1 and padding of "
                "at least 0, all below 2^31");
  int64_t channels = conv.input.getDimSize(1);
  if (conv.groups < 1 || conv.groups > kMaxExtent ||
      (!ShapedType::isDynamic(channels) && channels % conv.groups != 0))
    return fail(conv, loc, 4,
                "expects groups (" + Twine(conv.groups) +
                    ") to be at least 1, below 2^31, and to divide the "
                    "input's channels");
  Type element = conv.input.getElementType();
  if (conv.weights.getElementType() != element ||
      (conv.bias && conv.bias.getElementType() != element))
    return fail(conv, loc, 8,
                "expects input, weights and bias of one element type");
  return success();
}

LogicalResult checkBias(const ConvolutionView &conv,
                        std::optional<Location> loc, int64_t outputs) {
  if (conv.bias && !ShapedType::isDynamic(outputs) &&
      !ShapedType::isDynamic(conv.bias.getDimSize(0)) &&
      conv.bias.getDimSize(0) != outputs)
    return fail(conv, loc, 6,
                "expects a bias of " + Twine(outputs) + " elements, got " +
                    Twine(conv.bias.getDimSize(0)));
  return success();
}

bool kernelWithin(const ConvolutionView &conv) {
  return llvm::all_of(conv.weights.getShape().drop_front(2), [](int64_t k) {
    return ShapedType::isDynamic(k) || (k >= 1 && k <= kMaxExtent);
  });
}
} // namespace

LogicalResult ConvOp::inferReturnTypes(MLIRContext *,
                                       std::optional<Location> loc,
                                       Adaptor adaptor,
                                       SmallVectorImpl<Type> &types) {
  ConvolutionView conv = viewOf("conv", adaptor);
  if (failed(checkCommon(conv, loc)))
    return failure();
  int64_t channels = conv.input.getDimSize(1);
  int64_t outputs = conv.weights.getDimSize(0);
  if (!ShapedType::isDynamic(outputs) && outputs % conv.groups != 0)
    return fail(conv, loc, 4,
                "expects groups (" + Twine(conv.groups) +
                    ") to divide the weights' output channels (" +
                    Twine(outputs) + ")");
  int64_t perGroup = conv.weights.getDimSize(1);
  if (!ShapedType::isDynamic(channels) && !ShapedType::isDynamic(perGroup) &&
      perGroup != channels / conv.groups)
    return fail(conv, loc, 5,
                "expects weights with " + Twine(channels / conv.groups) +
                    " input channels a group, got " + Twine(perGroup));
  if (failed(checkBias(conv, loc, outputs)))
    return failure();
  if (!kernelWithin(conv))
    return fail(conv, loc, 7, "expects kernel dimensions of at least 1");

  SmallVector<int64_t> shape = {conv.input.getDimSize(0), outputs};
  for (int64_t i = 0; i < conv.spatialRank(); ++i) {
    WindowDim window = conv.window(i);
    if (ShapedType::isDynamic(window.size) ||
        ShapedType::isDynamic(window.kernel)) {
      shape.push_back(ShapedType::kDynamic);
      continue;
    }
    if (window.size > kMaxExtent)
      return fail(conv, loc, 7, "expects spatial dimensions below 2^31");
    if (windowResultSize(window, false) < 1)
      return fail(conv, loc, 7,
                  "expects the dilated kernel (" +
                      Twine(dilatedKernel(window)) +
                      ") to fit into the padded input (" +
                      Twine(window.size + window.padLow + window.padHigh) +
                      ") along spatial dimension " + Twine(i));
    shape.push_back(windowResultSize(window, false));
  }
  types.push_back(RankedTensorType::get(shape, conv.input.getElementType()));
  return success();
}

LogicalResult ConvTransposeOp::inferReturnTypes(MLIRContext *,
                                                std::optional<Location> loc,
                                                Adaptor adaptor,
                                                SmallVectorImpl<Type> &types) {
  ConvolutionView conv = viewOf("conv_transpose", adaptor);
  if (failed(checkCommon(conv, loc)))
    return failure();
  ArrayRef<int64_t> outputPadding = adaptor.getOutputPadding();
  if (static_cast<int64_t>(outputPadding.size()) != conv.spatialRank())
    return fail(conv, loc, 2,
                "expects one output padding for each of " +
                    Twine(conv.spatialRank()) + " spatial dimensions");
  if (!allWithin(outputPadding, 0))
    return fail(conv, loc, 3, "expects output padding of at least 0");
  int64_t channels = conv.input.getDimSize(1);
  int64_t rows = conv.weights.getDimSize(0);
  if (!ShapedType::isDynamic(channels) && !ShapedType::isDynamic(rows) &&
      rows != channels)
    return fail(conv, loc, 5,
                "expects weights with " + Twine(channels) +
                    " input channels, got " + Twine(rows));
  int64_t perGroup = conv.weights.getDimSize(1);
  if (!ShapedType::isDynamic(perGroup) && perGroup > kMaxExtent)
    return fail(conv, loc, 5, "expects weights with fewer than 2^31 columns");
  int64_t outputs = ShapedType::isDynamic(perGroup) ? ShapedType::kDynamic
                                                    : perGroup * conv.groups;
  if (failed(checkBias(conv, loc, outputs)))
    return failure();
  if (!kernelWithin(conv))
    return fail(conv, loc, 7, "expects kernel dimensions of at least 1");

  SmallVector<int64_t> shape = {conv.input.getDimSize(0), outputs};
  for (int64_t i = 0; i < conv.spatialRank(); ++i) {
    WindowDim window = conv.window(i);
    if (ShapedType::isDynamic(window.size) ||
        ShapedType::isDynamic(window.kernel)) {
      shape.push_back(ShapedType::kDynamic);
      continue;
    }
    // 2^62 at most for either product, once the size is within bounds.
    if (window.size > kMaxExtent)
      return fail(conv, loc, 7, "expects spatial dimensions below 2^31");
    int64_t size = (window.size - 1) * window.stride +
                   (dilatedKernel(window) + outputPadding[i]) - window.padLow -
                   window.padHigh;
    if (size < 0 || size > kMaxExtent)
      return fail(conv, loc, 7,
                  "expects a result that is not negative and below 2^31 along "
                  "spatial dimension " +
                      Twine(i) + ", got " + Twine(size));
    shape.push_back(size);
  }
  types.push_back(RankedTensorType::get(shape, conv.input.getElementType()));
  return success();
}

LogicalResult LinearOp::inferReturnTypes(MLIRContext *,
                                         std::optional<Location> loc,
                                         Adaptor adaptor,
                                         SmallVectorImpl<Type> &types) {
  auto input = cast<RankedTensorType>(adaptor.getInput().getType());
  auto weights = cast<RankedTensorType>(adaptor.getWeights().getType());
  auto bias = adaptor.getBias()
                  ? cast<RankedTensorType>(adaptor.getBias().getType())
                  : RankedTensorType();
  auto fail = [&](const Twine &message) {
    return constraintError(loc, message, adaptor.getOperands().getTypes());
  };
  if (input.getRank() < 1 || weights.getRank() != 2)
    return fail("(linear-C1) expects an input of rank 1 or more and weights "
                "of rank 2");
  int64_t features = input.getShape().back(), columns = weights.getDimSize(1);
  if (!ShapedType::isDynamic(features) && !ShapedType::isDynamic(columns) &&
      features != columns)
    return fail("(linear-C2) expects the input's last dimension (" +
                Twine(features) + ") to be the weights' (" + Twine(columns) +
                ")");
  int64_t outputs = weights.getDimSize(0);
  if (bias && !ShapedType::isDynamic(outputs) &&
      !ShapedType::isDynamic(bias.getDimSize(0)) &&
      bias.getDimSize(0) != outputs)
    return fail("(linear-C3) expects a bias of " + Twine(outputs) +
                " elements, got " + Twine(bias.getDimSize(0)));
  Type element = input.getElementType();
  if (weights.getElementType() != element ||
      (bias && bias.getElementType() != element))
    return fail("(linear-C4) expects input, weights and bias of one element "
                "type");
  SmallVector<int64_t> shape(input.getShape());
  shape.back() = outputs;
  types.push_back(RankedTensorType::get(shape, element));
  return success();
}
