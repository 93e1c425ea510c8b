//===- ResizeTable.cpp - Indices and weights of a resized dimension ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ResizeTable.h"

#include <algorithm>
#include <cmath>

using namespace mlir;

namespace kiln {

bool ResizeTable::isIdentity() const {
  if (size() != inputSize || !isOutside.empty())
    return false;
  for (int64_t tap = 0; tap < numTaps(); ++tap)
    for (int64_t i = 0; i < size(); ++i)
      if (weights[tap][i] != 0 &&
          (indices[tap][i] != static_cast<double>(i) || weights[tap][i] != 1))
        return false;
  return true;
}

namespace {
/// One spatial dimension of the operation.
struct Dimension {
  Dimension(nn::ResizeOp op, unsigned dim)
      : op(op), inputSize(cast<RankedTensorType>(op.getInput().getType())
                              .getDimSize(dim + 2)),
        outputSize(op.getSizes()[dim]), scale(op.getScales()[dim]) {
    if (std::optional<ArrayRef<double>> roi = op.getRoi()) {
      start = (*roi)[dim];
      end = (*roi)[dim + op.getSizes().size()];
    }
    // A scale that comes from the sizes is taken as their quotient, so that
    // half a step is exactly half a step.
    isQuotient = scale == outputSize / inputSize;
    length = isQuotient ? outputSize : scale * inputSize;
  }

  double inputCoordinate(double position);

