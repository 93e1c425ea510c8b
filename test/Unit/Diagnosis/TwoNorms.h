//===- TwoNorms.h - A net with two batch normalisations ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_TEST_UNIT_DIAGNOSIS_TWONORMS_H
#define KILN_TEST_UNIT_DIAGNOSIS_TWONORMS_H

#include "kiln/Support/HostTensor.h"

#include <filesystem>
#include <gtest/gtest.h>
#include <string>

namespace kiln::test {

inline constexpr int64_t kImages = 3;

/// A folder of its own for each test, removed afterwards.
class FolderTest : public ::testing::Test {
protected:
  void SetUp() override {
    std::string name = ::testing::TempDir() + "kiln-diagnosis-XXXXXX";
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder = name;
  }
  void TearDown() override { std::filesystem::remove_all(folder); }

  std::string path(const std::string &name) const {
    return (folder / name).string();
  }

  std::filesystem::path folder;
};

/// IR of conv -> BN of 5 channels -> ReLU -> conv -> BN of 3 channels, on
/// 3x2x7x5, after import. The first BN stands in inference, the second in
/// training form. Odd sizes, negative scales, statistics far from the batch's
/// own; the channels that enter the first BN have means about `bias`.
std::string twoNorms(double bias);

/// Numbers in [-1.5, 1.5) that no two elements near each other share.
HostTensor pattern(std::vector<int64_t> shape, uint64_t seed);

} // namespace kiln::test

#endif // KILN_TEST_UNIT_DIAGNOSIS_TWONORMS_H
