//===- ConvolutionKernelTest.cpp - Compiled convolutions against the interpreter
//---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ConvolutionCase.h"

#include <random>

using namespace kiln::test;

namespace {

TEST(ConvolutionKernel, PointwiseFlattensThePlane) {
  Conv{.batch = 2,
       .in = 7,
       .out = 19,
       .size = {5, 13},
       .kernel = {1, 1},
       .strides = {1, 1},
       .dilations = {1, 1},
       .low = {0, 0},
       .high = {0, 0}}
      .check();
}

TEST(ConvolutionKernel, PointwiseToOneChannel) {
  Conv{.in = 24,
       .out = 1,
       .size = {7, 90},
       .kernel = {1, 1},
       .strides = {1, 1},
       .dilations = {1, 1},
       .low = {0, 0},
       .high = {0, 0}}
      .check();
}

TEST(ConvolutionKernel, PointwiseWithStridesSubsamples) {
  Conv{.in = 5,
       .out = 9,
       .size = {7, 10},
       .kernel = {1, 1},
       .strides = {2, 3},
       .dilations = {1, 1},
       .low = {0, 0},
       .high = {0, 0}}
      .check();
}

TEST(ConvolutionKernel, AsymmetricPadding) {
  Conv{.in = 3,
       .out = 13,
       .size = {9, 37},
       .kernel = {3, 3},
       .strides = {1, 1},
       .dilations = {1, 1},
       .low = {1, 0},
       .high = {0, 2}}
      .check();
}

TEST(ConvolutionKernel, ManyChannelsOfShortLines) {
  Conv{.in = 24,
       .out = 45,
       .size = {5, 7},
       .kernel = {3, 3},
       .strides = {1, 1},
       .dilations = {1, 1},
       .low = {1, 1},
       .high = {1, 1}}
      .check();
}

TEST(ConvolutionKernel, StridesSplitThePhases) {
  Conv{.in = 3,
       .out = 5,
       .size = {21, 67},
       .kernel = {3, 4},
       .strides = {2, 3},
       .dilations = {1, 2},
       .low = {1, 2},
       .high = {1, 1}}
      .check();
}

TEST(ConvolutionKernel, Depthwise) {
  Conv{.groups = 6,
       .size = {17, 35},
       .kernel = {3, 3},
       .strides = {1, 1},
       .dilations = {1, 1},
       .low = {1, 1},
       .high = {1, 1}}
      .check();
  Conv{.groups = 5,
       .out = 2,
       .size = {17, 35},
       .kernel = {5, 3},
       .strides = {2, 2},
       .dilations = {1, 1},
       .low = {2, 1},
       .high = {2, 1}}
      .check();
}

TEST(ConvolutionKernel, OneAndThreeDimensions) {
  Conv{.batch = 2,
       .in = 3,
       .out = 5,
       .size = {41},
       .kernel = {5},
       .strides = {2},
       .dilations = {3},
       .low = {4},
       .high = {1}}
      .check();
  Conv{.groups = 2,
       .in = 2,
       .out = 3,
       .size = {5, 7, 19},
       .kernel = {2, 3, 3},
       .strides = {1, 2, 1},
       .dilations = {2, 1, 1},
       .low = {1, 0, 1},
       .high = {0, 1, 1}}
      .check();
}

TEST(ConvolutionKernel, TransposedPhases) {
  Conv{.in = 5,
       .out = 7,
       .size = {6, 9},
       .kernel = {2, 2},
       .strides = {2, 2},
       .dilations = {1, 1},
       .low = {0, 0},
       .high = {0, 0},
       .extra = {0, 0},
       .transposed = true}
      .check();
  Conv{.groups = 2,
       .in = 3,
       .out = 2,
       .size = {5, 6},
       .kernel = {3, 4},
       .strides = {2, 3},
       .dilations = {2, 1},
       .low = {1, 0},
       .high = {0, 2},
       .extra = {1, 0},
       .transposed = true}
      .check();
}

TEST(ConvolutionKernel, TransposedPhaseWithoutTaps) {
  Conv{.in = 2,
       .out = 3,
       .size = {4, 5},
       .kernel = {1, 2},
       .strides = {3, 3},
       .dilations = {1, 3},
       .low = {0, 1},
       .high = {0, 0},
       .extra = {2, 1},
       .transposed = true}
      .check();
}

TEST(ConvolutionKernel, RandomShapes) {
  for (unsigned seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    auto pick = [&](int64_t low, int64_t high) {
      return low + static_cast<int64_t>(random() % (high - low + 1));
    };
    Conv conv;
    conv.transposed = pick(0, 3) == 0;
    conv.bias = pick(0, 1);
    conv.fused = pick(0, 3) > 0;
    conv.prologue = seed % 2 == 0;
    if (seed % 3 == 0)
      conv.activation = "nn.tanh %2";
    conv.batch = pick(1, 2);
    conv.groups = pick(0, 1) ? 1 : pick(2, 4);
    conv.in = pick(1, 9);
    conv.out = pick(0, 2) ? pick(1, 9) : pick(17, 40);
    for (int64_t dims = pick(1, 3), d = 0; d < dims; ++d) {
      conv.size.push_back(pick(1, d + 1 == dims ? 40 : 9));
      conv.kernel.push_back(pick(1, 4));
      conv.strides.push_back(pick(1, 3));
      conv.dilations.push_back(pick(1, 3));
      conv.low.push_back(pick(0, 3));
      conv.high.push_back(pick(0, 3));
      conv.extra.push_back(
          pick(0, std::max(conv.strides[d], conv.dilations[d]) - 1));
    }
    if (conv.isValid())
      conv.check();
  }
}

} // namespace
