//===- RandomNet.h - Random nets for property tests ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_TEST_UNIT_SUPPORT_RANDOMNET_H
#define KILN_TEST_UNIT_SUPPORT_RANDOMNET_H

#include <cstdint>
#include <string>
#include <vector>

namespace kiln::test {

/// A net as IR text with one function `@net` of one f32 input.
struct RandomNet {
  std::string text;
  std::vector<int64_t> inputShape;
};

/// What may stand in a random net beside convolutions, inference BN, pooling
/// and activations.
struct RandomNetOptions {
  int64_t minSteps = 3;
  int64_t maxSteps = 9;
  /// batch_norm_training, which no fold may touch.
  bool trainingBatchNorm = true;
};

/// A net made from `seed` alone, the same on every machine: odd sizes, groups,
/// as many channels out as in and others, asymmetric padding, dilation,
/// transposed convolutions, BN before, after and on top of each other and with
/// negative scales, weights shared by two convolutions, values used twice or
/// returned beside their other uses, concatenations, residual additions, and a
/// linear head. Weights are scaled by their fan-in, so that errors do not grow
/// with depth.
RandomNet makeRandomNet(uint64_t seed, const RandomNetOptions &options = {});

} // namespace kiln::test

#endif // KILN_TEST_UNIT_SUPPORT_RANDOMNET_H
