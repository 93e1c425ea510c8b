//===- NormalizationKernels.cpp - Batch normalisation ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Kernels.h"

#include <cmath>

using namespace mlir;

namespace kiln::reference {

namespace {
/// A tensor as [outer, channels, inner] around one of its dimensions.
struct ChannelView {
  int64_t outer;
  int64_t channels;
  int64_t inner;

  ChannelView(ArrayRef<int64_t> shape, int64_t axis)
      : outer(product(shape.take_front(axis))), channels(shape[axis]),
        inner(product(shape.drop_front(axis + 1))) {}

  int64_t perChannel() const { return outer * inner; }

  /// Calls `visit` with the offset of each element of channel `c`.
  template <typename Visitor>
  void visitChannel(int64_t c, Visitor visit) const {
    for (int64_t o = 0; o < outer; ++o)
      for (int64_t i = 0, base = (o * channels + c) * inner; i < inner; ++i)
        visit(base + i);
  }
};

struct Moments {
  double mean;
  double squares; // sum of squared deviations from the mean
};
} // namespace

/// (x - mean[c]) * factor[c] + offset[c]. The difference comes first: at a
/// large mean, x * factor - mean * factor would cancel.
static Tensor normalise(const Tensor &input, const ChannelView &view,
                        ArrayRef<double> means, ArrayRef<double> factors,
                        ArrayRef<double> offsets) {
  Tensor result = input;
  for (int64_t c = 0; c < view.channels; ++c)
    view.visitChannel(c, [&](int64_t i) {
      result.data[i] = (input.data[i] - means[c]) * factors[c] + offsets[c];
    });
  return result;
}

static LogicalResult checkParameters(Operation *op, const ChannelView &view,
                                     ArrayRef<const Tensor *> parameters) {
  for (const Tensor *parameter : parameters)
    if (parameter->size() != view.channels) {
      shapeError(op) << "expects parameters of " << view.channels
                     << " elements, got " << parameter->size();
      return failure();
    }
  return success();
}

static std::vector<double>
factorsOf(const Tensor &scale, ArrayRef<double> variances, double epsilon) {
  std::vector<double> factors;
  for (auto [s, variance] : llvm::zip_equal(scale.data, variances))
    factors.push_back(s / std::sqrt(variance + epsilon));
  return factors;
}

Outcome evaluate(nn::BatchNormInferenceOp op, const Environment &env) {
  const Tensor &input = env.get(op.getInput());
  const Tensor &scale = env.get(op.getScale());
  const Tensor &offset = env.get(op.getOffset());
  const Tensor &mean = env.get(op.getMean());
  const Tensor &variance = env.get(op.getVariance());
  ChannelView view(input.shape, 1);
  if (failed(checkParameters(op, view, {&scale, &offset, &mean, &variance})))
    return failure();
  double epsilon = op.getEpsilon().convertToDouble();
  return single(normalise(input, view, mean.data,
                          factorsOf(scale, variance.data, epsilon),
                          offset.data));
}

/// Two passes, each corrected by the sum of deviations that rounding leaves
/// (Chan, Golub, LeVeque 1983, equation 1.7).
static Moments momentsOf(const Tensor &input, const ChannelView &view,
                         int64_t c) {
  auto count = static_cast<double>(view.perChannel());
  double sum = 0;
  view.visitChannel(c, [&](int64_t i) { sum += input.data[i]; });
  double mean = sum / count;
  double deviations = 0, squares = 0;
  view.visitChannel(c, [&](int64_t i) {
    double deviation = input.data[i] - mean;
    deviations += deviation;
    squares += deviation * deviation;
  });
  return {mean + deviations / count,
          std::max(0.0, squares - deviations * deviations / count)};
}

namespace {
/// How a batch's statistics enter the running ones.
struct RunningUpdate {
  const Tensor *mean = nullptr;
  const Tensor *variance = nullptr;
  double weight = 1; // of the new batch
};
} // namespace

static RunningUpdate runningUpdate(nn::BatchNormTrainingOp op,
                                   const Environment &env) {
  if (!op.getRunningMean())
    return {};
  double weight =
      op.getMomentum()
          ? op.getMomentum()->convertToDouble()
          : 1.0 / (env.get(op.getBatchesTracked()).data.front() + 1.0);
  return {&env.get(op.getRunningMean()), &env.get(op.getRunningVariance()),
          weight};
}

/// (1 - weight) * running + weight * batch. Weights 0 and 1 take one side
/// alone, so that a NaN on the other does not enter.
static double blend(double running, double batch, double weight) {
  if (weight == 0)
    return running;
  return weight == 1 ? batch : (1 - weight) * running + weight * batch;
}

Outcome evaluate(nn::BatchNormTrainingOp op, const Environment &env) {
  const Tensor &input = env.get(op.getInput());
  const Tensor &scale = env.get(op.getScale());
  const Tensor &offset = env.get(op.getOffset());
  RunningUpdate running = runningUpdate(op, env);
  ChannelView view(input.shape, 1);
  SmallVector<const Tensor *> parameters = {&scale, &offset};
  if (running.mean)
    parameters.append({running.mean, running.variance});
  if (failed(checkParameters(op, view, parameters)))
    return failure();

  int64_t count = view.perChannel();
  bool isUnbiased = op.getUnbiasedVariance();
  if (count < (isUnbiased ? 2 : 1)) {
    shapeError(op) << "(batch_norm_training-C7) " << count
                   << " elements a channel have no "
                   << (isUnbiased ? "unbiased variance" : "statistics");
    return failure();
  }
  std::vector<double> means, variances, newMeans, newVariances;
  for (int64_t c = 0; c < view.channels; ++c) {
    Moments moments = momentsOf(input, view, c);
    double batchVariance =
        moments.squares / static_cast<double>(isUnbiased ? count - 1 : count);
    means.push_back(moments.mean);
    variances.push_back(moments.squares / static_cast<double>(count));
    newMeans.push_back(running.mean ? blend(running.mean->data[c], moments.mean,
                                            running.weight)
                                    : moments.mean);
    newVariances.push_back(running.mean ? blend(running.variance->data[c],
                                                batchVariance, running.weight)
                                        : batchVariance);
  }
  double epsilon = op.getEpsilon().convertToDouble();
  Results results = single(normalise(
      input, view, means, factorsOf(scale, variances, epsilon), offset.data));
  results.push_back({{view.channels}, std::move(newMeans)});
  results.push_back({{view.channels}, std::move(newVariances)});
  return results;
}

Outcome evaluate(nn::ChannelAffineOp op, const Environment &env) {
  Tensor result = env.get(op.getInput());
  ChannelView view(result.shape, static_cast<int64_t>(op.getAxis()));
  for (int64_t c = 0; c < view.channels; ++c)
    view.visitChannel(c, [&](int64_t i) {
      result.data[i] = result.data[i] * op.getScale()[c] + op.getShift()[c];
    });
  return single(std::move(result));
}

} // namespace kiln::reference
