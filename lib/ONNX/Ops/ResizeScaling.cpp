//===- ResizeScaling.cpp - Sizes and scales of a resized tensor ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ResizeScaling.h"

#include <cmath>

using namespace mlir;

namespace kiln::onnx_import {

/// Largest size of nn.resize, exact in f32.
static constexpr int kMaxSize = 1 << 24;

bool Scaling::isChanged(NodeImporter &node, int64_t dim) const {
  return scales[dim] != 1.0 || sizes[dim] != node.shape(0)[dim] ||
         starts[dim] != 0.0 || ends[dim] != 1.0;
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

static Scaling unchanged(NodeImporter &node) {
  size_t rank = node.rank(0);
  return {llvm::to_vector(node.shape(0)), SmallVector<double>(rank, 1.0),
          SmallVector<double>(rank, 0.0), SmallVector<double>(rank, 1.0)};
}

/// The part that is cut out: all starts, then all ends.
static LogicalResult readRoi(NodeImporter &node, ArrayRef<int64_t> axes,
                             Scaling &scaling) {
  if (node.getString("coordinate_transformation_mode", "half_pixel") !=
      "tf_crop_and_resize")
    return success();
  if (!hasContent(node, 1))
    return node.error(ErrorCode::BadModel)
           << "tf_crop_and_resize needs the input 'roi'";
  FailureOr<SmallVector<double>> roi = constantNumbers(node, 1, "roi");
  if (failed(roi))
    return failure();
  if (roi->size() != 2 * axes.size() ||
      !llvm::all_of(*roi, [](double v) { return std::isfinite(v); }))
    return node.error(ErrorCode::BadModel)
           << "roi has " << roi->size() << " entries where two finite ones for "
           << "each of " << axes.size() << " dimensions are needed";
  for (auto [i, axis] : llvm::enumerate(axes)) {
    scaling.starts[axis] = (*roi)[i];
    scaling.ends[axis] = (*roi)[i + axes.size()];
  }
  return success();
}

static LogicalResult scaleBy(NodeImporter &node, ArrayRef<double> scales,
                             ArrayRef<int64_t> axes, Scaling &scaling) {
  for (auto [axis, given] : llvm::zip_equal(axes, scales)) {
    double scale = given * (scaling.ends[axis] - scaling.starts[axis]);
    // In f32, as the reference implementations compute the size.
    float size = std::floor(static_cast<float>(node.shape(0)[axis]) *
                            static_cast<float>(scale));
    if (!(scale > 0) || !(size >= 0 && size <= kMaxSize))
      return node.error(ErrorCode::BadAttribute)
             << "scale " << scale << " of dimension " << axis << " is not "
             << "positive, or its result is too large";
    scaling.sizes[axis] = static_cast<int64_t>(size);
    scaling.scales[axis] = scale;
  }
  return success();
}

/// One scale for all axes, that of the smallest or largest.
static LogicalResult keepAspectRatio(NodeImporter &node, StringRef policy,
                                     ArrayRef<int64_t> axes, Scaling &scaling) {
  if (policy != "not_larger" && policy != "not_smaller")
    return node.error(ErrorCode::BadAttribute)
           << "keep_aspect_ratio_policy " << quoted(policy) << " is not known";
  double scale = scaling.scales[axes.front()];
  for (int64_t axis : axes)
    scale = policy == "not_larger" ? std::min(scale, scaling.scales[axis])
                                   : std::max(scale, scaling.scales[axis]);
  for (int64_t axis : axes) {
    double size =
        std::floor(scale * static_cast<double>(node.shape(0)[axis]) + 0.5);
    if (!(size >= 1 && size <= kMaxSize))
      return node.error(ErrorCode::BadShape)
             << "dimension " << axis << " would have " << size << " elements";
    scaling.sizes[axis] = static_cast<int64_t>(size);
    scaling.scales[axis] = scale;
  }
  return success();
}

static LogicalResult scaleTo(NodeImporter &node, ArrayRef<int64_t> sizes,
                             ArrayRef<int64_t> axes, Scaling &scaling) {
  for (auto [axis, size] : llvm::zip_equal(axes, sizes)) {
    int64_t from = node.shape(0)[axis];
    if (size < 1 || size > kMaxSize || from < 1)
      return node.error(ErrorCode::BadShape)
             << "dimension " << axis << " cannot go from " << from << " to "
             << size << " elements";
    scaling.sizes[axis] = size;
    scaling.scales[axis] =
        static_cast<double>(size) / static_cast<double>(from);
  }
  StringRef policy = node.getString("keep_aspect_ratio_policy", "stretch");
  if (policy == "stretch" || axes.empty())
    return success();
  return keepAspectRatio(node, policy, axes, scaling);
}

/// Upsample's scales: attributes, then an input from opset 9 on.
static FailureOr<SmallVector<double>> upsampleScales(NodeImporter &node) {
  if (node.opset() >= 9)
    return constantNumbers(node, 1, "scales");
  if (node.opset() < 7)
    return SmallVector<double>{1, 1, node.getFloat("height_scale", 1),
                               node.getFloat("width_scale", 1)};
  ArrayRef<float> scales = node.getFloats("scales");
  return SmallVector<double>(scales.begin(), scales.end());
}

FailureOr<Scaling> readScaling(NodeImporter &node) {
  bool isUpsample = node.op() == "Upsample";
  Scaling scaling = unchanged(node);
  if (!isUpsample && node.opset() >= 11 && hasContent(node, 3)) {
    FailureOr<SmallVector<int64_t>> sizes = node.constantInts(3, "sizes");
    if (failed(sizes))
      return failure();
    auto axes = readAxes(node, sizes->size());
    if (failed(axes) || failed(readRoi(node, *axes, scaling)) ||
        failed(scaleTo(node, *sizes, *axes, scaling)))
      return failure();
    return scaling;
  }
  size_t input = node.opset() < 11 ? 1 : 2;
  if (!isUpsample && !hasContent(node, input))
    return node.error(ErrorCode::BadModel) << "has neither scales nor sizes";
  FailureOr<SmallVector<double>> scales =
      isUpsample ? upsampleScales(node)
                 : constantNumbers(node, input, "scales");
  if (failed(scales))
    return failure();
  auto axes = readAxes(node, scales->size());
  if (failed(axes) || failed(readRoi(node, *axes, scaling)) ||
      failed(scaleBy(node, *scales, *axes, scaling)))
    return failure();
  return scaling;
}

} // namespace kiln::onnx_import
