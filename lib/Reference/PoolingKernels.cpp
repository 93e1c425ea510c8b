//===- PoolingKernels.cpp - Pooling and channel shuffle ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Kernels.h"
#include "Windows.h"

#include <cmath>
#include <limits>

using namespace mlir;

namespace kiln::reference {

/// Output positions whose windows are listed at a time.
static constexpr int64_t kTile = 64;

/// The greater one; NaN where either is.
static double maximum(double a, double b) {
  return std::isnan(a) || a > b ? a : b;
}

/// Sizes as the operation defines them: rounded up with `ceil_mode`, without a
/// last window that starts in the high padding.
static int64_t outputSize(const Window &dim, bool ceilMode) {
  int64_t room = dim.input + dim.padLow + dim.padHigh -
                 (dim.dilation * (dim.kernel - 1) + 1);
  if (room < 0)
    return -1;
  int64_t count = (ceilMode ? room + dim.stride - 1 : room) / dim.stride + 1;
  if (ceilMode && (count - 1) * dim.stride >= dim.input + dim.padLow)
    --count;
  return count;
}

template <typename Op>
static FailureOr<Windows> windowsOf(Op op, const Tensor &input) {
  Windows windows;
  for (int64_t i = 0; i < input.rank() - 2; ++i) {
    Window dim = {input.shape[i + 2],   0,
                  op.getKernel()[i],    op.getStrides()[i],
                  op.getDilations()[i], op.getPadLow()[i],
                  op.getPadHigh()[i]};
    dim.output = outputSize(dim, op.getCeilMode());
    if (dim.output < 0) {
      shapeError(op) << "the dilated kernel does not fit into the padded input";
      return failure();
    }
    windows.dims.push_back(dim);
  }
  if (windows.taps() > kMaxElements / kTile) {
    shapeError(op) << "a window of " << windows.taps() << " elements is too "
                   << "large to interpret";
    return failure();
  }
  return windows;
}

/// Reduces every window of every channel: `reduce` takes the channel's first
/// element and the window's sources.
template <typename Op, typename Reduce>
static Outcome pool(Op op, const Environment &env, Reduce reduce) {
  const Tensor &input = env.get(op.getInput());
  FailureOr<Windows> windows = windowsOf(op, input);
  if (failed(windows))
    return failure();
  SmallVector<int64_t> shape(ArrayRef(input.shape).take_front(2));
  llvm::append_range(shape, windows->outputShape());
  FailureOr<Tensor> result = allocate(op, shape);
  if (failed(result))
    return failure();
  int64_t positions = windows->positions(), plane = windows->inputSize();
  int64_t taps = windows->taps(), channels = shape[0] * shape[1];
  SmallVector<int64_t> offsets, window(taps);
  for (int64_t begin = 0; begin < positions; begin += kTile) {
    int64_t count = std::min(kTile, positions - begin);
    windows->sources(begin, count, offsets);
    for (int64_t i = 0; i < count; ++i) {
      for (int64_t tap = 0; tap < taps; ++tap)
        window[tap] = offsets[tap * count + i];
      for (int64_t c = 0; c < channels; ++c)
        result->data[c * positions + begin + i] =
            reduce(input.data.data() + c * plane, ArrayRef(window));
    }
  }
  return single(std::move(*result));
}

Outcome evaluate(nn::MaxPoolOp op, const Environment &env) {
  return pool(op, env, [](const double *channel, ArrayRef<int64_t> window) {
    double result = -std::numeric_limits<double>::infinity();
    for (int64_t offset : window)
      if (offset >= 0)
        result = maximum(result, channel[offset]);
    return result;
  });
}

Outcome evaluate(nn::AveragePoolOp op, const Environment &env) {
  bool countsPadding = op.getCountIncludePad();
  return pool(op, env, [=](const double *channel, ArrayRef<int64_t> window) {
    double sum = 0;
    int64_t count = 0;
    for (int64_t offset : window) {
      if (offset >= 0)
        sum += channel[offset];
      count += offset >= 0 || (countsPadding && offset == kInPadding);
    }
    return sum / static_cast<double>(count);
  });
}

/// Reduces each channel's elements, all at once.
template <typename Op, typename Reduce>
static Outcome poolAll(Op op, const Environment &env, Reduce reduce) {
  const Tensor &input = env.get(op.getInput());
  SmallVector<int64_t> shape(input.rank(), 1);
  llvm::copy(ArrayRef(input.shape).take_front(2), shape.begin());
  FailureOr<Tensor> result = allocate(op, shape);
  if (failed(result))
    return failure();
  int64_t plane = product(ArrayRef(input.shape).drop_front(2));
  for (auto [c, value] : llvm::enumerate(result->data))
    value = reduce(ArrayRef(input.data).slice(c * plane, plane));
  return single(std::move(*result));
}

Outcome evaluate(nn::GlobalMaxPoolOp op, const Environment &env) {
  return poolAll(op, env, [](ArrayRef<double> channel) {
    double result = -std::numeric_limits<double>::infinity();
    for (double value : channel)
      result = maximum(result, value);
    return result;
  });
}

Outcome evaluate(nn::GlobalAveragePoolOp op, const Environment &env) {
  return poolAll(op, env, [](ArrayRef<double> channel) {
    double sum = 0;
    for (double value : channel)
      sum += value;
    return sum / static_cast<double>(channel.size());
  });
}

Outcome evaluate(nn::ChannelShuffleOp op, const Environment &env) {
  const Tensor &input = env.get(op.getInput());
  Tensor result = input;
  int64_t channels = input.shape[1];
  auto groups = static_cast<int64_t>(op.getGroups());
  int64_t perGroup = channels / groups;
  int64_t plane = product(ArrayRef(input.shape).drop_front(2));
  for (int64_t n = 0; n < input.shape[0]; ++n)
    for (int64_t g = 0; g < groups; ++g)
      for (int64_t j = 0; j < perGroup; ++j)
        std::copy_n(
            input.data.begin() + (n * channels + g * perGroup + j) * plane,
            plane,
            result.data.begin() + (n * channels + j * groups + g) * plane);
  return single(std::move(result));
}

} // namespace kiln::reference
