//===- FusedConvolutionTest.cpp - What is fused to convolutions ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ConvolutionCase.h"

using namespace kiln::test;

namespace {

TEST(FusedConvolution, PrologueOfPointwise) {
  Conv conv{.batch = 2,
            .in = 7,
            .out = 45,
            .size = {5, 13},
            .kernel = {1, 1},
            .strides = {1, 1},
            .dilations = {1, 1},
            .low = {0, 0},
            .high = {0, 0},
            .prologue = true};
  conv.check();
  conv.strides = {2, 3};
  conv.check();
  conv.groups = 3;
  conv.check();
}

TEST(FusedConvolution, PrologueInAShortPlane) {
  Conv{.in = 24,
       .out = 90,
       .size = {2, 5},
       .kernel = {1, 1},
       .strides = {1, 1},
       .dilations = {1, 1},
       .low = {0, 0},
       .high = {0, 0},
       .prologue = true}
      .check();
}

TEST(FusedConvolution, PrologueBeforeABorder) {
  Conv conv{.in = 3,
            .out = 13,
            .size = {9, 37},
            .kernel = {3, 3},
            .strides = {1, 1},
            .dilations = {1, 1},
            .low = {1, 0},
            .high = {0, 2},
            .prologue = true};
  conv.check();
  conv.strides = {2, 2};
  conv.check();
  conv.low = conv.high = {0, 0};
  conv.strides = {1, 1};
  conv.check();
}

TEST(FusedConvolution, PrologueOfDepthwise) {
  Conv{.groups = 6,
       .size = {17, 35},
       .kernel = {3, 3},
       .strides = {1, 1},
       .dilations = {1, 2},
       .low = {0, 0},
       .high = {0, 0},
       .prologue = true}
      .check();
}

/// Functions that become calls, on vectors side by side, on scattered ones and
/// in the phases of a transposed convolution.
TEST(FusedConvolution, EpilogueThatCalls) {
  Conv conv{.in = 5,
            .out = 37,
            .size = {3, 41},
            .kernel = {1, 2},
            .strides = {1, 1},
            .dilations = {1, 1},
            .low = {0, 1},
            .high = {0, 0},
            .extra = {0, 0},
            .activation = "nn.silu %2"};
  conv.check();
  conv.size = {3, 5};
  conv.activation = "nn.gelu %2 {form = #nn.gelu_form<erf>}";
  conv.check();
  conv.strides = {2, 2};
  conv.transposed = conv.prologue = true;
  conv.activation = "nn.mish %2";
  conv.check();
}

/// Random shapes of every kind; the seed stands in the output of a failure.

} // namespace
