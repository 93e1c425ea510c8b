//===- ConvolutionSteps.cpp - Convolutions and linear layers ---*- C++ -*-===//
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

Window makeWindow(Random &random, ArrayRef<int64_t> x) {
  Window window;
  for (int64_t size : x.drop_front(2)) {
    int64_t kernel = std::min(random.choose({1, 2, 3, 3, 3, 5}), 5);
    int64_t dilation = random.chance(25) ? random.pick(2, 3) : 1;
    int64_t low = random.chance(50) ? random.pick(0, 2) : 0;
    int64_t high = random.chance(50) ? random.pick(0, 2) : 0;
    while (dilation * (kernel - 1) + 1 > size + low + high)
      dilation > 1 ? --dilation : --kernel;
    window.kernel.push_back(kernel);
    window.dilations.push_back(dilation);
    window.strides.push_back(size > 4 ? random.choose({1, 1, 2, 3}) : 1);
    window.padLow.push_back(low);
    window.padHigh.push_back(high);
  }
  return window;
}

Window makePreservingWindow(Random &random, ArrayRef<int64_t> x) {
  Window window;
  for (size_t i = 2; i < x.size(); ++i) {
    int64_t kernel = random.choose({1, 2, 3, 3});
    int64_t dilation = random.chance(20) ? 2 : 1;
    int64_t padding = dilation * (kernel - 1);
    int64_t low = random.chance(70) ? padding / 2 : random.pick(0, padding);
    window.kernel.push_back(kernel);
    window.dilations.push_back(dilation);
    window.strides.push_back(1);
    window.padLow.push_back(low);
    window.padHigh.push_back(padding - low);
  }
  return window;
}

/// Uniform numbers of this magnitude keep the variance of what they weigh.
static double magnitudeFor(int64_t fanIn) {
  return std::sqrt(3.0 / static_cast<double>(fanIn));
}

static Value makeBias(NetBuilder &net, int64_t outputs, Type type) {
  return net.random.chance(50) ? net.constant(outputs, -1, 1, type) : Value();
}

Value makeConvWeights(NetBuilder &net, Value x, const Window &window,
                      int64_t groups, int64_t outputs) {
  SmallVector<int64_t> shape = {outputs, shapeOf(x)[1] / groups};
  shape.append(window.kernel);
  double magnitude = magnitudeFor(sizeOf(shape) / outputs);
  return net.constant(shape, -magnitude, magnitude, elementTypeOf(x));
}

Value makeConv(NetBuilder &net, Value x, const Window &window, int64_t groups,
               int64_t outputs, Value weights) {
  if (!weights)
    weights = makeConvWeights(net, x, window, groups, outputs);
  Value bias = makeBias(net, outputs, elementTypeOf(x));
  return nn::ConvOp::create(net.builder, net.name("conv"), x, weights, bias,
                            window.strides, window.dilations, window.padLow,
                            window.padHigh, groups);
}

/// Small counts, and some that fill several vectors.
static int64_t pickChannels(Random &random) {
  return random.chance(65)   ? random.pick(1, 9)
         : random.chance(70) ? random.pick(10, 20)
                             : random.pick(30, 45);
}

static void conv(NetBuilder &net) {
  Value x = net.spatialSource();
  if (!x)
    return;
  int64_t channels = shapeOf(x)[1];
  int64_t groups = net.random.chance(35) ? divisorOf(net.random, channels) : 1;
  int64_t outputs =
      groups * std::max<int64_t>(1, pickChannels(net.random) / groups);
  // Channels of their own, with a multiplier at times.
  if (net.random.chance(15)) {
    groups = channels;
    outputs = channels * net.random.choose({1, 1, 2});
  }
  Window window = makeWindow(net.random, shapeOf(x));
  net.add(makeConv(net, x, window, groups, outputs));
}

/// Weights of a net that another part computes are an input here (F29).
static void convByInput(NetBuilder &net) {
  Value x = net.spatialSource();
  if (!x)
    return;
  Window window = makeWindow(net.random, shapeOf(x));
  int64_t outputs = net.random.pick(1, 6);
  SmallVector<int64_t> shape = {outputs, shapeOf(x)[1]};
  shape.append(window.kernel);
  Value weights = net.addInput(shape, elementTypeOf(x));
  net.add(makeConv(net, x, window, /*groups=*/1, outputs, weights));
}

static void convTranspose(NetBuilder &net) {
  Value x = net.spatialSource();
  if (!x)
    return;
  Random &random = net.random;
  Window window;
  SmallVector<int64_t> outputPadding, weights;
  for (int64_t size : shapeOf(x).drop_front(2)) {
    int64_t kernel = random.pick(1, 4);
    int64_t stride = size > 8 ? 1 : random.pick(1, 3);
    int64_t dilation = random.chance(20) ? 2 : 1;
    int64_t full = (size - 1) * stride + dilation * (kernel - 1) + 1;
    int64_t low = std::min<int64_t>(random.pick(0, 2), (full - 1) / 2);
    int64_t high = std::min<int64_t>(random.pick(0, 2), (full - 1) / 2);
    window.kernel.push_back(kernel);
    window.strides.push_back(stride);
    window.dilations.push_back(dilation);
    window.padLow.push_back(low);
    window.padHigh.push_back(high);
    outputPadding.push_back(
        random.chance(30) ? random.pick(0, std::max(stride, dilation) - 1) : 0);
  }
  int64_t channels = shapeOf(x)[1];
  int64_t groups = random.chance(50) ? divisorOf(random, channels) : 1;
  int64_t outputs = groups * random.pick(1, std::max<int64_t>(1, 9 / groups));
  weights = {channels, outputs / groups};
  weights.append(window.kernel);
  double magnitude =
      magnitudeFor(channels / groups * sizeOf(window.kernel)) * 1.5;
  Type type = elementTypeOf(x);
  Value w = net.constant(weights, -magnitude, magnitude, type);
  net.add(nn::ConvTransposeOp::create(
      net.builder, net.name("deconv"), x, w, makeBias(net, outputs, type),
      window.strides, window.dilations, window.padLow, window.padHigh,
      outputPadding, groups));
}

Value makeLinear(NetBuilder &net, Value x, int64_t outputs) {
  int64_t features = shapeOf(x).back();
  double magnitude = magnitudeFor(features);
  Type type = elementTypeOf(x);
  Value weights =
      net.constant({outputs, features}, -magnitude, magnitude, type);
  return nn::LinearOp::create(net.builder, net.name("linear"), x, weights,
                              makeBias(net, outputs, type));
}

static void linear(NetBuilder &net) {
  Value x = net.source([](Value value) { return !shapeOf(value).empty(); });
  if (x)
    net.add(makeLinear(net, x, pickChannels(net.random)));
}

/// [N, C * spatial] -> linear -> BN, the head of a classifier.
static void head(NetBuilder &net) {
  Value x = net.spatialSource();
  if (!x || sizeOf(shapeOf(x)) / shapeOf(x)[0] > 600)
    return;
  int64_t batch = shapeOf(x)[0];
  Value flat = createReshape(net.builder, net.name("flatten"), x,
                             {batch, sizeOf(shapeOf(x)) / batch});
  Value y = makeLinear(net, flat, net.random.pick(2, 20));
  if (net.random.chance(60))
    y = makeBatchNorm(net, y);
  net.add(y);
}

ArrayRef<Step> convolutionSteps() {
  static constexpr Step steps[] = {
      {20, conv}, {2, convByInput}, {8, convTranspose}, {4, linear}, {3, head}};
  return steps;
}

} // namespace kiln::test
