//===- MoveAffineTest.cpp - Folding through what lies between ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Case F27, F21, F28 and the activations of F11, against the reference
// interpreter.
//===----------------------------------------------------------------------===//

#include "FoldChecker.h"

using namespace kiln::test;
using kiln::nn::FoldAction;

namespace {

const WindowSpec kUnpadded = {{2, 2}};
const WindowSpec kPadded = {{3, 2}, {2, 1}, {}, {1, 0}, {1, 1}};
const BatchNormSpec kPositive = {"bn", true};

TEST(MoveAffine, F27ConcatSplitsPerBranch) {
  NetWriter net({2, 3, 7, 5});
  Value a = net.conv(net.input(), 4, kUnpadded);
  Value b = net.conv(net.input(), 3, kUnpadded);
  expectFolded(net, {net.batchNorm(net.concat({a, b}, 1))}, "backward");
}

TEST(MoveAffine, F27ConcatAlongHeight) {
  NetWriter net({2, 3, 7, 5});
  Value a = net.conv(net.input(), 4, kUnpadded);
  Value b = net.conv(net.input(), 4, kPadded);
  (void)b;
  Value c = net.conv(net.input(), 4, {{3, 2}});
  expectFolded(net, {net.batchNorm(net.concat({a, c}, 2)), b}, "backward");
}

TEST(MoveAffine, F27ConcatOneBranchCannot) {
  NetWriter net({2, 3, 7, 5});
  Value a = net.conv(net.input(), 4, {{1, 1}});
  expectNotFolded(net, {net.batchNorm(net.concat({a, net.input()}, 1))},
                  "input of the net");
}

TEST(MoveAffine, F27ConcatForward) {
  NetWriter net({2, 3, 7, 5});
  Value a = net.batchNorm(net.unary("relu", net.input()));
  Value y = net.concat({net.input(), a}, 1);
  expectFolded(net, {net.conv(y, 5, kPadded)}, "forward");
}

TEST(MoveAffine, F27MaxPool) {
  WindowSpec pool = {{3, 2}, {2, 2}, {}, {1, 1}, {1, 0}};
  NetWriter positive({2, 3, 9, 7});
  Value y =
      positive.maxPool(positive.conv(positive.input(), 4, kUnpadded), pool);
  expectFolded(positive, {positive.batchNorm(y, kPositive)}, "backward");
  NetWriter negative({2, 3, 9, 7});
  Value z =
      negative.maxPool(negative.conv(negative.input(), 4, kUnpadded), pool);
  expectNotFolded(negative, {negative.batchNorm(z)}, "a negative scale");
}

TEST(MoveAffine, MesonetReluBatchNormMaxPoolConv) {
  NetWriter net({1, 3, 9, 11});
  Value y = net.conv(net.input(), 4, {{3, 3}, {}, {}, {1, 1}, {1, 1}});
  y = net.batchNorm(net.unary("relu", y), kPositive);
  y = net.maxPool(y, {{2, 2}, {2, 2}});
  y = net.conv(y, 5, {{3, 3}, {}, {}, {1, 1}, {1, 1}});
  expectFolded(net, {net.unary("relu", y)}, "forward");
}

TEST(MoveAffine, F27AveragePool) {
  WindowSpec padded = {{3, 2}, {2, 2}, {}, {1, 1}, {1, 0}};
  NetWriter excluded({2, 3, 9, 7});
  Value y = excluded.conv(excluded.input(), 4, kUnpadded);
  y = excluded.averagePool(y, padded, /*countPadding=*/false);
  expectFolded(excluded, {excluded.batchNorm(y)}, "backward");

  NetWriter counted({2, 3, 9, 7});
  Value z = counted.conv(counted.input(), 4, kUnpadded);
  z = counted.averagePool(z, padded, /*countPadding=*/true);
  expectNotFolded(counted, {counted.batchNorm(z)}, "does not reach the padding",
                  FoldAction::Fused);

  NetWriter scaled({2, 3, 9, 7});
  Value s = scaled.averagePool(scaled.input(), padded, /*countPadding=*/true);
  s = scaled.conv(s, 4, kUnpadded);
  expectFolded(scaled, {scaled.batchNorm(s)});

  NetWriter forward({2, 3, 9, 7});
  BatchNormSpec scaleOnly;
  scaleOnly.zeroShift = true;
  Value f =
      forward.batchNorm(forward.unary("tanh", forward.input()), scaleOnly);
  f = forward.averagePool(f, padded, /*countPadding=*/true);
  expectFolded(forward, {forward.conv(f, 4, kUnpadded)}, "forward");
}

TEST(MoveAffine, F27ShuffleBothWays) {
  NetWriter back({2, 3, 5, 7});
  Value y = back.conv(back.input(), 6, kUnpadded);
  y = back.unary("channel_shuffle", y, "{groups = 2 : i64}");
  expectFolded(back, {back.batchNorm(y)}, "backward");
  NetWriter ahead({2, 6, 5, 7});
  Value z = ahead.batchNorm(ahead.unary("relu", ahead.input()));
  z = ahead.unary("channel_shuffle", z, "{groups = 3 : i64}");
  expectFolded(ahead, {ahead.conv(z, 4, kPadded)}, "forward");
}

TEST(MoveAffine, F27Resize) {
  for (const char *mode : {"nearest", "linear", "cubic"})
    for (const char *more : {"", ", exclude_outside"}) {
      if (std::string(mode) != "cubic" && *more)
        continue;
      NetWriter net({1, 3, 6, 5});
      Value y = net.conv(net.input(), 4, kUnpadded);
      y = net.resize(y, mode, {9, 7}, more);
      expectFolded(net, {net.batchNorm(y)}, "backward");
    }
}

TEST(MoveAffine, F27ResizeAntialias) {
  for (const char *mode : {"linear", "cubic"}) {
    NetWriter net({1, 3, 9, 8});
    Value y = net.conv(net.input(), 4, kUnpadded);
    y = net.resize(y, mode, {3, 4}, ", antialias");
    expectFolded(net, {net.batchNorm(y)}, "backward");
  }
}

TEST(MoveAffine, F27ResizeFillsInAValue) {
  for (bool isForward : {false, true}) {
    NetWriter net({1, 3, 6, 5});
    auto crop = [&](const Value &x) {
      return net.resize(x, "linear", {5, 4},
                        ", roi = array<f64: -0.2, 0.1, 0.9, 0.8>, "
                        "extrapolation_value = 3.0 : f64",
                        "tf_crop_and_resize");
    };
    Value y = isForward ? crop(net.batchNorm(net.unary("tanh", net.input())))
                        : net.conv(net.input(), 4, kUnpadded);
    y = isForward ? net.conv(y, 4, kUnpadded) : net.batchNorm(crop(y));
    // Beside the resize it is exact: its value fills in behind it.
    expectNotFolded(net, {y}, "fills in a value of its own",
                    kiln::nn::FoldAction::Fused);
  }
}

TEST(MoveAffine, F27PadTakesTheShiftedValue) {
  // Scale 1 and one shift for all channels: the border is known.
  NetWriter net({1, 3, 6, 5});
  Value y = net.conv(net.input(), 4, kUnpadded);
  y = net.pad(y, {0, 0, 1, 0}, {0, 0, 2, 1}, 0.5);
  y = net.binary("arith.addf", y,
                 net.raw("arith.constant dense<1.25> : tensor<f32>", {}),
                 "(a, b, c, d) -> ()");
  expectFolded(net, {y});
}

TEST(MoveAffine, F27PadDiffersBetweenChannels) {
  NetWriter net({1, 3, 6, 5});
  Value y = net.conv(net.input(), 4, kUnpadded);
  y = net.pad(y, {0, 0, 1, 0}, {0, 0, 2, 1}, 0);
  expectNotFolded(net, {net.batchNorm(y)}, "would differ between channels");
}

TEST(MoveAffine, F27PadScaleOnlyForward) {
  NetWriter net({1, 3, 6, 5});
  BatchNormSpec scaleOnly;
  scaleOnly.zeroShift = true;
  Value y = net.batchNorm(net.unary("tanh", net.input()), scaleOnly);
  y = net.pad(y, {0, 0, 1, 0}, {0, 0, 2, 1}, 0);
  expectFolded(net, {net.conv(y, 4, kUnpadded)}, "forward");
}

TEST(MoveAffine, F27FlattenToLinear) {
  NetWriter net({2, 3, 4, 5});
  Value y = net.batchNorm(net.unary("relu", net.input()));
  y = net.collapse(y, "[[0], [1, 2, 3]]", {2, 60});
  expectFolded(net, {net.linear(y, 7)}, "forward");
}

TEST(MoveAffine, F27FlattenThroughOneDimension) {
  // A reshape as the importer writes it: through one dimension.
  NetWriter net({2, 3, 4, 5});
  Value y = net.batchNorm(net.unary("relu", net.input()));
  y = net.collapse(y, "[[0, 1, 2, 3]]", {120});
  y = net.expand(y, "[[0, 1]]", {2, 60});
  expectFolded(net, {net.linear(y, 7)}, "forward");
}

TEST(MoveAffine, F27ReshapeBackward) {
  NetWriter net({2, 5});
  Value y = net.linear(net.input(), 12);
  y = net.expand(y, "[[0], [1, 2, 3]]", {2, 3, 2, 2});
  expectFolded(net, {net.batchNorm(y)}, "backward");
  NetWriter other({2, 3, 4, 5});
  Value z = other.conv(other.input(), 4, {{3, 5}});
  z = other.collapse(z, "[[0], [1], [2, 3]]", {2, 4, 2});
  expectFolded(other, {other.batchNorm(z)}, "backward");
}

TEST(MoveAffine, F27SumOfTwoConvs) {
  for (const char *op : {"arith.addf", "arith.subf"}) {
    NetWriter net({2, 3, 7, 5});
    Value a = net.conv(net.input(), 4, kUnpadded);
    Value b = net.conv(net.input(), 4, kUnpadded);
    expectFolded(net, {net.batchNorm(net.binary(op, a, b))}, "backward");
  }
}

TEST(MoveAffine, F27GlobalAveragePoolToLinear) {
  NetWriter net({2, 3, 4, 5});
  Value y = net.batchNorm(net.unary("relu", net.input()));
  y = net.globalAveragePool(y);
  y = net.collapse(y, "[[0], [1, 2, 3]]", {2, 3});
  expectFolded(net, {net.linear(y, 7)}, "forward");
}

TEST(MoveAffine, F11ReluOnlyWithPositiveScaleAndNoShift) {
  BatchNormSpec scaleOnly = {"bn", true, true};
  for (const char *op : {"relu", "prelu", "leaky_relu"}) {
    NetWriter net({2, 3, 7, 5});
    Value y = net.conv(net.input(), 4, kUnpadded);
    y = std::string(op) == "prelu"  ? net.prelu(y)
        : std::string(op) == "relu" ? net.unary(op, y)
                                    : net.unary(op, y, "{alpha = -0.25 : f64}");
    expectFolded(net, {net.batchNorm(y, scaleOnly)}, "backward");
  }
  NetWriter negative({2, 3, 7, 5});
  Value y =
      negative.unary("relu", negative.conv(negative.input(), 4, kUnpadded));
  BatchNormSpec anySign = {"bn", false, true};
  expectNotFolded(negative, {negative.batchNorm(y, anySign)},
                  "only a scale of at least 0", FoldAction::Fused);
}

TEST(MoveAffine, F21ActivationBetween) {
  NetWriter net({2, 3, 7, 5});
  Value y = net.unary("relu", net.conv(net.input(), 4, kUnpadded));
  expectNotFolded(net, {net.batchNorm(y, kPositive)},
                  "only a scale of at least 0", FoldAction::Fused);
}

TEST(MoveAffine, F28DenseNetPrologue) {
  NetWriter net({2, 3, 7, 5});
  Value a = net.conv(net.input(), 4, {{1, 1}});
  Value y = net.concat({a, net.input()}, 1);
  Value z = net.unary("relu", net.batchNorm(y));
  z = net.conv(z, 5, {{3, 3}, {}, {}, {1, 1}, {1, 1}, 1, true, "next"});
  FoldedNet folded;
  foldAndCompare(net.finish({z, y}), folded, {2, 3, 7, 5});
  ASSERT_EQ(folded.ledger.size(), 1U);
  EXPECT_EQ(folded.ledger[0].action, FoldAction::Fused);
  EXPECT_EQ(folded.ledger[0].into, "next");
}

} // namespace
