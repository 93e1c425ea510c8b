//===- WindowKernelTest.cpp - cpu.window against the interpreter ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "WindowCase.h"

#include <cmath>
#include <limits>

using namespace kiln::test;

namespace {

/// A third of the nets with narrow vectors: compiling is what takes time.
void checkRandom(WindowCase::Kind kind, unsigned first, unsigned count) {
  for (unsigned seed = first; seed < first + count; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 generator(seed);
    WindowCase net = WindowCase::random(generator, kind);
    net.check(seed % 3 ? wideTarget() : narrowTarget(), net.inputs());
    if (testing::Test::HasFailure())
      return;
  }
}

TEST(WindowKernel, RandomDepthwise) {
  checkRandom(WindowCase::Depthwise, 1000, 200);
}

TEST(WindowKernel, RandomMaxPool) {
  checkRandom(WindowCase::MaxPool, 2000, 200);
}

TEST(WindowKernel, RandomAveragePool) {
  checkRandom(WindowCase::AveragePool, 3000, 200);
}

TEST(WindowKernel, GlobalPools) {
  for (int64_t width : {1, 7, 23})
    for (auto kind : {WindowCase::GlobalMax, WindowCase::GlobalAverage})
      WindowCase{.kind = kind,
                 .batch = 2,
                 .channels = 19,
                 .size = {width == 1 ? 9 : 3, width},
                 .kernel = {}}
          .check();
}

TEST(WindowKernel, ManyTasksOfManyPlanes) {
  WindowCase{.batch = 3,
             .channels = 130,
             .size = {57, 61},
             .kernel = {3, 3},
             .low = {1, 1},
             .high = {1, 1}}
      .check();
}

TEST(WindowKernel, FewPlanesOfManyLines) {
  WindowCase{.channels = 5,
             .size = {301, 213},
             .kernel = {3, 3},
             .strides = {1, 2},
             .low = {1, 1},
             .high = {1, 1}}
      .check();
}

TEST(WindowKernel, PaddingOverSeveralTiles) {
  WindowCase{.channels = 18,
             .size = {37, 75},
             .kernel = {3, 3},
             .dilations = {36, 38},
             .low = {36, 38},
             .high = {36, 38}}
      .check();
}

TEST(WindowKernel, LongLinesOfTheKernel) {
  WindowCase{.channels = 18,
             .size = {5, 90},
             .kernel = {2, 33},
             .strides = {1, 2},
             .low = {1, 16},
             .high = {0, 16}}
      .check();
}

/// A NaN wins wherever it lies in its window; a window of nothing but minus
/// infinity stays one.
TEST(WindowKernel, MaximumOfNaNAndInfinity) {
  WindowCase net{.kind = WindowCase::MaxPool,
                 .channels = 17,
                 .size = {9, 31},
                 .kernel = {3, 3},
                 .strides = {2, 2},
                 .low = {1, 1},
                 .high = {1, 1}};
  std::vector<Tensor> inputs = net.inputs();
  std::vector<double> &x = inputs.front().data;
  double infinity = std::numeric_limits<double>::infinity();
  for (size_t i = 0; i < x.size(); ++i) {
    if (i % 37 == 5)
      x[i] = i % 2 ? std::nan("") : -std::nan("");
    if (i / 31 % 9 < 3)
      x[i] = -infinity;
    if (i % 101 == 7)
      x[i] = infinity;
  }
  net.check(wideTarget(), inputs);
  net.check(narrowTarget(), inputs);
}

/// A window over a part of the blocks, whose result is a part of a
/// concatenation: both are views.
TEST(WindowKernel, ViewsOfLargerTensors) {
  std::string plain = R"(
    func.func @net(%x: tensor<2x48x9x11xf32>) -> tensor<2x48x9x11xf32> {
      %a = tensor.extract_slice %x[0, 16, 0, 0] [2, 32, 9, 11] [1, 1, 1, 1]
        : tensor<2x48x9x11xf32> to tensor<2x32x9x11xf32>
      %b = tensor.extract_slice %x[0, 0, 0, 0] [2, 16, 9, 11] [1, 1, 1, 1]
        : tensor<2x48x9x11xf32> to tensor<2x16x9x11xf32>
      %m = nn.max_pool %a {
          kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>,
          dilations = array<i64: 1, 1>, pad_low = array<i64: 1, 1>,
          pad_high = array<i64: 1, 1>}
        : (tensor<2x32x9x11xf32>) -> tensor<2x32x9x11xf32>
      %y = tensor.concat dim(1) %b, %m
        : (tensor<2x16x9x11xf32>, tensor<2x32x9x11xf32>) -> tensor<2x48x9x11xf32>
      return %y : tensor<2x48x9x11xf32>
    })";
  std::string blocked = R"(
    func.func @net(%x: tensor<2x48x9x11xf32>) -> tensor<2x48x9x11xf32> {
      %e = tensor.empty() : tensor<2x3x9x11x16xf32>
      %p = linalg.pack %x inner_dims_pos = [1] inner_tiles = [16] into %e
        : tensor<2x48x9x11xf32> -> tensor<2x3x9x11x16xf32>
      %a = tensor.extract_slice %p[0, 1, 0, 0, 0] [2, 2, 9, 11, 16] [1, 1, 1, 1, 1]
        : tensor<2x3x9x11x16xf32> to tensor<2x2x9x11x16xf32>
      %b = tensor.extract_slice %p[0, 0, 0, 0, 0] [2, 1, 9, 11, 16] [1, 1, 1, 1, 1]
        : tensor<2x3x9x11x16xf32> to tensor<2x1x9x11x16xf32>
      %f = tensor.empty() : tensor<2x2x9x11x16xf32>
      %m = cpu.window maximum %a into %f attributes {
          kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>,
          dilations = array<i64: 1, 1>, pad_low = array<i64: 1, 1>,
          columns = 6 : i64, tasks = 3 : i64, maps = []} {
        ^bb0(%max: f32):
          cpu.yield %max : f32
        } : (tensor<2x2x9x11x16xf32>, tensor<2x2x9x11x16xf32>)
            -> tensor<2x2x9x11x16xf32>
      %y = tensor.concat dim(1) %b, %m
        : (tensor<2x1x9x11x16xf32>, tensor<2x2x9x11x16xf32>)
          -> tensor<2x3x9x11x16xf32>
      %g = tensor.empty() : tensor<2x48x9x11xf32>
      %u = linalg.unpack %y inner_dims_pos = [1] inner_tiles = [16] into %g
        : tensor<2x3x9x11x16xf32> -> tensor<2x48x9x11xf32>
      return %u : tensor<2x48x9x11xf32>
    })";
  std::vector<Tensor> inputs{pattern({2, 48, 9, 11}, 7)};
  std::vector<Tensor> expected = interpretText(plain, inputs);
  std::vector<Tensor> actual = runCompiled(blocked, inputs, wideTarget());
  ASSERT_EQ(actual.size(), expected.size());
  expectNear(actual.front(), expected.front(), 1e-6);
}

} // namespace
