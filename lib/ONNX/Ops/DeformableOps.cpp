//===- DeformableOps.cpp - Deformable convolutions from ONNX ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// The columns of a convolution are the elements under its window, one column
// for each position. Here each element is read where an offset moves it, and a
// convolution of size 1 takes the columns.
//===----------------------------------------------------------------------===//

#include "Sampling.h"
#include "WindowAttributes.h"

#include "kiln/Dialect/NN/Utils/Constants.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"

using namespace mlir;

namespace kiln::onnx_import {

namespace {
/// X is [N, C, H, W], the kernel [KH, KW], the result's positions [OH, OW].
struct Deformation : WindowAttributes {
  int64_t offsetGroups;
  SmallVector<int64_t> kernel, positions;
  int64_t taps() const { return kernel[0] * kernel[1]; }
};
} // namespace

static FailureOr<Deformation> readDeformation(NodeImporter &node) {
  if (node.rank(0) != 4 || node.rank(1) != 4 || node.rank(2) != 4)
    return node.unsupported("other than 2 spatial dimensions are not taken");
  SmallVector<int64_t> kernel(node.shape(1).drop_front(2));
  if (node.hasAttr("kernel_shape") &&
      node.getInts("kernel_shape") != ArrayRef(kernel))
    return node.error(ErrorCode::BadShape)
           << "kernel_shape " << shapeText(node.getInts("kernel_shape"))
           << " contradicts the weights " << shapeText(node.shape(1));
  FailureOr<WindowAttributes> attributes =
      readWindow(node, node.shape(0).drop_front(2), kernel);
  if (failed(attributes) || failed(checkSampled(node, 2)))
    return failure();
  Deformation result{*attributes, node.getInt("offset_group", 1), kernel, {}};
  for (size_t i : {size_t{0}, size_t{1}}) {
    int64_t room = node.shape(0)[2 + i] + result.padLow[i] + result.padHigh[i] -
                   (result.dilations[i] * (kernel[i] - 1) + 1);
    if (room < 0)
      return node.error(ErrorCode::BadShape)
             << "the dilated kernel does not fit into the padded input along "
                "spatial dimension "
             << i;
    result.positions.push_back(room / result.strides[i] + 1);
  }
  return result;
}

static LogicalResult checkDeformation(NodeImporter &node,
                                      const Deformation &d) {
  int64_t batch = node.shape(0)[0], channels = node.shape(0)[1];
  int64_t groups = node.getInt("group", 1);
  bool fits = d.offsetGroups >= 1 && channels % d.offsetGroups == 0 &&
              groups >= 1 && channels % groups == 0 &&
              node.shape(1)[1] == channels / groups &&
              node.shape(1)[0] % groups == 0;
  for (size_t input : {size_t{2}, size_t{4}}) {
    if (!node.hasInput(input))
      continue;
    int64_t rows;
    int64_t per = d.taps() * (input == 2 ? 2 : 1);
    fits &= !llvm::MulOverflow(d.offsetGroups, per, rows) &&
            node.shape(input) ==
                ArrayRef({batch, rows, d.positions[0], d.positions[1]}) &&
            node.elementType(input) == node.elementType(0);
  }
  fits &= !node.hasInput(3) || node.rank(3) == 1;
  if (fits && node.elementType(1) == node.elementType(0))
    return success();
  return node.error(ErrorCode::BadShape)
         << "input " << shapeText(node.shape(0)) << ", weights "
         << shapeText(node.shape(1)) << ", offsets " << shapeText(node.shape(2))
         << (node.hasInput(4) ? " and mask " + shapeText(node.shape(4)) : "")
         << " do not fit " << groups << " groups, " << d.offsetGroups
         << " offset groups and positions " << shapeText(d.positions)
         << ", or differ in element type";
}

/// Where taps lie before they are moved, along one dimension:
/// [1, 1, 1, taps, OH or 1, OW or 1].
static Value tapCoordinates(NodeImporter &node, const Deformation &d, size_t i,
                            Type type) {
  SmallVector<double> values;
  for (int64_t tap = 0; tap < d.taps(); ++tap) {
    int64_t k = i == 0 ? tap / d.kernel[1] : tap % d.kernel[1];
    for (int64_t p = 0; p < d.positions[i]; ++p)
      values.push_back(static_cast<double>(p * d.strides[i] +
                                           k * d.dilations[i] - d.padLow[i]));
  }
  SmallVector<int64_t> shape = {1, 1, 1, d.taps(), 1, 1};
  shape[4 + i] = d.positions[i];
  return nn::createConstant(node.builder(), node.loc(),
                            RankedTensorType::get(shape, type), values);
}

/// The columns [N, offset groups, channels of each, taps, OH, OW].
static Value createColumns(NodeImporter &node, const Deformation &d,
                           ArrayRef<int64_t> shape) {
  OpBuilder &builder = node.builder();
  ArrayRef<int64_t> image = node.shape(0);
  int64_t rows = shape[4], columns = shape[5];
  Type element = node.elementType(0), type = arithmeticType(element, element);
  Value input =
      createReshape(builder, node.loc(), node.value(0),
                    {shape[0], shape[1], shape[2], image[2], image[3]});
  Value offsets =
      createReshape(builder, node.loc(), node.value(2),
                    {shape[0], shape[1], d.taps(), 2, rows, columns});
  SmallVector<Value> operands;
  SmallVector<int64_t> moved = {shape[0], shape[1], 1, d.taps(), rows, columns};
  for (int64_t i : {0, 1}) {
    Value part = createSlice(builder, node.loc(), offsets, {0, 0, 0, i, 0, 0},
                             {shape[0], shape[1], d.taps(), 1, rows, columns},
                             {1, 1, 1, 1, 1, 1});
    operands.push_back(createReshape(builder, node.loc(), part, moved));
    operands.push_back(tapCoordinates(node, d, i, type));
  }
  if (node.hasInput(4))
    operands.push_back(
        createReshape(builder, node.loc(), node.value(4), moved));
  return createElementwise(
      builder, node.loc(), shape, element, operands,
      [&](OpBuilder &b, Location loc, ValueRange args) -> Value {
        ScalarMath m(b, loc, type);
        SmallVector<Neighbours> axes;
        for (size_t i : {size_t{0}, size_t{1}})
          axes.push_back(
              neighboursAt(m, m.add(m.convert(args[2 * i]), args[2 * i + 1]),
                           image[2 + i], SamplingMode()));
        SmallVector<Value> position;
        for (int64_t dim : {0, 1, 2})
          position.push_back(linalg::IndexOp::create(b, loc, dim));
        Value sum = interpolate(m, input, position, axes);
        if (args.size() > 4)
          sum = m.mul(sum, m.convert(args[4]));
        return type == element ? sum : createCast(b, loc, sum, element);
      });
}

static LogicalResult importDeformConv(NodeImporter &node) {
  FailureOr<Deformation> d = readDeformation(node);
  if (failed(d) || failed(checkDeformation(node, *d)))
    return failure();
  ArrayRef<int64_t> input = node.shape(0), weights = node.shape(1);
  SmallVector<int64_t> shape = {
      input[0],  d->offsetGroups, input[1] / d->offsetGroups,
      d->taps(), d->positions[0], d->positions[1]};
  if (failed(node.checkSize(shape)))
    return failure();
  // The coordinates of taps stand in the compiled net.
  for (int64_t positions : d->positions)
    if (d->taps() > kMaxSampledSize / positions)
      return node.error(ErrorCode::BadShape)
             << d->taps() << " taps at " << shapeText(d->positions)
             << " positions are too many: at most 2^24 along a dimension";
  OpBuilder &b = node.builder();
  Value columns = createReshape(
      b, node.loc(), createColumns(node, *d, shape),
      {input[0], input[1] * d->taps(), d->positions[0], d->positions[1]});
  SmallVector<int64_t> flat = {weights[0], weights[1] * d->taps(), 1, 1};
  TensorRef known = node.host(1);
  SmallVector<Value> operands = {
      columns, known ? node.createConstant(reshapeHost(*known, flat))
                     : createReshape(b, node.loc(), node.value(1), flat)};
  if (node.hasInput(3))
    operands.push_back(node.value(3));
  nn::ConvOp::Properties properties;
  properties.strides = properties.dilations = b.getDenseI64ArrayAttr({1, 1});
  properties.pad_low = properties.pad_high = b.getDenseI64ArrayAttr({0, 0});
  properties.groups = b.getI64IntegerAttr(node.getInt("group", 1));
  auto conv = node.create<nn::ConvOp>(operands, std::move(properties));
  return failed(conv) ? failure() : node.setResult(0, conv->getResult());
}

ArrayRef<Operator> deformableOperators() {
  static const Operator operators[] = {
      {"DeformConv", 19, kLatest, 3, 5, 1,
       "dilations:I group:i kernel_shape:I offset_group:i pads:I strides:I",
       importDeformConv, "floats", "2 spatial dimensions"},
  };
  return operators;
}

} // namespace kiln::onnx_import
