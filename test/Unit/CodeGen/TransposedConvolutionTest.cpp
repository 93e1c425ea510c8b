//===- TransposedConvolutionTest.cpp - Phases of few channels ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CompiledNet.h"
#include "ConvolutionCase.h"
#include "llvm/Support/FormatVariadic.h"

#include <random>

using namespace kiln::test;
using llvm::formatv;

namespace {

using Sizes = std::vector<int64_t>;

struct Transposed {
  int64_t channels = 1;
  Sizes kernel, strides, low = {0, 0}, high = {0, 0}, extra = {0, 0};
  bool prologue = false;
};

/// A convolution, whose result lies in blocks, and transposed ones behind each
/// other, each with operations that differ from channel to channel.
class Chain {
public:
  explicit Chain(Sizes input) : input(input), shape(std::move(input)) {
    convolve(35);
  }

  void transpose(const Transposed &op);
  bool isValid() const { return shape[2] > 0 && shape[3] > 0; }
  void check() const {
    std::string code = formatv("func.func @net(%x: {0}) -> {1} {{\n{2}return "
                               "{3} : {1}\n}",
                               typeText(input), typeText(shape), body, last);
    SCOPED_TRACE(code.substr(code.rfind("nn.conv_transpose")));
    expectCompiledNear(code, {pattern(input, 11)});
  }

private:
  void convolve(int64_t channels);
  std::string constant(const Sizes &of);
  std::string activation();
  std::string prologue();
  std::string name() { return "%v" + std::to_string(++names); }

