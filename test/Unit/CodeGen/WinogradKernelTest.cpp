//===- WinogradKernelTest.cpp - 3x3 convolutions by minimal filtering ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "BlockedCase.h"
#include "ConvolutionCase.h"
#include "Layout/BlockedWinograd.h"
#include "kiln/CodeGen/CPU/IR/CPU.h"

#include <random>

using namespace kiln;
using namespace kiln::test;
using namespace mlir;

namespace {

/// Replaces the convolution of `module` by cpu.winograd.
void useWinograd(ModuleOp module, cpu::WinogradVariant variant,
                 const cpu::TargetDescription &target) {
  replaceConvolution(module, [&](OpBuilder &builder, nn::ConvOp conv) -> Value {
    EXPECT_TRUE(cpu::canBlockWinograd(conv, target));
    EXPECT_GT(cpu::predictWinograd(conv, variant, target), 0);
    Value blocked = packWithNaN(builder, conv.getInput(), target.lanes(32));
    return cpu::lowerBlockedWinograd(builder, conv, blocked, variant, target);
  });
}

/// Weights and inputs of `pattern` are of one magnitude and both signs; the
/// tolerance is relative to the largest output.
void check(const Conv &conv, cpu::WinogradVariant variant,
           const cpu::TargetDescription &target) {
  double tolerance = variant == cpu::WinogradVariant::F2 ? 2e-6 : 1e-5;
  std::string text = conv.text();
  SCOPED_TRACE(text.substr(0, 120) + text.substr(text.find("%1 = nn.")));
  SCOPED_TRACE("vectors of " + std::to_string(target.vectorBits) + " bits");
  std::vector<Tensor> inputs{pattern(conv.inputShape(), 11),
                             pattern(conv.outputShape(), 13)};
  std::vector<Tensor> expected = interpretText(text, inputs);
  std::vector<Tensor> actual =
      runCompiled(text, inputs, target, [&](ModuleOp module) {
        useWinograd(module, variant, target);
      });
  ASSERT_EQ(actual.size(), expected.size());
  expectNear(actual.front(), expected.front(), tolerance);
}

Conv makeConv(int64_t batch, int64_t in, int64_t out, int64_t height,
              int64_t width) {
  return {.batch = batch,
          .in = in,
          .out = out,
          .size = {height, width},
          .kernel = {3, 3},
          .strides = {1, 1},
          .dilations = {1, 1},
          .low = {1, 1},
          .high = {1, 1}};
}

TEST(Winograd, ManyChannels) {
  for (auto variant : {cpu::WinogradVariant::F2, cpu::WinogradVariant::F4})
    for (unsigned bits : {512u, 256u, 128u}) {
      Conv conv = makeConv(1, 67, 85, 13, 11);
      check(conv, variant, withVectors(bits, bits == 512 ? 32 : 16));
    }
}

/// No tile of the input lies inside of it.
TEST(Winograd, SmallerThanATile) {
  for (auto variant : {cpu::WinogradVariant::F2, cpu::WinogradVariant::F4}) {
    Conv conv = makeConv(3, 5, 19, 1, 2);
    conv.low = {2, 1};
    conv.high = {0, 2};
    check(conv, variant, withVectors(512, 32));
  }
}

/// An epilogue that calls functions, on rows that do not fill a tile.
TEST(Winograd, EpilogueThatCalls) {
  Conv conv = makeConv(2, 9, 21, 7, 6);
  conv.activation = "nn.silu %2";
  check(conv, cpu::WinogradVariant::F2, withVectors(512, 32));
  check(conv, cpu::WinogradVariant::F4, withVectors(256, 16));
}

/// Random shapes; the seed stands in the output of a failure.
TEST(Winograd, RandomShapes) {
  for (unsigned seed = 1; seed <= 220; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    auto draw = [&](int64_t low, int64_t high) {
      return low + static_cast<int64_t>(random() % (high - low + 1));
    };
    Conv conv = makeConv(draw(1, 3), draw(1, 40), draw(1, 50), draw(1, 21),
                         draw(1, 21));
    conv.low = {draw(0, 2), draw(0, 2)};
    conv.high = {draw(0, 2), draw(0, 2)};
    conv.bias = draw(0, 2) > 0;
    conv.fused = draw(0, 3) > 0;
    if (draw(0, 1))
      conv.activation = "nn.relu %2";
    if (!conv.isValid())
      continue;
    auto variant =
        seed % 2 ? cpu::WinogradVariant::F4 : cpu::WinogradVariant::F2;
    unsigned bits = 128u << draw(0, 2);
    check(conv, variant, withVectors(bits, bits == 512 ? 32 : 16));
    if (HasFatalFailure() || HasNonfatalFailure())
      return;
  }
}

/// An image's result does not depend on the batch that it is in.
TEST(Winograd, SameInAnyBatch) {
  auto target = withVectors(512, 32);
  Conv one = makeConv(1, 33, 35, 17, 19), three = makeConv(3, 33, 35, 17, 19);
  Tensor images = pattern(three.inputShape(), 11);
  Tensor added = pattern(three.outputShape(), 13);
  auto run = [&](const Conv &conv, Tensor x, Tensor r) {
    return runCompiled(conv.text(), {x, r}, target, [&](ModuleOp module) {
      useWinograd(module, cpu::WinogradVariant::F4, target);
    });
  };
  std::vector<Tensor> all = run(three, images, added);
  ASSERT_EQ(all.size(), 1u);
  for (size_t image = 0; image < 3; ++image) {
    auto part = [&](const Tensor &whole, std::vector<int64_t> shape) {
      size_t size = whole.data.size() / 3;
      Tensor result{std::move(shape), {}};
      result.data.assign(whole.data.begin() + image * size,
                         whole.data.begin() + (image + 1) * size);
      return result;
    };
    std::vector<Tensor> alone = run(one, part(images, one.inputShape()),
                                    part(added, one.outputShape()));
    ASSERT_EQ(alone.size(), 1u);
    EXPECT_EQ(alone.front().data, part(all.front(), one.outputShape()).data);
  }
}

} // namespace
