//===- NormalizationSteps.cpp - Batch normalisation and per-channel arithmetic
//---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Steps.h"

#include "kiln/Dialect/NN/IR/NN.h"

using namespace mlir;

namespace kiln::test {

/// Parameters as trained nets have them: scales of both signs and at times
/// zero, means off zero, variances over some decades. A channel of a very
/// small variance has a small scale, so that values keep their range.
static void pickParameters(Random &random, MutableArrayRef<double> scale,
                           MutableArrayRef<double> variance) {
  bool positive = random.chance(25);
  for (auto [s, v] : llvm::zip_equal(scale, variance)) {
    s = random.uniform(positive ? 0.2 : -2, 2);
    v = random.uniform(0.1, 4);
    if (random.chance(6))
      s = 0;
    if (random.chance(8)) {
      v = random.uniform(1e-4, 1e-2);
      s *= 0.1;
    }
  }
}

/// The parameters may have another type than the input (ONNX opset 15).
static Type parameterType(NetBuilder &net, Type input) {
  return isNarrow(input) && net.random.chance(50) ? net.builder.getF32Type()
                                                  : input;
}

Value makeBatchNorm(NetBuilder &net, Value x) {
  Random &random = net.random;
  int64_t channels = shapeOf(x)[1];
  SmallVector<double> scale(channels), variance(channels);
  pickParameters(random, scale, variance);
  Type type = parameterType(net, elementTypeOf(x));
  Type statistics = parameterType(net, elementTypeOf(x));
  double shift = random.chance(15) ? 0 : 1.5;
  Value gamma = net.constant(channels, scale, type);
  Value beta = net.constant(channels, -shift, shift, type);
  Value mean = net.constant(channels, -shift, shift, statistics);
  Value var = net.constant(channels, variance, statistics);
  double epsilon = random.choose({0.0, 1e-5, 1e-5, 1e-3, 0.1});
  return nn::BatchNormInferenceOp::create(net.builder, net.name("bn"), x, gamma,
                                          beta, mean, var, APFloat(epsilon));
}

static bool hasChannels(Value value) { return shapeOf(value).size() >= 2; }

static void batchNorm(NetBuilder &net) {
  if (Value x = net.source(hasChannels))
    net.add(makeBatchNorm(net, x));
}

/// As most nets have it: conv, BN, activation.
static void convBatchNorm(NetBuilder &net) {
  Value x = net.spatialSource();
  if (!x)
    return;
  Value y = makeConv(net, x, makeWindow(net.random, shapeOf(x)), /*groups=*/1,
                     net.random.pick(1, 12));
  y = makeBatchNorm(net, y);
  if (net.random.chance(15))
    y = makeBatchNorm(net, y);
  net.add(net.random.chance(70) ? makeActivation(net, y) : y);
}

namespace {
/// The optional operands and attributes of a training BN.
struct Tracking {
  Value mean, variance, batches;
  FloatAttr momentum;
};
} // namespace

static Tracking makeTracking(NetBuilder &net, int64_t channels, Type type) {
  Tracking tracking;
  if (net.random.chance(35))
    return tracking;
  tracking.mean = net.constant(channels, -1, 1, type);
  tracking.variance = net.constant(channels, 0.1, 3, type);
  if (net.random.chance(70)) {
    tracking.momentum =
        net.builder.getF64FloatAttr(net.random.choose({0.0, 0.1, 0.3, 1.0}));
  } else {
    double count = static_cast<double>(net.random.pick(0, 9));
    tracking.batches =
        net.constant({}, ArrayRef(count), net.builder.getI64Type());
  }
  return tracking;
}

/// Normalises by the batch: no fold may touch it. The epsilon bounds what a
/// channel of nearly equal values would amplify.
static void trainingBatchNorm(NetBuilder &net) {
  Value x = net.source([](Value value) {
    ArrayRef<int64_t> shape = shapeOf(value);
    return shape.size() >= 2 && sizeOf(shape) / shape[1] >= 4;
  });
  if (!x)
    return;
  Random &random = net.random;
  int64_t channels = shapeOf(x)[1];
  Type type = elementTypeOf(x);
  Value scale = net.constant(channels, -2, 2, type);
  Value offset = net.constant(channels, -1, 1, type);
  Tracking tracking = makeTracking(net, channels, type);
  double epsilon = isNarrow(type) ? 0.25 : random.choose({1e-3, 0.01, 0.25});
  auto op = nn::BatchNormTrainingOp::create(
      net.builder, net.name("train_bn"), x, scale, offset, tracking.mean,
      tracking.variance, tracking.batches, net.builder.getF64FloatAttr(epsilon),
      tracking.momentum,
      tracking.mean && random.chance(60) ? net.builder.getUnitAttr()
                                         : UnitAttr(),
      random.chance(40) ? net.builder.getUnitAttr() : UnitAttr());
  // The new statistics are outputs, or feed something.
  if (random.chance(40)) {
    net.add(op.getMean());
    net.add(op.getVariance());
  }
  net.add(op.getResult());
}

static void channelAffine(NetBuilder &net) {
  Value x = net.source(hasChannels);
  if (!x)
    return;
  int64_t rank = static_cast<int64_t>(shapeOf(x).size());
  int64_t axis = net.random.chance(70) ? 1 : net.random.pick(0, rank - 1);
  SmallVector<double> scale(shapeOf(x)[axis]), shift(scale.size());
  for (double &value : scale)
    value = net.random.uniform(-1.5, 1.5);
  for (double &value : shift)
    value = net.random.uniform(-1, 1);
  net.add(nn::ChannelAffineOp::create(net.builder, net.name("affine"), x, scale,
                                      shift, axis));
}

/// Mul, Add, Sub or Div by a constant per channel: [C, 1, ...] or [1, C, 1,
/// ...], and at times one value or one per pixel, which is no affine (F22).
static void perChannel(NetBuilder &net) {
  Value x = net.source(hasChannels);
  if (!x)
    return;
  Random &random = net.random;
  SmallVector<int64_t> shape(shapeOf(x).size(), 1);
  if (random.chance(10))
    shape.assign(shapeOf(x).begin(), shapeOf(x).end());
  else if (random.chance(85))
    shape[1] = shapeOf(x)[1];
  if (shape[0] == 1 && random.chance(50))
    shape.erase(shape.begin());
  BinaryKind kind =
      random.choose({BinaryKind::Mul, BinaryKind::Mul, BinaryKind::Add,
                     BinaryKind::Sub, BinaryKind::Div});
  bool divides = kind == BinaryKind::Div;
  Value constant =
      net.constant(shape, divides ? 0.5 : -1.5, 2, elementTypeOf(x));
  net.add(net.binary(kind, x, constant));
}

ArrayRef<Step> normalizationSteps() {
  static constexpr Step steps[] = {{14, batchNorm},
                                   {14, convBatchNorm},
                                   {4, trainingBatchNorm},
                                   {4, channelAffine},
                                   {6, perChannel}};
  return steps;
}

} // namespace kiln::test
