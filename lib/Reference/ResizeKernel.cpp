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
  /// The part that tf_crop_and_resize takes.
  double start = 0, end = 1;

  /// True where the scale is that of the sizes, rounded.
  bool isExact() const {
    return scale == static_cast<double>(output) / static_cast<double>(input);
  }
  /// The output's length by the scale, which need not be whole.
  double length() const {
    return isExact() ? static_cast<double>(output)
                     : scale * static_cast<double>(input);
  }
  /// `position / scale`; ties stay ties where the sizes give the scale.
  double unscale(double position) const {
    return isExact() ? position * static_cast<double>(input) /
                           static_cast<double>(output)
                     : position / scale;
  }
};
} // namespace

/// Where output coordinate `x` lies among the input's.
static double coordinateOf(nn::Coordinates mode, const Axis &axis, int64_t x) {
  auto position = static_cast<double>(x);
  double last = static_cast<double>(axis.input - 1), length = axis.length();
  double halfPixel = axis.unscale(position + 0.5) - 0.5;
  switch (mode) {
  case nn::Coordinates::HalfPixel:
    return halfPixel;
  case nn::Coordinates::HalfPixelSymmetric: {
    auto input = static_cast<double>(axis.input);
    double adjustment = static_cast<double>(axis.output) / length;
    return input / 2 * (1 - adjustment) + halfPixel;
  }
  case nn::Coordinates::PytorchHalfPixel:
    return length > 1 ? halfPixel : 0.0;
  case nn::Coordinates::AlignCorners:
    return length != 1 ? position * last / (length - 1) : 0.0;
  case nn::Coordinates::Asymmetric:
    return axis.unscale(position);
  case nn::Coordinates::TfHalfPixelForNN:
    return axis.unscale(position + 0.5);
  case nn::Coordinates::TfCropAndResize:
    return length > 1 ? axis.start * last + position * (axis.end - axis.start) *
                                                last / (length - 1)
                      : (axis.start + axis.end) * last / 2;
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

/// The filter stretched by `1 / scale`: all elements within its reach, their
/// weights scaled to the sum 1.
static Samples stretched(nn::ResizeOp op, double x, double scale) {
  bool isLinear = op.getMode() == nn::ResizeMode::Linear;
  double reach = (isLinear ? 1 : 2) / scale, sum = 0;
  double a = op.getCubicCoefficient().convertToDouble();
  Samples samples;
  for (auto i = static_cast<int64_t>(std::ceil(x - reach)),
            end = static_cast<int64_t>(std::floor(x + reach));
       i <= end; ++i) {
    double distance = (static_cast<double>(i) - x) * scale;
    double weight = isLinear ? std::max(1 - std::abs(distance), 0.0)
                             : cubicWeight(distance, a);
    samples.push_back({i, weight});
    sum += weight;
  }
  for (Sample &sample : samples)
    sample.weight /= sum;
  return samples;
}

/// Neighbours and weights around `x`, before the border is considered.
static Samples neighbours(nn::ResizeOp op, double x, double scale) {
  if (op.getMode() == nn::ResizeMode::Nearest)
    return {{static_cast<int64_t>(roundNearest(op.getRounding(), x)), 1.0}};
  if (op.getAntialias() && scale < 1)
    return stretched(op, x, scale);
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
/// part. No samples where `x` itself lies outside of what is cut out.
static Samples samplesOf(nn::ResizeOp op, const Axis &axis, int64_t position) {
  double x = coordinateOf(op.getCoordinates(), axis, position);
  if (op.getCoordinates() == nn::Coordinates::TfCropAndResize &&
      !(x >= 0 && x <= static_cast<double>(axis.input - 1)))
    return {};
  // Far outside only the border counts.
  double reach = 4 + 2 / std::min(axis.scale, 1.0);
  double most = static_cast<double>(axis.input) + reach;
  x = std::isnan(x) ? 0 : std::clamp(x, -reach, most);
  Samples samples = neighbours(op, x, axis.scale);
  if (op.getExcludeOutside() && op.getMode() != nn::ResizeMode::Nearest) {
    double sum = 0;
    for (Sample &sample : samples) {
      if (sample.index < 0 || sample.index >= axis.input)
        sample.weight = 0;
      sum += sample.weight;
    }
    for (Sample &sample : samples)
      sample.weight /= sum == 0 ? 1 : sum;
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
  for (int64_t x = 0; x < axis.output; ++x) {
    Samples samples = samplesOf(op, axis, x);
    if (samples.empty())
      for (int64_t o = 0; o < outer; ++o)
        std::fill_n(result->data.data() + (o * axis.output + x) * inner, inner,
                    op.getExtrapolationValue().convertToDouble());
    for (const Sample &sample : samples) {
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
  }
  return result;
}

Outcome evaluate(nn::ResizeOp op, const Environment &env) {
  Tensor current = env.get(op.getInput());
  for (auto [i, size] : llvm::enumerate(op.getSizes())) {
    Axis axis = {current.shape[i + 2], size, op.getScales()[i]};
    if (std::optional<ArrayRef<double>> roi = op.getRoi()) {
      axis.start = (*roi)[i];
      axis.end = (*roi)[i + op.getSizes().size()];
    }
    if (axis.input == 0) {
      shapeError(op) << "cannot resize an empty dimension to " << size;
      return failure();
    }
    // As it is: not even a NaN goes its way.
    if (axis.scale == 1 && axis.output == axis.input && axis.start == 0 &&
        axis.end == 1)
      continue;
    FailureOr<Tensor> resized =
        resizeDim(op, current, static_cast<int64_t>(i) + 2, axis);
    if (failed(resized))
      return failure();
    current = std::move(*resized);
  }
  return single(std::move(current));
}

} // namespace kiln::reference
