//===- FoldPropertyTest.cpp - The fold on random nets ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FoldChecker.h"
#include "Support/RandomNet.h"

using namespace kiln::test;

namespace {

/// Graphs of one test; a failure names the seed, which alone makes the net.
constexpr uint64_t kGraphsPerTest = 60;

class FoldProperty : public testing::TestWithParam<uint64_t> {};

/// Folded and fused nets compute what they did; folding twice is folding once;
/// the measured error of each fold keeps its bound.
TEST_P(FoldProperty, KeepsTheNumbers) {
  int64_t folded = 0;
  for (uint64_t i = 0; i < kGraphsPerTest; ++i) {
    uint64_t seed = GetParam() * kGraphsPerTest + i;
    SCOPED_TRACE("seed " + std::to_string(seed));
    RandomNet random = makeRandomNet(seed);
    FoldedNet net;
    foldAndCompare(random.text, net, random.inputShape);
    if (HasFailure()) {
      GTEST_LOG_(ERROR) << "seed " << seed << " fails on this net:\n"
                        << random.text;
      return;
    }
    for (const auto &entry : net.ledger)
      folded += entry.action == kiln::nn::FoldAction::Folded;
  }
  // A fold that never folds would pass all of the above.
  EXPECT_GE(folded, static_cast<int64_t>(kGraphsPerTest) / 2);
}

INSTANTIATE_TEST_SUITE_P(Seeds, FoldProperty, testing::Range<uint64_t>(0, 50));

} // namespace
