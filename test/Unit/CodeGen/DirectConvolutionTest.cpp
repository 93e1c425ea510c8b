//===- DirectConvolutionTest.cpp - cpu.conv against the interpreter ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "BlockedCase.h"
#include "ConvolutionCase.h"
#include "Layout/BlockedConvolution.h"
#include "kiln/CodeGen/CPU/IR/CPU.h"
#include "llvm/Support/MathExtras.h"

#include <random>

using namespace kiln;
using namespace kiln::test;
using namespace mlir;

namespace {

/// Changes a kernel before it is compiled.
using Change = std::function<void(cpu::ConvOp)>;

/// Tolerance relative to the largest output, of which a sum of at most some
/// thousand products of one magnitude is far from using all.
constexpr double kTolerance = 2e-6;

void check(const Conv &conv, const cpu::TargetDescription &target, bool plain,
           const Change &change = nullptr) {
  std::string text = conv.text();
  SCOPED_TRACE(text.substr(0, 120) + text.substr(text.find("%1 = nn.")));
  SCOPED_TRACE("vectors of " + std::to_string(target.vectorBits) + " bits, " +
               (plain ? "plain" : "blocked"));
  std::vector<Tensor> inputs{pattern(conv.inputShape(), 11),
                             pattern(conv.outputShape(), 13)};
  std::vector<Tensor> expected = interpretText(text, inputs);
  auto lower = [&](OpBuilder &builder, nn::ConvOp op) -> Value {
    EXPECT_TRUE(cpu::canBlockConv(op, target));
    EXPECT_GT(cpu::predictConv(op, target), 0);
    Value input = op.getInput();
    if (!plain)
      input = packWithNaN(builder, input, target.lanes(32));
    Value result = cpu::lowerBlockedConv(builder, op, input, target);
    if (result && change)
      change(result.getDefiningOp<cpu::ConvOp>());
    return result;
  };
  std::vector<Tensor> actual =
      runCompiled(text, inputs, target,
                  [&](ModuleOp module) { replaceConvolution(module, lower); });
  ASSERT_EQ(actual.size(), expected.size());
  expectNear(actual.front(), expected.front(), kTolerance);
}

cpu::TargetDescription targetOf(unsigned choice) {
  if (choice % 3 == 0)
    return withVectors(512, 32);
  return choice % 3 == 1 ? withVectors(256, 16) : withVectors(128, 32);
}

Conv square(int64_t in, int64_t out, int64_t size, int64_t kernel,
            int64_t pad) {
  return {.in = in,
          .out = out,
          .size = {size, size},
          .kernel = {kernel, kernel},
          .strides = {1, 1},
          .dilations = {1, 1},
          .low = {pad, pad},
          .high = {pad, pad}};
}

/// Tiles of a line with and without a border, all of the image in one tile.
TEST(DirectConvolution, LinesOfTiles) {
  for (unsigned choice : {0, 1, 2})
    for (int64_t size : {7, 14, 33})
      check(square(35, 50, size, 3, 1), targetOf(choice), /*plain=*/false);
}

TEST(DirectConvolution, Pointwise) {
  for (unsigned choice : {0, 1, 2}) {
    Conv conv = square(37, 83, 7, 1, 0);
    conv.batch = 2;
    check(conv, targetOf(choice), /*plain=*/false);
  }
}

/// Every tap of the outer positions lies in the padding.
TEST(DirectConvolution, KernelLargerThanTheImage) {
  for (unsigned choice : {0, 1, 2}) {
    Conv conv = square(5, 19, 2, 5, 4);
    conv.dilations = {1, 2};
    conv.high = {3, 7};
    check(conv, targetOf(choice), /*plain=*/false);
    check(conv, targetOf(choice), /*plain=*/true);
  }
}

TEST(DirectConvolution, Stem) {
  for (unsigned choice : {0, 1, 2}) {
    Conv conv = square(3, 24, 37, 7, 3);
    conv.strides = {2, 2};
    check(conv, targetOf(choice), /*plain=*/true);
  }
}

/// Another plan than the chosen one gives the same result.
void changePlan(cpu::ConvOp op, std::mt19937 &random) {
  auto pick = [&](int64_t low, int64_t high) {
    return low + static_cast<int64_t>(random() % (high - low + 1));
  };
  op.setRows(pick(1, 4));
  op.setColumns(pick(1, 5));
  op.setGrid({pick(1, 4), pick(1, 5)});
  op.setChannelsOutside(pick(0, 1));
  op.setPrefetch(pick(0, 1));
}

/// Random shapes; the seed stands in the output of a failure.
TEST(DirectConvolution, RandomShapes) {
  for (unsigned seed = 1; seed <= 240; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    auto pick = [&](int64_t low, int64_t high) {
      return low + static_cast<int64_t>(random() % (high - low + 1));
    };
    cpu::TargetDescription target = targetOf(seed);
    Conv conv;
    conv.batch = pick(1, 3);
    conv.in = pick(1, 40);
    conv.out = pick(1, 50);
    if (pick(0, 3) == 0) {
      conv.groups = pick(2, 3);
      conv.in = target.lanes(32) * pick(1, 2);
      conv.out = target.lanes(32) * pick(1, 2);
    }
    for (int dim = 0; dim < 2; ++dim) {
      conv.size.push_back(pick(1, 21));
      conv.kernel.push_back(pick(0, 2) ? pick(1, 3) : pick(1, 6));
      conv.strides.push_back(pick(0, 1) ? 1 : pick(1, 3));
      conv.dilations.push_back(pick(0, 1) ? 1 : pick(1, 3));
      conv.low.push_back(pick(0, 3));
      conv.high.push_back(pick(0, 3));
    }
    conv.bias = pick(0, 1);
    conv.fused = pick(0, 3) > 0;
    if (seed % 5 == 0)
      conv.activation = "nn.silu %2";
    if (!conv.isValid())
      continue;
    bool plain = pick(0, 3) == 0;
    if (seed % 2)
      check(conv, target, plain);
    else
      check(conv, target, plain,
            [&](cpu::ConvOp op) { changePlan(op, random); });
  }
}

} // namespace