  nn::ResizeOp op;
  double inputSize, outputSize, scale, start = 0, end = 1;
  /// The output's length as the formulas take it, with a fraction.
  double length;
  bool isQuotient;
};
} // namespace

/// coordinate_transformation_mode: the input coordinate of output `position`.
double Dimension::inputCoordinate(double position) {
  auto shrink = [&](double x) {
    return isQuotient ? x * inputSize / outputSize : x / scale;
  };
  switch (op.getCoordinates()) {
  case nn::Coordinates::HalfPixel:
    return shrink(position + 0.5) - 0.5;
  case nn::Coordinates::HalfPixelSymmetric:
    // Centres the output where its size was rounded.
    return inputSize / 2 * (1 - outputSize / length) + shrink(position + 0.5) -
           0.5;
  case nn::Coordinates::PytorchHalfPixel:
    return length > 1 ? shrink(position + 0.5) - 0.5 : 0;
  case nn::Coordinates::AlignCorners:
    return length != 1 ? position * (inputSize - 1) / (length - 1) : 0;
  case nn::Coordinates::Asymmetric:
    return shrink(position);
  case nn::Coordinates::TfHalfPixelForNN:
    return shrink(position + 0.5);
  case nn::Coordinates::TfCropAndResize:
    if (length > 1)
      return start * (inputSize - 1) +
             position * (end - start) * (inputSize - 1) / (length - 1);
    return 0.5 * (start + end) * (inputSize - 1);
  }
  llvm_unreachable("all coordinates are listed");
}

static double nearest(nn::Rounding rounding, double x) {
  switch (rounding) {
  case nn::Rounding::RoundPreferFloor:
    return std::ceil(x - 0.5);
  case nn::Rounding::RoundPreferCeil:
    return std::floor(x + 0.5);
  case nn::Rounding::Floor:
    return std::floor(x);
  case nn::Rounding::Ceil:
    return std::ceil(x);
  }
  llvm_unreachable("all roundings are listed");
}

/// Cubic convolution (Keys 1981) with coefficient `a`, at distance `d` >= 0.
static double cubic(double a, double d) {
  if (d <= 1)
    return (a + 2) * d * d * d - (a + 3) * d * d + 1;
  if (d < 2)
    return a * (d * d * d - 5 * d * d + 8 * d - 4);
  return 0;
}

using Taps = SmallVector<std::pair<double, double>>;

/// The kernel stretched over 1 / scale elements, so that none is left out;
/// always as many taps, some of which may be of no weight.
static Taps stretchedTaps(nn::ResizeOp op, double x, double scale) {
  bool isLinear = op.getMode() == nn::ResizeMode::Linear;
  double reach = std::ceil((isLinear ? 1 : 2) / scale);
  double a = op.getCubicCoefficient().convertToDouble();
  Taps taps;
  double sum = 0;
  for (double offset = -reach; offset <= reach + 1; ++offset) {
    double index = std::floor(x) + offset;
    double distance = std::abs(index - x) * scale;
    double weight = isLinear ? std::max(0.0, 1 - distance) : cubic(a, distance);
    taps.push_back({index, weight});
    sum += weight;
  }
  for (auto &[index, weight] : taps)
    weight /= sum;
  return taps;
}

static Taps tapsAt(nn::ResizeOp op, double x, double scale) {
  if (op.getMode() == nn::ResizeMode::Nearest)
    return {{nearest(op.getRounding(), x), 1}};
  if (op.getAntialias() && scale < 1)
    return stretchedTaps(op, x, scale);
  double left = std::floor(x), ratio = x - left;
  if (op.getMode() == nn::ResizeMode::Linear)
    return {{left, 1 - ratio}, {left + 1, ratio}};
  double a = op.getCubicCoefficient().convertToDouble();
  return {{left - 1, cubic(a, 1 + ratio)},
          {left, cubic(a, ratio)},
          {left + 1, cubic(a, 1 - ratio)},
          {left + 2, cubic(a, 2 - ratio)}};
}

/// exclude_outside: taps beyond the border lose their weight to the others.
static void dropOutside(Taps &taps, double inputSize) {
  double sum = 0;
  for (auto &[index, weight] : taps) {
    if (index < 0 || index >= inputSize)
      weight = 0;
    sum += weight;
  }
  for (auto &[index, weight] : taps)
    weight /= sum == 0 ? 1 : sum;
}

/// Neither resized nor cut: each element is its own.
static ResizeTable makeIdentity(int64_t size) {
  ResizeTable table;
  table.inputSize = size;
  table.weights.emplace_back(size, 1.0);
  table.indices.emplace_back();
  for (int64_t i = 0; i < size; ++i)
    table.indices.front().push_back(static_cast<double>(i));
  return table;
}

ResizeTable makeResizeTable(nn::ResizeOp op, unsigned dim) {
  Dimension dimension(op, dim);
  double inputSize = dimension.inputSize;
  if (dimension.scale == 1 && dimension.outputSize == inputSize &&
      dimension.start == 0 && dimension.end == 1)
    return makeIdentity(op.getSizes()[dim]);
  bool crops = op.getCoordinates() == nn::Coordinates::TfCropAndResize;
  ResizeTable table;
  table.inputSize = static_cast<int64_t>(inputSize);
  for (int64_t i = 0; i < op.getSizes()[dim]; ++i) {
    double x = dimension.inputCoordinate(static_cast<double>(i));
    if (crops)
      table.isOutside.push_back(x < 0 || x > inputSize - 1);
    // The border alone counts further out, and indices stay whole numbers.
    double far = 4 + 2 / std::min(dimension.scale, 1.0);
    x = std::isnan(x) ? 0 : std::clamp(x, -far, inputSize + far);
    Taps taps = tapsAt(op, x, dimension.scale);
    if (op.getExcludeOutside() && op.getMode() != nn::ResizeMode::Nearest)
      dropOutside(taps, inputSize);
    table.indices.resize(taps.size());
    table.weights.resize(taps.size());
    for (auto [tap, entry] : llvm::enumerate(taps)) {
      table.indices[tap].push_back(std::clamp(entry.first, 0.0, inputSize - 1));
      table.weights[tap].push_back(entry.second);
    }
  }
  if (!llvm::is_contained(table.isOutside, true))
    table.isOutside.clear();
  return table;
}

} // namespace kiln
