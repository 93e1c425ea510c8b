//===- ConvolutionKernelTest.cpp - Compiled convolutions against the interpreter
//---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CompiledNet.h"

#include <random>

using namespace kiln::test;

namespace {

/// Weights as text: numbers that no two neighbours share.
std::string dense(const std::vector<int64_t> &shape, int64_t seed) {
  Tensor values = pattern(shape, seed);
  std::string text;
  std::vector<size_t> block(shape.size(), 1);
  for (size_t d = shape.size() - 1; d-- > 0;)
    block[d] = block[d + 1] * shape[d + 1];
  block.insert(block.begin(), block.front() * shape.front());
  for (size_t i = 0; i < values.data.size(); ++i) {
    if (i)
      text += ", ";
    for (size_t d = 0; d < shape.size(); ++d)
      if (i % block[d] == 0)
        text += "[";
    char number[32];
    std::snprintf(number, sizeof number, "%.6e", values.data[i]);
    text += number;
    for (size_t d = 0; d < shape.size(); ++d)
      if ((i + 1) % block[d] == 0)
        text += "]";
  }
  return "dense<" + text + ">";
}

std::string type(const std::vector<int64_t> &shape) {
  std::string text = "tensor<";
  for (int64_t size : shape)
    text += std::to_string(size) + "x";
  return text + "f32>";
}

std::string array(const std::vector<int64_t> &values) {
  std::string text = "array<i64: ";
  for (size_t i = 0; i < values.size(); ++i)
    text += (i ? ", " : "") + std::to_string(values[i]);
  return text + ">";
}

struct Conv {
  int64_t batch = 1, groups = 1, in = 1, out = 1; // channels of a group
  std::vector<int64_t> size, kernel, strides, dilations, low, high;
  std::vector<int64_t> extra = {};
  bool transposed = false, bias = true, fused = true, prologue = false;
  std::string activation = "nn.leaky_relu %2 {alpha = 0.25 : f64}";

  std::vector<int64_t> inputShape() const {
    std::vector<int64_t> shape{batch, groups * in};
    shape.insert(shape.end(), size.begin(), size.end());
    return shape;
  }
  std::vector<int64_t> outputShape() const {
    std::vector<int64_t> shape{batch, groups * out};
    for (size_t i = 0; i < size.size(); ++i) {
      int64_t reach = dilations[i] * (kernel[i] - 1);
      shape.push_back(
          transposed
              ? (size[i] - 1) * strides[i] + reach + 1 + extra[i] - low[i] -
                    high[i]
              : (size[i] + low[i] + high[i] - reach - 1) / strides[i] + 1);
    }
    return shape;
  }
  bool isValid() const {
    for (size_t i = 0; i < size.size(); ++i)
      if (!transposed &&
          size[i] + low[i] + high[i] < dilations[i] * (kernel[i] - 1) + 1)
        return false;
    for (int64_t extent : outputShape())
      if (extent < 1)
        return false;
    return true;
  }

  /// A scale and shift of both signs, and an activation that does not leave a
  /// shifted zero as it is.
  std::string prologueText(const std::string &x) const {
    if (!prologue || !fused)
      return "";
    std::string scale, shift;
    for (int64_t c = 0; c < groups * in; ++c) {
      scale += (c ? ", " : "") + std::to_string(c % 3 == 1 ? -0.75 : 0.5 + c);
      shift += (c ? ", " : "") +
               std::to_string(0.25 * static_cast<double>(c % 5) - 0.375);
    }
    return "%a = nn.channel_affine %x {scale = array<f64: " + scale +
           ">, shift = array<f64: " + shift + ">, axis = 1 : i64} : " + x +
           "\n%t = nn.leaky_relu %a {alpha = -0.5 : f64} : " + x + "\n";
  }

  std::string text() const {
    std::vector<int64_t> weights = transposed
                                       ? std::vector<int64_t>{groups * in, out}
                                       : std::vector<int64_t>{groups * out, in};
    weights.insert(weights.end(), kernel.begin(), kernel.end());
    std::string x = type(inputShape()), y = type(outputShape());
    std::string w = type(weights), b = type({groups * out});
    std::string op =
        prologueText(x) + "%1 = nn." +
        std::string(transposed ? "conv_transpose" : "conv") +
        (prologue && fused ? " %t" : " %x") + ", %w" + (bias ? ", %b" : "") +
        " {strides = " + array(strides) + ", dilations = " + array(dilations) +
        ", pad_low = " + array(low) + ", pad_high = " + array(high) +
        ", groups = " + std::to_string(groups) + " : i64" +
        (transposed ? ", output_padding = " + array(extra) : "") + "} : (" + x +
        ", " + w + (bias ? ", " + b : "") + ") -> " + y + "\n";
    std::string text = "func.func @net(%x: " + x + ", %r: " + y + ") -> " + y +
                       " {\n%w = arith.constant " + dense(weights, 3) + " : " +
                       w + "\n%b = arith.constant " + dense({groups * out}, 5) +
                       " : " + b + "\n";
    if (!fused)
      return text + op + "return %1 : " + y + "\n}";
    std::string map = "affine_map<(d0, d1";
    for (size_t i = 0; i < size.size(); ++i)
      map += ", d" + std::to_string(i + 2);
    map += ") -> (d0, d1";
    for (size_t i = 0; i < size.size(); ++i)
      map += ", d" + std::to_string(i + 2);
    map += ")>";
    std::string parallel = "\"parallel\", \"parallel\"";
    for (size_t i = 0; i < size.size(); ++i)
      parallel += ", \"parallel\"";
    return text + "%0 = nn.fused {\n" + op + "%e = tensor.empty() : " + y +
           "\n%2 = linalg.generic {indexing_maps = [" + map + ", " + map +
           ", " + map + "], iterator_types = [" + parallel +
           "]} ins(%1, %r : " + y + ", " + y + ") outs(%e : " + y +
           ") {\n^bb0(%p: f32, %q: f32, %o: f32):\n%s = arith.addf %p, %q : "
           "f32\nlinalg.yield %s : f32\n} -> " +
           y + "\n%3 = " + activation + " : " + y + "\nnn.yield %3 : " + y +
           "\n} : " + y + "\nreturn %0 : " + y + "\n}";
  }

  void check() const {
    std::string code = text();
    SCOPED_TRACE(code.substr(0, 120) + code.substr(code.find("%1 = nn.")));
    expectCompiledNear(code,
                       {pattern(inputShape(), 11), pattern(outputShape(), 13)});
  }
};

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

TEST(ConvolutionKernel, PrologueOfPointwise) {
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

TEST(ConvolutionKernel, PrologueInAShortPlane) {
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

TEST(ConvolutionKernel, PrologueBeforeABorder) {
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

TEST(ConvolutionKernel, PrologueOfDepthwise) {
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
TEST(ConvolutionKernel, EpilogueThatCalls) {
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
