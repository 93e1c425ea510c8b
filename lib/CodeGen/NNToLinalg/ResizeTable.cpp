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
  if (size() != inputSize)
    return false;
  for (int64_t tap = 0; tap < numTaps(); ++tap)
    for (int64_t i = 0; i < size(); ++i)
      if (weights[tap][i] != 0 &&
          (indices[tap][i] != static_cast<double>(i) || weights[tap][i] != 1))
        return false;
  return true;
}

/// coordinate_transformation_mode: the input coordinate of output `position`.
static double inputCoordinate(nn::ResizeOp op, double position, double scale,
                              double inputSize, double outputSize) {
  double pixel = (position + 0.5) / scale;
  switch (op.getCoordinates()) {
  case nn::Coordinates::HalfPixel:
    return pixel - 0.5;
  case nn::Coordinates::HalfPixelSymmetric:
    // Centres the output where its size was rounded.
    return inputSize / 2 * (1 - outputSize / (scale * inputSize)) + pixel - 0.5;
  case nn::Coordinates::PytorchHalfPixel:
    return outputSize > 1 ? pixel - 0.5 : 0;
  case nn::Coordinates::AlignCorners:
    return outputSize > 1 ? position * (inputSize - 1) / (outputSize - 1) : 0;
  case nn::Coordinates::Asymmetric:
    return position / scale;
  case nn::Coordinates::TfHalfPixelForNN:
    return pixel;
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

static Taps tapsAt(nn::ResizeOp op, double x) {
  if (op.getMode() == nn::ResizeMode::Nearest)
    return {{nearest(op.getRounding(), x), 1}};
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
    weight /= sum;
}

ResizeTable makeResizeTable(nn::ResizeOp op, unsigned dim) {
  ResizeTable table;
  table.inputSize =
      cast<RankedTensorType>(op.getInput().getType()).getDimSize(dim + 2);
  double inputSize = table.inputSize, outputSize = op.getSizes()[dim];
  for (int64_t i = 0; i < op.getSizes()[dim]; ++i) {
    double x =
        inputCoordinate(op, i, op.getScales()[dim], inputSize, outputSize);
    Taps taps = tapsAt(op, x);
    if (op.getExcludeOutside() && taps.size() > 1)
      dropOutside(taps, inputSize);
    table.indices.resize(taps.size());
    table.weights.resize(taps.size());
    for (auto [tap, entry] : llvm::enumerate(taps)) {
      table.indices[tap].push_back(std::clamp(entry.first, 0.0, inputSize - 1));
      table.weights[tap].push_back(entry.second);
    }
  }
  return table;
}

} // namespace kiln
