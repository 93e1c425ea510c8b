//===- BlockSteps.cpp - Patterns of several operations ---*- C++ -*-===//
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

/// relu(x + bn(conv(...))), the shortcut with a convolution at times.
static void residual(NetBuilder &net) {
  Value x = net.spatialSource();
  if (!x)
    return;
  int64_t channels = shapeOf(x)[1];
  auto branch = [&](Value from, int64_t outputs) {
    Window window = makePreservingWindow(net.random, shapeOf(from));
    Value y = makeConv(net, from, window, /*groups=*/1, outputs);
    return net.random.chance(75) ? makeBatchNorm(net, y) : y;
  };
  bool changes = net.random.chance(30);
  int64_t outputs = changes ? net.random.pick(1, 9) : channels;
  Value y = branch(x, net.random.chance(50) ? outputs : net.random.pick(1, 6));
  if (shapeOf(y)[1] != outputs || net.random.chance(30))
    y = branch(makeActivation(net, y), outputs);
  Value shortcut = changes ? branch(x, outputs) : x;
  Value sum = net.binary(BinaryKind::Add, y, shortcut);
  net.add(net.random.chance(70) ? makeActivation(net, sum) : sum);
}

/// concat(x, conv(relu(bn(x)))): the BN cannot fold backward (F28).
static void denseUnit(NetBuilder &net) {
  Value x = net.spatialSource();
  if (!x)
    return;
  Value y = makeActivation(net, makeBatchNorm(net, x));
  Window window = makePreservingWindow(net.random, shapeOf(x));
  y = makeConv(net, y, window, /*groups=*/1, net.random.pick(1, 5));
  net.add(makeConcat(net, {x, y}, 1));
}

/// Branches by one window each that agree in size, joined and normalised: the
/// BN is split over them (F27).
static void inception(NetBuilder &net) {
  Value x = net.spatialSource();
  if (!x)
    return;
  SmallVector<Value> branches;
  for (int64_t i = 0, n = net.random.pick(2, 3); i < n; ++i) {
    Window window = makePreservingWindow(net.random, shapeOf(x));
    branches.push_back(
        makeConv(net, x, window, /*groups=*/1, net.random.pick(1, 6)));
  }
  if (net.random.chance(30))
    branches.push_back(x);
  Value y = makeConcat(net, branches, 1);
  net.add(net.random.chance(70) ? makeBatchNorm(net, y) : y);
}

/// x * sigmoid(conv(relu(conv(mean(x))))).
static void squeezeExcite(NetBuilder &net) {
  Value x = net.spatialSource();
  if (!x)
    return;
  OpBuilder &b = net.builder;
  Value mean = nn::GlobalAveragePoolOp::create(b, net.name("squeeze"), x);
  Window point;
  size_t rank = shapeOf(x).size() - 2;
  point.kernel.assign(rank, 1);
  point.strides = point.dilations = point.kernel;
  point.padLow.assign(rank, 0);
  point.padHigh = point.padLow;
  Value y = makeConv(net, mean, point, /*groups=*/1, net.random.pick(1, 4));
  y = nn::ReluOp::create(b, net.name("relu"), y);
  y = makeConv(net, y, point, /*groups=*/1, shapeOf(x)[1]);
  y = net.random.chance(50)
          ? nn::SigmoidOp::create(b, net.name("gate"), y).getResult()
          : nn::HardSigmoidOp::create(b, net.name("gate"), y, APFloat(1.0 / 6),
                                      APFloat(0.5))
                .getResult();
  net.add(net.binary(BinaryKind::Mul, x, y));
}

/// Two convolutions by the same weights, one of them with BN (F7).
static void sharedWeights(NetBuilder &net) {
  Value x = net.spatialSource();
  if (!x)
    return;
  Window window = makeWindow(net.random, shapeOf(x));
  int64_t outputs = net.random.pick(1, 7);
  Value weights = makeConvWeights(net, x, window, /*groups=*/1, outputs);
  Value other = net.random.chance(50) ? x : makeActivation(net, x);
  Value a = makeConv(net, x, window, /*groups=*/1, outputs, weights);
  Value b = makeConv(net, other, window, /*groups=*/1, outputs, weights);
  net.add(b);
  net.add(net.binary(BinaryKind::Add, makeBatchNorm(net, a), b));
}

/// One set of BN parameters on two values (F9).
static void sharedBatchNorm(NetBuilder &net) {
  Value x = net.spatialSource();
  if (!x)
    return;
  Window window = makePreservingWindow(net.random, shapeOf(x));
  Value a = makeConv(net, x, window, /*groups=*/1, shapeOf(x)[1]);
  Value first = makeBatchNorm(net, a);
  Operation *copy = net.builder.clone(*first.getDefiningOp());
  copy->setOperand(0, x);
  copy->setLoc(net.name("bn"));
  net.add(first);
  net.add(copy->getResult(0));
}

/// softmax(q kT) v on [batch, length, features], by matmul for one batch.
static void attention(NetBuilder &net) {
  Value x = net.source([](Value value) {
    ArrayRef<int64_t> shape = shapeOf(value);
    return shape.size() >= 2 && sizeOf(shape) <= 400 && shape.back() > 1;
  });
  if (!x)
    return;
  int64_t features = shapeOf(x).back(), count = sizeOf(shapeOf(x)) / features;
  int64_t length = divisorOf(net.random, count);
  bool isBatched = net.random.chance(60);
  SmallVector<int64_t> shape = {length, features};
  if (isBatched)
    shape.insert(shape.begin(), count / length);
  else
    shape[0] = count;
  Value tokens = createReshape(net.builder, net.name("tokens"), x, shape);
  int64_t width = net.random.pick(1, 9);
  Value q = makeLinear(net, tokens, width), k = makeLinear(net, tokens, width);
  SmallVector<int64_t> swap = {1, 0};
  if (isBatched)
    swap = {0, 2, 1};
  Value scores = makeMatmul(net, q, makeTranspose(net, k, swap));
  int64_t last = static_cast<int64_t>(shape.size()) - 1;
  Value weights = makeSoftmax(net, scores, last);
  net.add(makeMatmul(net, weights, tokens));
}

ArrayRef<Step> blockSteps() {
  static constexpr Step steps[] = {{5, residual},      {3, denseUnit},
                                   {3, inception},     {2, squeezeExcite},
                                   {2, sharedWeights}, {1, sharedBatchNorm},
                                   {3, attention}};
  return steps;
}

} // namespace kiln::test
