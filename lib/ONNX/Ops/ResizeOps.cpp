//===- ResizeOps.cpp - Resize and Upsample from ONNX ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ResizeScaling.h"

#include "llvm/ADT/StringSwitch.h"

using namespace mlir;

namespace kiln::onnx_import {

static FailureOr<nn::ResizeModeAttr> readMode(NodeImporter &node) {
  StringRef text = node.getString("mode", "nearest");
  auto mode = llvm::StringSwitch<std::optional<nn::ResizeMode>>(text)
                  .Case("nearest", nn::ResizeMode::Nearest)
                  .Cases({"linear", "bilinear"}, nn::ResizeMode::Linear)
                  .Case("cubic", nn::ResizeMode::Cubic)
                  .Default(std::nullopt);
  if (!mode)
    return node.error(ErrorCode::BadAttribute)
           << "mode is " << quoted(text)
           << "; nearest, linear and cubic are known";
  return nn::ResizeModeAttr::get(node.context(), *mode);
}

static FailureOr<nn::CoordinatesAttr> readCoordinates(NodeImporter &node) {
  if (node.opset() < 11) // Upsample, and Resize of opset 10
    return nn::CoordinatesAttr::get(node.context(),
                                    nn::Coordinates::Asymmetric);
  StringRef text =
      node.getString("coordinate_transformation_mode", "half_pixel");
  std::optional<nn::Coordinates> kind = nn::symbolizeCoordinates(text);
  if (!kind)
    return node.error(ErrorCode::BadAttribute)
           << "coordinate_transformation_mode " << quoted(text)
           << " is not known";
  return nn::CoordinatesAttr::get(node.context(), *kind);
}

/// Opset 10 rounded down when enlarging and up when shrinking.
static FailureOr<nn::RoundingAttr> readRounding(NodeImporter &node,
                                                ArrayRef<double> scales) {
  auto rounding = [&](nn::Rounding kind) {
    return nn::RoundingAttr::get(node.context(), kind);
  };
  if (node.opset() < 11) {
    bool shrinks = llvm::any_of(scales, [](double s) { return s < 1; });
    bool grows = llvm::any_of(scales, [](double s) { return s > 1; });
    if (shrinks && grows && node.getString("mode", "nearest") == "nearest")
      return node.unsupported("enlarging one dimension and shrinking another "
                              "by nearest is not defined before opset 11");
    return rounding(shrinks ? nn::Rounding::Ceil : nn::Rounding::Floor);
  }
  StringRef text = node.getString("nearest_mode", "round_prefer_floor");
  std::optional<nn::Rounding> kind = nn::symbolizeRounding(text);
  if (!kind)
    return node.error(ErrorCode::BadAttribute)
           << "nearest_mode " << quoted(text) << " is not known";
  return rounding(*kind);
}

/// What does not differ from dimension to dimension.
static FailureOr<nn::ResizeOp::Properties> readFilter(NodeImporter &node,
                                                      const Scaling &scaling) {
  FailureOr<nn::ResizeModeAttr> mode = readMode(node);
  FailureOr<nn::CoordinatesAttr> coordinates = readCoordinates(node);
  FailureOr<nn::RoundingAttr> rounding = readRounding(node, scaling.scales);
  if (failed(mode) || failed(coordinates) || failed(rounding))
    return failure();
  Builder &b = node.builder();
  nn::ResizeOp::Properties properties;
  properties.mode = *mode;
  properties.coordinates = *coordinates;
  properties.rounding = *rounding;
  properties.cubic_coefficient =
      b.getF64FloatAttr(node.getFloat("cubic_coeff_a", -0.75f));
  properties.extrapolation_value =
      b.getF64FloatAttr(node.getFloat("extrapolation_value", 0.0f));
  if (node.getInt("exclude_outside", 0) != 0)
    properties.exclude_outside = b.getUnitAttr();
  if (node.getInt("antialias", 0) != 0)
    properties.antialias = b.getUnitAttr();
  return properties;
}

/// Resizes the spatial dimensions of [N, C, spatial...].
static FailureOr<Value> resizeSpatial(NodeImporter &node, Value input,
                                      nn::ResizeOp::Properties properties,
                                      ArrayRef<int64_t> sizes,
                                      ArrayRef<double> scales,
                                      ArrayRef<double> starts,
                                      ArrayRef<double> ends) {
  Builder &b = node.builder();
  properties.sizes = b.getDenseI64ArrayAttr(sizes);
  properties.scales = b.getDenseF64ArrayAttr(scales);
  if (properties.coordinates.getValue() == nn::Coordinates::TfCropAndResize) {
    SmallVector<double> roi(starts);
    llvm::append_range(roi, ends);
    properties.roi = b.getDenseF64ArrayAttr(roi);
  }
  auto resize = node.create<nn::ResizeOp>(input, properties);
  if (failed(resize))
    return failure();
  return resize->getResult();
}

/// Resizes dimension `dim` of a tensor of any rank, as the first spatial one of
/// [1, outer, dim, inner].
static FailureOr<Value> resizeDim(NodeImporter &node, Value input, int64_t dim,
                                  const nn::ResizeOp::Properties &properties,
                                  const Scaling &scaling) {
  SmallVector<int64_t> shape(shapeOf(input));
  int64_t outer = llvm::product_of(ArrayRef(shape).take_front(dim));
  int64_t inner = llvm::product_of(ArrayRef(shape).drop_front(dim + 1));
  OpBuilder &b = node.builder();
  Value split =
      createReshape(b, node.loc(), input, {1, outer, shape[dim], inner});
  FailureOr<Value> resized =
      resizeSpatial(node, split, properties, {scaling.sizes[dim], inner},
                    {scaling.scales[dim], 1.0}, {scaling.starts[dim], 0.0},
                    {scaling.ends[dim], 1.0});
  if (failed(resized))
    return failure();
  shape[dim] = scaling.sizes[dim];
  return createReshape(b, node.loc(), *resized, shape);
}

static LogicalResult importResize(NodeImporter &node) {
  FailureOr<Scaling> scaling = readScaling(node);
  if (failed(scaling) || failed(node.checkSize(scaling->sizes)))
    return failure();
  auto properties = readFilter(node, *scaling);
  if (failed(properties))
    return failure();
  int64_t rank = node.rank(0);
  bool isSpatial = rank >= 3 && rank <= 5;
  for (int64_t dim = 0; dim < std::min<int64_t>(rank, 2); ++dim)
    isSpatial &= !scaling->isChanged(node, dim);
  FailureOr<Value> result = node.value(0);
  if (isSpatial) {
    result = resizeSpatial(node, *result, *properties,
                           ArrayRef(scaling->sizes).drop_front(2),
                           ArrayRef(scaling->scales).drop_front(2),
                           ArrayRef(scaling->starts).drop_front(2),
                           ArrayRef(scaling->ends).drop_front(2));
    return failed(result) ? failure() : node.setResult(0, *result);
  }
  for (int64_t dim = 0; dim < rank; ++dim) {
    if (!scaling->isChanged(node, dim))
      continue;
    result = resizeDim(node, *result, dim, *properties, *scaling);
    if (failed(result) || failed(node.checkSize(shapeOf(*result))))
      return failure();
  }
  return node.setResult(0, *result);
}

ArrayRef<Operator> resizeOperators() {
  static const Operator operators[] = {
      {"Resize", 10, 10, 2, 2, 1, "mode:s", importResize, "floats",
       "integer types; scales and sizes that are not constant"},
      {"Resize", 11, 12, 1, 4, 1,
       "coordinate_transformation_mode:s cubic_coeff_a:f exclude_outside:i "
       "extrapolation_value:f mode:s nearest_mode:s",
       importResize, "floats",
       "integer types; scales and sizes that are not constant"},
      {"Resize", 13, 17, 1, 4, 1,
       "coordinate_transformation_mode:s cubic_coeff_a:f exclude_outside:i "
       "extrapolation_value:f mode:s nearest_mode:s",
       importResize, "floats",
       "integer types; scales and sizes that are not constant"},
      {"Resize", 18, kLatest, 1, 4, 1,
       "antialias:i axes:I coordinate_transformation_mode:s cubic_coeff_a:f "
       "exclude_outside:i extrapolation_value:f keep_aspect_ratio_policy:s "
       "mode:s nearest_mode:s",
       importResize, "floats",
       "integer types; scales and sizes that are not constant"},
      {"Upsample", 1, 6, 1, 1, 1, "height_scale:f! mode:s width_scale:f!",
       importResize, "floats", "integer types; scales that are not constant"},
      {"Upsample", 7, 8, 1, 1, 1, "mode:s scales:F!", importResize, "floats",
       "integer types; scales that are not constant"},
      {"Upsample", 9, 9, 2, 2, 1, "mode:s", importResize, "floats",
       "integer types; scales that are not constant"},
  };
  return operators;
}

} // namespace kiln::onnx_import
