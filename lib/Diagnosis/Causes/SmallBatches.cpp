//===- SmallBatches.cpp - Running variances of small batches ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Within a batch of b images the means of b images alone can differ: with W the
// variance within images and B that between their means, a batch's variance is
// W + B (1 - 1/b) on average. Running variances that are those of b = 2 and not
// those of the greatest batch tell of small batches; the file holds no more
// about it than this.
//===----------------------------------------------------------------------===//

#include "../Causes.h"

#include <algorithm>

namespace kiln {

/// What counts as small, how much better it must fit than the greatest batch,
/// how well it must fit at all, and how much there must be to explain.
static constexpr int64_t kSmallBatch = 4;
static constexpr double kBetter = 1.5, kFits = 0.1, kLeastMismatch = 0.05;

std::optional<Cause> findSmallBatches(const Diagnosis &diagnosis) {
  const std::vector<BatchSizeFigures> &sizes = diagnosis.batchSizes;
  if (sizes.size() < 3)
    return std::nullopt;
  auto best =
      std::ranges::min_element(sizes, {}, &BatchSizeFigures::varianceMismatch);
  const BatchSizeFigures &greatest = sizes.front();
  if (best->batch > kSmallBatch || !(best->varianceMismatch < kFits) ||
      greatest.varianceMismatch < kLeastMismatch ||
      greatest.varianceMismatch < kBetter * best->varianceMismatch)
    return std::nullopt;
  return Cause{
      "small-batches", "Batch statistics are poor: small batches",
      "The running variances are like those that batches of about " +
          std::to_string(best->batch) + " images give (off by " +
          shortNumber(100 * best->varianceMismatch) +
          " % in the median channel), and unlike those of batches of " +
          std::to_string(greatest.batch) + " (off by " +
          shortNumber(100 * greatest.varianceMismatch) +
          " %). The file does not say which batches it was trained on; this is "
          "what it looks like.",
      "If it was trained on so few images at a time, on one device or on each "
      "of several, train with larger or synchronised batches (SyncBatchNorm) "
      "or with group normalisation; for these weights, estimate the statistics "
      "over many images with kiln recalibrate.",
      0.8};
}

} // namespace kiln
