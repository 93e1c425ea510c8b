//===- PoolingSteps.cpp - Pooling, resizing, channel shuffle ---*- C++ -*-===//
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

/// Padding smaller than the dilated kernel, and no dilated and padded window
/// that could hold no element (max_pool-C4).
static Window makePoolWindow(Random &random, ArrayRef<int64_t> x) {
  Window window = makeWindow(random, x);
  for (size_t i = 0; i < window.kernel.size(); ++i) {
    int64_t size = x[i + 2];
    int64_t &kernel = window.kernel[i], &dilation = window.dilations[i];
    kernel = std::min(kernel, size);
    if (dilation * (kernel - 1) + 1 > size)
      dilation = 1;
    int64_t most = std::min(dilation * (kernel - 1), kernel);
    window.padLow[i] = std::min(window.padLow[i], most);
    window.padHigh[i] = std::min(window.padHigh[i], most);
  }
  return window;
}

static void pool(NetBuilder &net) {
  Value x = net.spatialSource();
  if (!x)
    return;
  Window w = makePoolWindow(net.random, shapeOf(x));
  bool ceilMode = net.random.chance(30);
  if (net.random.chance(50))
    net.add(nn::MaxPoolOp::create(net.builder, net.name("max_pool"), x,
                                  w.kernel, w.strides, w.dilations, w.padLow,
                                  w.padHigh, ceilMode));
  else
    net.add(nn::AveragePoolOp::create(
        net.builder, net.name("average_pool"), x, w.kernel, w.strides,
        w.dilations, w.padLow, w.padHigh, ceilMode, net.random.chance(50)));
}

static void globalPool(NetBuilder &net) {
  Value x = net.source([](Value value) { return shapeOf(value).size() >= 3; });
  if (!x)
    return;
  if (net.random.chance(60))
    net.add(nn::GlobalAveragePoolOp::create(net.builder, net.name("gap"), x));
  else
    net.add(nn::GlobalMaxPoolOp::create(net.builder, net.name("gmp"), x));
}

/// A scale beside each size: their quotient, or one that is rounded down to
/// the size.
static void pickSizes(Random &random, ArrayRef<int64_t> x,
                      SmallVectorImpl<int64_t> &sizes,
                      SmallVectorImpl<double> &scales) {
  for (int64_t size : x.drop_front(2)) {
    int64_t target = random.chance(25)   ? size
                     : random.chance(40) ? random.pick(1, size)
                     : random.chance(40) ? size * 2
                                         : size + random.pick(0, size);
    target = std::min<int64_t>(target, 17);
    auto scale = static_cast<double>(target) / static_cast<double>(size);
    if (random.chance(30))
      scale += random.uniform(0, 0.9) / static_cast<double>(size);
    sizes.push_back(target);
    scales.push_back(scale);
  }
}

/// Starts and ends of a part of each dimension; some reach beyond it.
static DenseF64ArrayAttr pickCrop(NetBuilder &net, size_t rank) {
  SmallVector<double> roi;
  for (size_t i = 0; i < rank; ++i)
    roi.push_back(net.random.uniform(-0.1, 0.4));
  for (size_t i = 0; i < rank; ++i)
    roi.push_back(net.random.uniform(0.5, 1.2));
  return net.builder.getDenseF64ArrayAttr(roi);
}

static void resize(NetBuilder &net) {
  using nn::Coordinates, nn::ResizeMode, nn::Rounding;
  Value x = net.spatialSource();
  if (!x)
    return;
  Random &random = net.random;
  SmallVector<int64_t> sizes;
  SmallVector<double> scales;
  pickSizes(random, shapeOf(x), sizes, scales);
  auto mode = random.choose(
      {ResizeMode::Nearest, ResizeMode::Linear, ResizeMode::Cubic});
  auto coordinates = random.choose(
      {Coordinates::HalfPixel, Coordinates::HalfPixel,
       Coordinates::HalfPixelSymmetric, Coordinates::PytorchHalfPixel,
       Coordinates::AlignCorners, Coordinates::Asymmetric});
  if (mode == ResizeMode::Nearest && random.chance(10))
    coordinates = Coordinates::TfHalfPixelForNN;
  auto rounding =
      random.choose({Rounding::RoundPreferFloor, Rounding::RoundPreferCeil,
                     Rounding::Floor, Rounding::Ceil});
  bool excludeOutside = mode == ResizeMode::Cubic && random.chance(40);
  bool antialias = mode != ResizeMode::Nearest && random.chance(20);
  DenseF64ArrayAttr roi;
  if (!antialias && random.chance(8)) {
    coordinates = Coordinates::TfCropAndResize;
    roi = pickCrop(net, sizes.size());
  }
  net.add(nn::ResizeOp::create(
      net.builder, net.name("resize"), x, mode, coordinates, rounding,
      APFloat(random.choose({-0.75, -0.5})), excludeOutside, antialias, roi,
      /*extrapolation_value=*/APFloat(0.25), sizes, scales));
}

/// By the operation, or as files have it: reshape, transpose, reshape.
static void shuffle(NetBuilder &net) {
  Value x = net.source([](Value value) { return shapeOf(value).size() >= 2; });
  if (!x)
    return;
  SmallVector<int64_t> shape(shapeOf(x));
  int64_t groups = divisorOf(net.random, shape[1]);
  if (net.random.chance(60) || shape.size() > 4) {
    net.add(nn::ChannelShuffleOp::create(net.builder, net.name("shuffle"), x,
                                         groups));
    return;
  }
  SmallVector<int64_t> split = {shape[0], groups, shape[1] / groups};
  split.append(shape.begin() + 2, shape.end());
  SmallVector<int64_t> permutation =
      llvm::to_vector(llvm::seq<int64_t>(0, split.size()));
  std::swap(permutation[1], permutation[2]);
  Value y = createReshape(net.builder, net.name("split"), x, split);
  y = makeTranspose(net, y, permutation);
  net.add(createReshape(net.builder, net.name("join"), y, shape));
}

ArrayRef<Step> poolingSteps() {
  static constexpr Step steps[] = {
      {8, pool}, {3, globalPool}, {6, resize}, {4, shuffle}};
  return steps;
}

} // namespace kiln::test
