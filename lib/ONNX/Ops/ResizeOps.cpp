//===- ResizeOps.cpp - Resize and Upsample from ONNX ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "NodeImporter.h"

#include "llvm/ADT/StringSwitch.h"

#include <cmath>

using namespace mlir;

namespace kiln::onnx_import {

namespace {
/// Sizes and scales of all dimensions. A scale is kept as the file states it:
/// the size rounded down does not give it back.
struct Scaling {
  SmallVector<int64_t> sizes;
  SmallVector<double> scales;
};
} // namespace

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
  if (text == "tf_crop_and_resize")
    return node.unsupported("coordinate_transformation_mode "
                            "tf_crop_and_resize is not taken");
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

static FailureOr<Scaling> fromScales(NodeImporter &node,
                                     ArrayRef<double> scales,
                                     ArrayRef<int64_t> axes) {
  Scaling scaling = {llvm::to_vector(node.shape(0)),
                     SmallVector<double>(node.rank(0), 1.0)};
  for (auto [axis, scale] : llvm::zip_equal(axes, scales)) {
    // In f32, as the reference implementations compute the size.
    float size = std::floor(static_cast<float>(node.shape(0)[axis]) *
                            static_cast<float>(scale));
    if (!(scale > 0) || !(size >= 0 && size < 2147483648.0f))
      return node.error(ErrorCode::BadAttribute)
             << "scale " << scale << " of dimension " << axis << " is not "
             << "positive, or its result is too large";
    scaling.sizes[axis] = static_cast<int64_t>(size);
    scaling.scales[axis] = scale;
  }
  return scaling;
}

static FailureOr<Scaling> fromSizes(NodeImporter &node, ArrayRef<int64_t> sizes,
                                    ArrayRef<int64_t> axes) {
  Scaling scaling = {llvm::to_vector(node.shape(0)),
                     SmallVector<double>(node.rank(0), 1.0)};
  StringRef policy = node.getString("keep_aspect_ratio_policy", "stretch");
  SmallVector<double> scales;
  for (auto [axis, size] : llvm::zip_equal(axes, sizes)) {
    int64_t from = node.shape(0)[axis];
    if (size < 1 || size >= (int64_t{1} << 31) || from < 1)
      return node.error(ErrorCode::BadShape)
             << "dimension " << axis << " cannot go from " << from << " to "
             << size << " elements";
    scales.push_back(static_cast<double>(size) / static_cast<double>(from));
    scaling.sizes[axis] = size;
    scaling.scales[axis] = scales.back();
  }
  if (policy == "stretch" || scales.empty())
    return scaling;
  if (policy != "not_larger" && policy != "not_smaller")
    return node.error(ErrorCode::BadAttribute)
           << "keep_aspect_ratio_policy " << quoted(policy) << " is not known";
  double scale = policy == "not_larger" ? *llvm::min_element(scales)
                                        : *llvm::max_element(scales);
  for (int64_t axis : axes) {
    double size =
        std::floor(scale * static_cast<double>(node.shape(0)[axis]) + 0.5);
    if (!(size >= 1 && size < 2147483648.0))
      return node.error(ErrorCode::BadShape)
             << "dimension " << axis << " would have " << size << " elements";
    scaling.sizes[axis] = static_cast<int64_t>(size);
    scaling.scales[axis] = scale;
  }
  return scaling;
}

/// Builds the operation where batch and channels stay as they are.
static LogicalResult createResize(NodeImporter &node, const Scaling &scaling) {
  int64_t rank = node.rank(0);
  if (rank < 3)
    return node.unsupported("an input of rank " + llvm::Twine(rank) +
                            " is not taken; 3 to 5 are");
  for (int64_t i : {0, 1})
    if (scaling.scales[i] != 1.0 || scaling.sizes[i] != node.shape(0)[i])
      return node.unsupported(
          "resizing the batch or channel dimension is not taken");
  ArrayRef<double> scales = ArrayRef(scaling.scales).drop_front(2);
  if (node.getInt("antialias", 0) != 0 &&
      llvm::any_of(scales, [](double s) { return s < 1; }))
    return node.unsupported("antialias is not taken when shrinking");
  FailureOr<nn::ResizeModeAttr> mode = readMode(node);
  FailureOr<nn::CoordinatesAttr> coordinates = readCoordinates(node);
  FailureOr<nn::RoundingAttr> rounding = readRounding(node, scales);
  if (failed(mode) || failed(coordinates) || failed(rounding))
    return failure();
  Builder &b = node.builder();
  nn::ResizeOp::Properties properties;
  properties.mode = *mode;
  properties.coordinates = *coordinates;
  properties.rounding = *rounding;
  properties.cubic_coefficient =
      b.getF64FloatAttr(node.getFloat("cubic_coeff_a", -0.75f));
  if (node.getInt("exclude_outside", 0) != 0)
    properties.exclude_outside = b.getUnitAttr();
  properties.sizes =
      b.getDenseI64ArrayAttr(ArrayRef(scaling.sizes).drop_front(2));
  properties.scales = b.getDenseF64ArrayAttr(scales);
  auto resize = node.create<nn::ResizeOp>(node.value(0), properties);
  return failed(resize) ? failure() : node.setResult(0, resize->getResult());
}

static FailureOr<SmallVector<double>>
constantNumbers(NodeImporter &node, size_t i, StringRef what) {
  FailureOr<TensorRef> known = node.constant(i, what);
  if (failed(known))
    return failure();
  std::vector<double> values = (*known)->toDoubles();
  return SmallVector<double>(values.begin(), values.end());
}

/// True for an input that is there and not empty: exporters write an empty
/// tensor for scales when sizes are given.
static bool hasContent(NodeImporter &node, size_t i) {
  return node.hasInput(i) && node.type(i).getNumElements() != 0;
}

/// Axes (opset 18) from the attribute, in the file's order; all by default.
static FailureOr<SmallVector<int64_t>> readAxes(NodeImporter &node,
                                                size_t count) {
  SmallVector<int64_t> axes =
      node.hasAttr("axes")
          ? llvm::to_vector(node.getInts("axes"))
          : llvm::to_vector(llvm::seq<int64_t>(0, node.rank(0)));
  if (failed(node.normalizeAxes(axes, node.rank(0))))
    return failure();
  if (axes.size() != count)
    return node.error(ErrorCode::BadAttribute)
           << count << " scales or sizes for " << axes.size() << " dimensions";
  for (int64_t &axis : axes)
    axis += axis < 0 ? node.rank(0) : 0;
  return axes;
}

static LogicalResult resizeByScales(NodeImporter &node,
                                    ArrayRef<double> scales) {
  FailureOr<SmallVector<int64_t>> axes = readAxes(node, scales.size());
  if (failed(axes))
    return failure();
  FailureOr<Scaling> scaling = fromScales(node, scales, *axes);
  return failed(scaling) ? failure() : createResize(node, *scaling);
}

static LogicalResult importResize(NodeImporter &node) {
  size_t scalesInput = node.opset() < 11 ? 1 : 2;
  if (node.opset() >= 11 && hasContent(node, 3)) {
    FailureOr<SmallVector<int64_t>> sizes = node.constantInts(3, "sizes");
    if (failed(sizes))
      return failure();
    FailureOr<SmallVector<int64_t>> axes = readAxes(node, sizes->size());
    if (failed(axes))
      return failure();
    FailureOr<Scaling> scaling = fromSizes(node, *sizes, *axes);
    return failed(scaling) ? failure() : createResize(node, *scaling);
  }
  if (!hasContent(node, scalesInput))
    return node.error(ErrorCode::BadModel) << "has neither scales nor sizes";
  FailureOr<SmallVector<double>> scales =
      constantNumbers(node, scalesInput, "scales");
  return failed(scales) ? failure() : resizeByScales(node, *scales);
}

static LogicalResult importUpsample(NodeImporter &node) {
  SmallVector<double> scales;
  if (node.opset() >= 9) {
    FailureOr<SmallVector<double>> given = constantNumbers(node, 1, "scales");
    if (failed(given))
      return failure();
    scales = *given;
  } else if (node.opset() >= 7) {
    llvm::append_range(scales, node.getFloats("scales"));
  } else {
    scales = {1, 1, node.getFloat("height_scale", 1),
              node.getFloat("width_scale", 1)};
  }
  return resizeByScales(node, scales);
}

ArrayRef<Operator> resizeOperators() {
  static const Operator operators[] = {
      {"Resize", 10, 10, 2, 2, 1, "mode:s", importResize},
      {"Resize", 11, 17, 1, 4, 1,
       "coordinate_transformation_mode:s cubic_coeff_a:f exclude_outside:i "
       "extrapolation_value:f mode:s nearest_mode:s",
       importResize},
      {"Resize", 18, kLatest, 1, 4, 1,
       "antialias:i axes:I coordinate_transformation_mode:s cubic_coeff_a:f "
       "exclude_outside:i extrapolation_value:f keep_aspect_ratio_policy:s "
       "mode:s nearest_mode:s",
       importResize},
      {"Upsample", 1, 6, 1, 1, 1, "height_scale:f! mode:s width_scale:f!",
       importUpsample},
      {"Upsample", 7, 8, 1, 1, 1, "mode:s scales:F!", importUpsample},
      {"Upsample", 9, 9, 2, 2, 1, "mode:s", importUpsample},
  };
  return operators;
}

} // namespace kiln::onnx_import
