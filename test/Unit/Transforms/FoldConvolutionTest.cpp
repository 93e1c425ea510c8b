//===- FoldConvolutionTest.cpp - Folding into convolutions and linear layers
//---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Each case of the folding page that is about a layer, against the reference
// interpreter. Sizes are odd and unequal, parameters random, scales of both
// signs.
//===----------------------------------------------------------------------===//

#include "FoldChecker.h"

using namespace kiln::test;
using kiln::nn::FoldAction;

namespace {

TEST(FoldConv, F3StridesDilationAsymmetricPadding) {
  NetWriter net({2, 3, 9, 11});
  Value y = net.conv(net.input(), 5,
                     {{3, 2}, {2, 1}, {1, 3}, {1, 0}, {2, 1}, 1, true, "c"});
  expectFolded(net, {net.batchNorm(y)}, "backward");
}

TEST(FoldConv, F4Grouped) {
  NetWriter net({2, 6, 7, 5});
  Value y = net.conv(net.input(), 9, {{3, 3}, {}, {}, {1, 1}, {1, 1}, 3});
  expectFolded(net, {net.batchNorm(y)}, "backward");
}

TEST(FoldConv, F4DepthwiseWithMultiplier) {
  NetWriter net({1, 5, 7, 6});
  Value y = net.conv(net.input(), 15, {{3, 2}, {}, {}, {1, 0}, {0, 1}, 5});
  expectFolded(net, {net.batchNorm(y)}, "backward");
}

TEST(FoldConv, F4GroupedForward) {
  NetWriter net({2, 6, 7, 5});
  Value y = net.batchNorm(net.input());
  expectFolded(net, {net.conv(y, 9, {{3, 2}, {}, {}, {}, {}, 3})}, "forward");
}

TEST(FoldConv, OneAndThreeDimensions) {
  NetWriter one({2, 3, 11});
  expectFolded(one, {one.batchNorm(one.conv(one.input(), 4, {{3}}))});
  NetWriter three({1, 2, 5, 4, 3});
  Value y = three.conv(three.input(), 3, {{2, 3, 2}});
  expectFolded(three, {three.batchNorm(y)});
}

TEST(FoldConvTranspose, F5DifferentChannelCounts) {
  NetWriter net({2, 3, 5, 4});
  Value y = net.convTranspose(net.input(), 7, {{3, 2}, {2, 1}});
  expectFolded(net, {net.batchNorm(y)}, "backward");
}

TEST(FoldConvTranspose, F5EqualChannelCounts) {
  NetWriter net({2, 4, 5, 4});
  Value y = net.convTranspose(net.input(), 4, {{3, 2}, {2, 1}, {}, {1, 0}});
  expectFolded(net, {net.batchNorm(y)}, "backward");
}

TEST(FoldConvTranspose, F5Grouped) {
  NetWriter net({2, 6, 5, 4});
  Value y = net.convTranspose(net.input(), 4,
                              {{3, 2}, {2, 1}, {1, 2}, {1, 0}, {0, 1}, 2});
  expectFolded(net, {net.batchNorm(y)}, "backward");
}

TEST(FoldConvTranspose, F5ForwardGroupedBorder) {
  NetWriter net({2, 6, 5, 4});
  Value y = net.convTranspose(net.batchNorm(net.input()), 4,
                              {{3, 2}, {2, 1}, {}, {1, 0}, {0, 1}, 2});
  expectFolded(net, {y}, "forward");
}

TEST(FoldConv, F6BiasAbsent) {
  NetWriter net({2, 3, 5, 7});
  WindowSpec spec = {{2, 3}};
  spec.bias = false;
  expectFolded(net, {net.batchNorm(net.conv(net.input(), 4, spec))});
}

TEST(FoldConv, F7SharedWeights) {
  NetWriter net({2, 3, 5, 7});
  Value w = net.constant({4, 3, 2, 2}, -1, 1);
  auto conv = [&] {
    return net.raw("nn.conv %x, " + w.name +
                       " {strides = array<i64: 1, 1>, dilations = array<i64: "
                       "1, 1>, pad_low = array<i64: 0, 0>, pad_high = "
                       "array<i64: 0, 0>} : (" +
                       net.input().type() + ", " + w.type() +
                       ") -> tensor<2x4x4x6xf32>",
                   {2, 4, 4, 6});
  };
  Value first = conv(), second = conv();
  expectFolded(net, {net.batchNorm(first), second});
}

TEST(FoldConv, F8ResultIsAnOutput) {
  NetWriter net({2, 3, 5, 7});
  Value y = net.conv(net.input(), 4, {{2, 2}});
  expectNotFolded(net, {net.batchNorm(y), y}, "has other users");
}

TEST(FoldConv, F9ChainsAndSharedConstants) {
  NetWriter net({2, 3, 9, 7});
  Value y = net.conv(net.input(), 4, {{2, 2}});
  y = net.batchNorm(net.batchNorm(y, {"bn1"}), {"bn2"});
  y = net.conv(net.unary("relu", y), 5, {{3, 3}, {}, {}, {1, 1}, {1, 1}});
  y = net.batchNorm(y, {"bn3"});
  expectFolded(net, {y}, "backward");
}

TEST(FoldConv, F1UnpaddedForward) {
  NetWriter net({2, 3, 9, 7});
  Value y = net.unary("relu", net.input());
  expectFolded(net, {net.conv(net.batchNorm(y), 4, {{3, 2}, {2, 1}})},
               "forward");
}

TEST(FoldConv, F1PaddedForward) {
  NetWriter net({2, 3, 9, 7});
  Value y = net.unary("relu", net.input());
  y = net.conv(net.batchNorm(y), 4, {{3, 2}, {2, 1}, {1, 2}, {1, 2}, {2, 0}});
  expectFolded(net, {y}, "forward");
}

TEST(FoldConv, F1PaddedThenBatchNormBehind) {
  NetWriter net({2, 3, 9, 7});
  Value y = net.unary("relu", net.input());
  y = net.conv(net.batchNorm(y, {"before"}), 4,
               {{3, 3}, {}, {}, {1, 1}, {1, 1}});
  expectFolded(net, {net.batchNorm(y, {"after"})});
}

TEST(FoldConv, F1PaddedScaleOnly) {
  NetWriter net({2, 3, 9, 7});
  Value y = net.unary("sigmoid", net.input());
  BatchNormSpec scaleOnly;
  scaleOnly.zeroShift = true;
  y = net.conv(net.batchNorm(y, scaleOnly), 4,
               {{3, 3}, {}, {}, {1, 1}, {1, 1}});
  FoldedNet folded;
  foldAndCompare(net.finish({y}), folded, {2, 3, 9, 7});
  EXPECT_EQ(folded.count<mlir::linalg::GenericOp>(), 0) << "needs no border";
}

TEST(FoldConv, F1TwoConsumers) {
  NetWriter net({2, 3, 9, 7});
  Value y = net.batchNorm(net.unary("tanh", net.input()));
  Value a = net.conv(y, 4, {{3, 3}, {}, {}, {1, 1}, {1, 1}});
  Value b = net.conv(y, 5, {{1, 1}});
  expectFolded(net, {a, b}, "forward");
}

TEST(FoldConv, F1OneConsumerCannot) {
  NetWriter net({2, 3, 9, 7});
  Value y = net.batchNorm(net.unary("tanh", net.input()));
  expectNotFolded(net, {net.conv(y, 4, {{3, 3}}), y},
                  "it is an output of the net", FoldAction::Fused);
}

TEST(FoldLinear, F20FeatureAxis) {
  NetWriter net({3, 5});
  expectFolded(net, {net.batchNorm(net.linear(net.input(), 7))}, "backward");
}

TEST(FoldLinear, F20NotTheFeatureAxis) {
  // [N, L, K] with L = K: the sizes alone would not tell.
  NetWriter net({2, 4, 5});
  Value y = net.linear(net.input(), 4, true, "fc");
  expectNotFolded(net, {net.batchNorm(y)}, "lie along dimension 1",
                  FoldAction::Fused);
}

TEST(FoldLinear, F20ThroughTransposition) {
  NetWriter net({2, 4, 5});
  Value y = net.transpose(net.linear(net.input(), 4), {0, 2, 1});
  expectFolded(net, {net.batchNorm(y)}, "backward");
}

TEST(FoldLinear, ForwardWithoutBias) {
  NetWriter net({3, 5});
  Value y = net.batchNorm(net.unary("relu", net.input()));
  expectFolded(net, {net.linear(y, 7, false)}, "forward");
}

TEST(FoldConv, F22MulAddSubDiv) {
  NetWriter net({2, 3, 5, 4});
  std::string scalar = "(a, b, c, d) -> ()";
  std::string channel = "(a, b, c, d) -> (b, 0, 0)";
  std::string full = "(a, b, c, d) -> (0, b, 0, 0)";
  Value y = net.conv(net.input(), 4, {{2, 2}});
  y = net.binary("arith.mulf", y, net.constant({}, -2, -1), scalar);
  y = net.binary("arith.addf", y, net.constant({4, 1, 1}, -2, 2), channel);
  y = net.binary("arith.divf", y, net.constant({1, 4, 1, 1}, 1, 3), full);
  y = net.binary("arith.subf", y, net.constant({1, 4, 1, 1}, -2, 2), full);
  expectFolded(net, {net.batchNorm(y)}, "backward");
}

TEST(FoldConv, F22PerPixelAndWidthStay) {
  // C == W == 4: only the indexing map tells them apart.
  NetWriter net({2, 3, 5, 5});
  Value y = net.conv(net.input(), 4, {{2, 2}});
  y = net.binary("arith.mulf", y, net.constant({4}, 1, 2),
                 "(a, b, c, d) -> (d)");
  expectNotFolded(net, {net.batchNorm(y)}, "dimension", FoldAction::Fused);
  NetWriter pixel({2, 3, 5, 5});
  Value z = pixel.conv(pixel.input(), 4, {{2, 2}});
  z = pixel.binary("arith.mulf", z, pixel.constant({4, 4}, 1, 2),
                   "(a, b, c, d) -> (c, d)");
  expectNotFolded(pixel, {pixel.batchNorm(z)}, "lies behind it",
                  FoldAction::Fused);
}

TEST(FoldConv, F24EmptyBatch) {
  NetWriter net({0, 3, 5, 4});
  Value y = net.conv(net.batchNorm(net.input(), {"a"}), 4,
                     {{3, 3}, {}, {}, {1, 1}, {1, 1}});
  expectFolded(net, {net.batchNorm(y, {"b"})});
}

TEST(FoldConv, F11ZeroAndNegativeGamma) {
  NetWriter net({2, 3, 5, 4});
  Value y = net.conv(net.input(), 4, {{2, 2}});
  Value scale = net.raw("arith.constant dense<[0.0, -1.5, 0.75, -0.0]> : "
                        "tensor<4xf32>",
                        {4});
  Value offset = net.constant({4}, -2, 2), mean = net.constant({4}, -2, 2);
  Value variance = net.constant({4}, 0.5, 2);
  y = net.raw("nn.batch_norm_inference " + y.name + ", " + scale.name + ", " +
                  offset.name + ", " + mean.name + ", " + variance.name +
                  " {epsilon = 1.0e-5 : f64} : (" + y.type() +
                  ", tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, "
                  "tensor<4xf32>) -> " +
                  y.type(),
              y.shape, "bn");
  expectFolded(net, {y}, "backward");
}

} // namespace
