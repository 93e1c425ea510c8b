//===- RegionOps.cpp - Regions of interest from ONNX ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Sampling.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

#include <limits>

using namespace mlir;

namespace kiln::onnx_import {

namespace {
/// RoiAlign's attributes.
struct Alignment {
  int64_t height, width, samples;
  double scale;
  /// How far the regions are moved before they are sampled.
  double shift;
  /// Regions have at least one element.
  bool hasLeastSize;
  bool isMax;
};
} // namespace

static FailureOr<Alignment> readAlignment(NodeImporter &node) {
  bool isOld = node.opset() < 16;
  StringRef mode = node.getString("mode", "avg");
  StringRef coordinates =
      node.getString("coordinate_transformation_mode",
                     isOld ? "output_half_pixel" : "half_pixel");
  if (mode != "avg" && mode != "max")
    return node.error(ErrorCode::BadAttribute)
           << "mode is " << quoted(mode) << "; avg and max are known";
  if (coordinates != "half_pixel" && coordinates != "output_half_pixel")
    return node.error(ErrorCode::BadAttribute)
           << "coordinate_transformation_mode " << quoted(coordinates)
           << " is not known";
  bool isShifted = coordinates == "half_pixel";
  Alignment alignment = {node.getInt("output_height", 1),
                         node.getInt("output_width", 1),
                         node.getInt("sampling_ratio", 0),
                         node.getFloat("spatial_scale", 1.0f),
                         isShifted ? 0.5 : 0.0,
                         !isShifted,
                         mode == "max"};
  for (int64_t value : {alignment.height, alignment.width, alignment.samples})
    if (value < 0 || value >= int64_t{1} << 24)
      return node.error(ErrorCode::BadAttribute)
             << "output_height, output_width or sampling_ratio is " << value
             << ", which is not in [0, 2^24)";
  if (alignment.samples == 0)
    return node.unsupported(
        "sampling_ratio 0 takes as many samples as each region is large, "
        "which is known at run time alone; give a positive one");
  return alignment;
}

static LogicalResult checkRegions(NodeImporter &node) {
  if (node.rank(0) != 4 || node.rank(1) != 2 || node.shape(1)[1] != 4 ||
      node.rank(2) != 1 || node.shape(2)[0] != node.shape(1)[0])
    return node.error(ErrorCode::BadShape)
           << "input " << shapeText(node.shape(0)) << ", regions "
           << shapeText(node.shape(1)) << " and batch indices "
           << shapeText(node.shape(2)) << " do not fit: NxCxHxW, Rx4 and R do";
  if (node.elementType(0) != node.elementType(1) ||
      !node.elementType(2).isSignlessInteger())
    return node.error(ErrorCode::BadModel)
           << "input and regions must have one element type and the batch "
              "indices an integer one";
  if (node.shape(0)[0] < 1)
    return node.error(ErrorCode::BadShape) << "the batch is empty";
  return checkSampled(node, 2);
}

/// Column `i` of the regions, [R, 1, 1].
static Value columnOf(NodeImporter &node, int64_t i) {
  int64_t count = node.shape(1)[0];
  OpBuilder &b = node.builder();
  Value column =
      createSlice(b, node.loc(), node.value(1), {0, i}, {count, 1}, {1, 1});
  return createReshape(b, node.loc(), column, {count, 1, 1});
}

/// Where samples lie along one dimension, in elements of the input:
/// [R, bins, samples]. Columns `first` and `first + 2` hold start and end.
static Value samplesAlong(NodeImporter &node, const Alignment &alignment,
                          int64_t first, int64_t bins, Type type) {
  SmallVector<int64_t> shape = {node.shape(1)[0], bins, alignment.samples};
  Value operands[] = {columnOf(node, first), columnOf(node, first + 2)};
  return createElementwise(
      node.builder(), node.loc(), shape, type, operands,
      [&](OpBuilder &b, Location loc, ValueRange args) -> Value {
        ScalarMath m(b, loc, type);
        auto place = [&](Value x) {
          Value scaled = m.mul(m.convert(x), m.number(alignment.scale));
          return m.sub(scaled, m.number(alignment.shift));
        };
        Value start = place(args[0]), length = m.sub(place(args[1]), start);
        if (alignment.hasLeastSize) {
          Value one = m.number(1);
          Value isSmall = m.compare(arith::CmpFPredicate::OLT, length, one);
          length = m.select(isSmall, one, length);
        }
        Value bin = m.div(length, m.number(static_cast<double>(bins)));
        Value p = m.convert(linalg::IndexOp::create(b, loc, 1));
        Value s = m.convert(linalg::IndexOp::create(b, loc, 2));
        Value part = m.div(m.add(s, m.number(0.5)),
                           m.number(static_cast<double>(alignment.samples)));
        return m.add(start, m.mul(m.add(p, part), bin));
      });
}

/// What is read at coordinate `x`: up to one element outside counts as the
/// border, what lies further away counts nothing.
static Neighbours regionNeighbours(ScalarMath &m, Value x, int64_t size) {
  auto last = static_cast<double>(size - 1);
  Value isInside = m.isWithin(x, -1, last + 1);
  x = m.clamp(x, 0, last);
  Value base = m.floor(x), ratio = m.sub(x, base), zero = m.number(0);
  Value next = m.add(base, m.number(1));
  return {{m.toIndex(base, size),
           m.select(isInside, m.sub(m.number(1), ratio), zero)},
          {m.toIndex(next, size), m.select(isInside, ratio, zero)}};
}

/// An index of the batch from the file's user, kept inside it.
static Value batchIndex(OpBuilder &b, Location loc, Value index, int64_t size) {
  auto bound = [&](int64_t value) {
    return createNumber(b, loc, index.getType(), static_cast<double>(value));
  };
  index = arith::MaxSIOp::create(b, loc, index, bound(0));
  index = arith::MinSIOp::create(b, loc, index, bound(size - 1));
  return arith::IndexCastOp::create(b, loc, b.getIndexType(), index);
}

/// Joins the samples of each bin: [R, C, height, width]. With `max`, ONNX joins
/// the weighted elements themselves, not the interpolated samples.
static Value joinSamples(NodeImporter &node, const Alignment &alignment,
                         Value ys, Value xs, Type type) {
  OpBuilder &builder = node.builder();
  ArrayRef<int64_t> input = node.shape(0);
  SmallVector<int64_t> shape = {node.shape(1)[0], input[1], alignment.height,
                                alignment.width};
  auto map = [&](ArrayRef<unsigned> dims) {
    SmallVector<AffineExpr> results;
    for (unsigned dim : dims)
      results.push_back(builder.getAffineDimExpr(dim));
    return AffineMap::get(6, 0, results, builder.getContext());
  };
  AffineMap maps[] = {map({0, 2, 4}), map({0, 3, 5}), map({0}),
                      map({0, 1, 2, 3})};
  SmallVector<utils::IteratorType> loops(6, utils::IteratorType::parallel);
  loops[4] = loops[5] = utils::IteratorType::reduction;
  Value image = node.value(0), batches = node.value(2);
  Value init = createFilled(
      builder, node.loc(), shape, type,
      alignment.isMax ? -std::numeric_limits<double>::infinity() : 0);
  auto body = [&](OpBuilder &b, Location loc, ValueRange args) {
    ScalarMath m(b, loc, type);
    Neighbours axes[] = {regionNeighbours(m, args[0], input[2]),
                         regionNeighbours(m, args[1], input[3])};
    Value position[] = {batchIndex(b, loc, args[2], input[0]),
                        linalg::IndexOp::create(b, loc, 1)};
    Value result = args[3];
    for (Value element : weightedElements(m, image, position, axes))
      result = createScalar(b, loc,
                            alignment.isMax ? BinaryKind::Max : BinaryKind::Add,
                            result, element);
    linalg::YieldOp::create(b, loc, result);
  };
  return linalg::GenericOp::create(
             builder, node.loc(), TypeRange{init.getType()},
             ValueRange{ys, xs, batches}, init, maps, loops, body)
      .getResult(0);
}

static LogicalResult importRoiAlign(NodeImporter &node) {
  FailureOr<Alignment> alignment = readAlignment(node);
  if (failed(alignment) || failed(checkRegions(node)))
    return failure();
  int64_t regions = node.shape(1)[0], samples = alignment->samples;
  if (failed(node.checkSize(
          {regions, node.shape(0)[1], alignment->height, alignment->width})) ||
      failed(node.checkSize({regions, alignment->height, samples})) ||
      failed(node.checkSize({regions, alignment->width, samples})))
    return failure();
  Type element = node.elementType(0), type = arithmeticType(element, element);
  Value ys = samplesAlong(node, *alignment, 1, alignment->height, type);
  Value xs = samplesAlong(node, *alignment, 0, alignment->width, type);
  Value joined = joinSamples(node, *alignment, ys, xs, type);
  if (alignment->isMax && type == element)
    return node.setResult(0, joined);
  double count = alignment->isMax ? 1 : static_cast<double>(samples * samples);
  return node.setResult(
      0, createElementwise(node.builder(), node.loc(), shapeOf(joined), element,
                           joined,
                           [&](OpBuilder &b, Location loc, ValueRange args) {
                             ScalarMath m(b, loc, type);
                             Value mean = m.div(args[0], m.number(count));
                             return type == element
                                        ? mean
                                        : createCast(b, loc, mean, element);
                           }));
}

//===----------------------------------------------------------------------===//
// What depends on the data
//===----------------------------------------------------------------------===//

static LogicalResult refuseMaxRoiPool(NodeImporter &node) {
  return node.unsupported("the size of its bins is that of regions known at "
                          "run time alone; RoiAlign with a sampling_ratio is "
                          "taken");
}

static LogicalResult refuseMaxUnpool(NodeImporter &node) {
  return node.unsupported("it writes to places that are computed at run time, "
                          "any number of times to each; Resize and "
                          "ConvTranspose enlarge without indices");
}

static LogicalResult refuseNonMaxSuppression(NodeImporter &node) {
  return node.unsupported("how many boxes it selects depends on the data, and "
                          "a static graph has no tensor of such a shape; cut "
                          "the net before it");
}

ArrayRef<Operator> regionOperators() {
  static const Operator operators[] = {
      {"MaxRoiPool", 1, kLatest, 2, 2, 1, "pooled_shape:I! spatial_scale:f",
       refuseMaxRoiPool, "", "refused: its bins are known at run time alone"},
      {"MaxUnpool", 9, kLatest, 2, 3, 1, "kernel_shape:I! pads:I strides:I",
       refuseMaxUnpool, "",
       "refused: it writes to places known at run time alone"},
      {"NonMaxSuppression", 10, kLatest, 2, 5, 1, "center_point_box:i",
       refuseNonMaxSuppression, "",
       "refused: the shape of its result depends on the data"},
      {"RoiAlign", 10, 15, 3, 3, 1,
       "mode:s output_height:i output_width:i sampling_ratio:i "
       "spatial_scale:f",
       importRoiAlign, "floats",
       "sampling_ratio must be positive; max joins weighted elements as "
       "onnxruntime does"},
      {"RoiAlign", 16, kLatest, 3, 3, 1,
       "coordinate_transformation_mode:s mode:s output_height:i "
       "output_width:i sampling_ratio:i spatial_scale:f",
       importRoiAlign, "floats",
       "sampling_ratio must be positive; max joins weighted elements as "
       "onnxruntime does"},
  };
  return operators;
}

} // namespace kiln::onnx_import
