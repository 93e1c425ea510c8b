//===- ResizeKernel.cpp - Resizing by interpolation ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// ONNX Resize, opset 19. The interpolation is a product of one-dimensional
// ones, so that each spatial dimension is resized by itself: every output
// coordinate becomes a short list of input coordinates and weights.
//===----------------------------------------------------------------------===//

#include "Kernels.h"

#include <algorithm>
#include <cmath>

using namespace mlir;

namespace kiln::reference {

namespace {
struct Sample {
  int64_t index;
  double weight;
};
using Samples = SmallVector<Sample, 4>;

/// One spatial dimension.
struct Axis {
  int64_t input;
  int64_t output;
  double scale;
};
} // namespace

/// Where output coordinate `x` lies among the input's.
static double coordinateOf(nn::Coordinates mode, const Axis &axis, int64_t x) {
  auto position = static_cast<double>(x);
  double halfPixel = (position + 0.5) / axis.scale - 0.5;
  switch (mode) {
  case nn::Coordinates::HalfPixel:
    return halfPixel;
  case nn::Coordinates::HalfPixelSymmetric: {
    auto input = static_cast<double>(axis.input);
    double adjustment = static_cast<double>(axis.output) / (axis.scale * input);
    return input / 2 * (1 - adjustment) + halfPixel;
  }
  case nn::Coordinates::PytorchHalfPixel:
    return axis.output > 1 ? halfPixel : 0.0;
  case nn::Coordinates::AlignCorners:
    return axis.output > 1 ? position * static_cast<double>(axis.input - 1) /
                                 static_cast<double>(axis.output - 1)
                           : 0.0;
  case nn::Coordinates::Asymmetric:
    return position / axis.scale;
  case nn::Coordinates::TfHalfPixelForNN:
    return (position + 0.5) / axis.scale;
  }
  llvm_unreachable("unknown coordinates");
}

static double roundNearest(nn::Rounding mode, double x) {
  switch (mode) {
  case nn::Rounding::RoundPreferFloor:
    return std::ceil(x - 0.5);
  case nn::Rounding::RoundPreferCeil:
    return std::floor(x + 0.5);
  case nn::Rounding::Floor:
    return std::floor(x);
  case nn::Rounding::Ceil:
    return std::ceil(x);
  }
  llvm_unreachable("unknown rounding");
}

/// Keys' convolution kernel at distance `d`, coefficient `a`.
static double cubicWeight(double d, double a) {
  d = std::abs(d);
  if (d <= 1)
    return ((a + 2) * d - (a + 3)) * d * d + 1;
  return d < 2 ? ((a * d - 5 * a) * d + 8 * a) * d - 4 * a : 0.0;
}

/// Neighbours and weights around `x`, before the border is considered.
static Samples neighbours(nn::ResizeOp op, double x) {
  if (op.getMode() == nn::ResizeMode::Nearest)
    return {{static_cast<int64_t>(roundNearest(op.getRounding(), x)), 1.0}};
  double floor = std::floor(x), ratio = x - floor;
  auto left = static_cast<int64_t>(floor);
  if (op.getMode() == nn::ResizeMode::Linear)
    return {{left, 1 - ratio}, {left + 1, ratio}};
  double a = op.getCubicCoefficient().convertToDouble();
  Samples samples;
  for (int64_t i = -1; i <= 2; ++i)
    samples.push_back(
        {left + i, cubicWeight(ratio - static_cast<double>(i), a)});
  return samples;
}

/// What lies outside takes the border's value or, with `exclude_outside`, no
/// part.
static Samples samplesOf(nn::ResizeOp op, const Axis &axis, int64_t x) {
  Samples samples = neighbours(op, coordinateOf(op.getCoordinates(), axis, x));
  if (op.getExcludeOutside() && op.getMode() != nn::ResizeMode::Nearest) {
    double sum = 0;
    for (Sample &sample : samples) {
      if (sample.index < 0 || sample.index >= axis.input)
        sample.weight = 0;
      sum += sample.weight;
    }
    for (Sample &sample : samples)
      sample.weight /= sum;
  }
  for (Sample &sample : samples)
    sample.index = std::clamp<int64_t>(sample.index, 0, axis.input - 1);
  return samples;
}

static FailureOr<Tensor> resizeDim(nn::ResizeOp op, const Tensor &input,
                                   int64_t dim, const Axis &axis) {
  SmallVector<int64_t> shape(ArrayRef(input.shape));
  shape[dim] = axis.output;
  FailureOr<Tensor> result = allocate(op, shape);
  if (failed(result))
    return failure();
  int64_t outer = product(ArrayRef(shape).take_front(dim));
  int64_t inner = product(ArrayRef(shape).drop_front(dim + 1));
  for (int64_t x = 0; x < axis.output; ++x)
    for (const Sample &sample : samplesOf(op, axis, x)) {
      // A neighbour of no weight is not read: NaN and infinity stay where
      // they are.
      if (sample.weight == 0)
        continue;
      for (int64_t o = 0; o < outer; ++o) {
        const double *from =
            input.data.data() + (o * axis.input + sample.index) * inner;
        double *to = result->data.data() + (o * axis.output + x) * inner;
        for (int64_t i = 0; i < inner; ++i)
          to[i] += sample.weight * from[i];
      }
    }
  return result;
}

Outcome evaluate(nn::ResizeOp op, const Environment &env) {
  Tensor current = env.get(op.getInput());
  for (auto [i, size] : llvm::enumerate(op.getSizes())) {
    Axis axis = {current.shape[i + 2], size, op.getScales()[i]};
    if (axis.input == 0) {
      shapeError(op) << "cannot resize an empty dimension to " << size;
      return failure();
    }
    FailureOr<Tensor> resized =
        resizeDim(op, current, static_cast<int64_t>(i) + 2, axis);
    if (failed(resized))
      return failure();
    current = std::move(*resized);
  }
  return single(std::move(current));
}

} // namespace kiln::reference