  Sizes input, shape;
  std::string body, last = "%x";
  int64_t names = 0;
};

/// The name of a constant of that shape.
std::string Chain::constant(const Sizes &of) {
  std::string id = name();
  body += formatv("{0} = arith.constant {1} : {2}\n", id, denseText(of, names),
                  typeText(of));
  return id;
}

void Chain::convolve(int64_t channels) {
  Sizes weights{channels, shape[1], 1, 1}, result = shape;
  result[1] = channels;
  std::string w = constant(weights), id = name();
  body += formatv("{0} = nn.conv {1}, {2} {{strides = array<i64: 1, 1>, "
                  "dilations = array<i64: 1, 1>, pad_low = array<i64: 0, 0>, "
                  "pad_high = array<i64: 0, 0>} : ({3}, {4}) -> {5}\n",
                  id, last, w, typeText(shape), typeText(weights),
                  typeText(result));
  last = id;
  shape = result;
}

static std::string affineText(int64_t channels) {
  std::string scale, shift;
  for (int64_t c = 0; c < channels; ++c) {
    scale += (c ? ", " : "") + std::to_string(c % 3 == 1 ? -0.75 : 0.5);
    shift += (c ? ", " : "") + std::to_string(0.25 * double(c % 5) - 0.375);
  }
  return formatv("{{scale = array<f64: {0}>, shift = array<f64: {1}>, axis = 1 "
                 ": i64}",
                 scale, shift);
}

std::string Chain::prologue() {
  return formatv("%p = nn.channel_affine {0} {1} : {2}\n", last,
                 affineText(shape[1]), typeText(shape));
}

/// From %t to %d: a generic with an element for each channel, a slope for each,
/// a scale and shift for each.
std::string Chain::activation() {
  Sizes added{shape[1], 1, 1};
  std::string identity = "affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>";
  return formatv(
      R"(%e = tensor.empty() : {0}
%b = linalg.generic {{indexing_maps = [{1}, affine_map<(d0, d1, d2, d3) -> (d1, 0, 0)>, {1}],
  iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
  ins(%t, {2} : {0}, {3}) outs(%e : {0}) {{
^bb0(%l: f32, %r: f32, %o: f32):
  %s = arith.addf %l, %r : f32
  linalg.yield %s : f32
} -> {0}
%c = nn.prelu %b, {4} : {0}, {5}
%d = nn.channel_affine %c {6} : {0}
)",
      typeText(shape), identity, constant(added), typeText(added),
      constant({shape[1]}), typeText({shape[1]}), affineText(shape[1]));
}

void Chain::transpose(const Transposed &op) {
  Sizes weights{shape[1], op.channels, op.kernel[0], op.kernel[1]};
  std::string from = typeText(shape), source = last;
  std::string before = op.prologue ? prologue() : "";
  shape[1] = op.channels;
  for (int d : {0, 1})
    shape[d + 2] = (shape[d + 2] - 1) * op.strides[d] + op.kernel[d] +
                   op.extra[d] - op.low[d] - op.high[d];
  if (!isValid())
    return;
  std::string w = constant(weights), b = constant({op.channels});
  std::string after = activation(), id = name();
  body += formatv(
      "{0} = nn.fused {{\n{1}%t = nn.conv_transpose {2}, {3}, {4} {{strides = "
      "{5}, dilations = array<i64: 1, 1>, pad_low = {6}, pad_high = {7}, "
      "output_padding = {8}} : ({9}, {10}, {11}) -> {12}\n{13}nn.yield %d : "
      "{12}\n} : {12}\n",
      id, before, op.prologue ? "%p" : source, w, b, arrayText(op.strides),
      arrayText(op.low), arrayText(op.high), arrayText(op.extra), from,
      typeText(weights), typeText({op.channels}), typeText(shape), after);
  last = id;
}

TEST(TransposedConvolution, PhasesOfOneChannel) {
  Chain chain({2, 3, 5, 7});
  chain.transpose({.kernel = {2, 2}, .strides = {2, 2}});
  chain.check();
}

TEST(TransposedConvolution, PhasesOfSeveralTapsWithPadding) {
  Chain chain({1, 3, 4, 9});
  chain.transpose({.channels = 2,
                   .kernel = {4, 3},
                   .strides = {2, 3},
                   .low = {1, 2},
                   .high = {2, 0},
                   .extra = {1, 2},
                   .prologue = true});
  chain.check();
}

/// Sums of channels that become pixels, which become pixels themselves.
TEST(TransposedConvolution, TwoBehindEachOther) {
  Chain chain({1, 3, 3, 5});
  chain.transpose({.channels = 7, .kernel = {2, 1}, .strides = {2, 1}});
  chain.transpose({.channels = 2, .kernel = {2, 3}, .strides = {2, 3}});
  chain.check();
}

TEST(TransposedConvolution, ThreeBehindEachOther) {
  Chain chain({1, 3, 3, 5});
  chain.transpose({.channels = 5, .kernel = {1, 2}, .strides = {1, 2}});
  chain.transpose({.channels = 3, .kernel = {2, 1}, .strides = {2, 1}});
  chain.transpose({.channels = 2, .kernel = {1, 2}, .strides = {1, 2}});
  chain.check();
}

/// Of every kind; the seed stands in the output of a failure.
TEST(TransposedConvolution, RandomChains) {
  for (unsigned seed = 1; seed <= 12; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    auto pick = [&](int64_t low, int64_t high) {
      return low + static_cast<int64_t>(random() % (high - low + 1));
    };
    Chain chain({pick(1, 2), 3, pick(1, 6), pick(1, 9)});
    for (int64_t ops = pick(1, 2); ops > 0; --ops) {
      Transposed op{.channels = pick(1, 5), .prologue = pick(0, 3) == 0};
      bool plain = pick(0, 1);
      for (int d : {0, 1}) {
        int64_t stride = pick(1, 3);
        op.strides.push_back(stride);
        op.kernel.push_back(stride * (plain ? 1 : pick(1, 2)));
        op.low[d] = plain ? 0 : pick(0, op.kernel[d] - 1);
        op.high[d] = plain ? 0 : pick(0, op.kernel[d] - 1);
        op.extra[d] = plain ? 0 : pick(0, stride - 1);
      }
      chain.transpose(op);
      if (!chain.isValid())
        break;
    }
    if (chain.isValid())
      chain.check();
  }
}

} // namespace
