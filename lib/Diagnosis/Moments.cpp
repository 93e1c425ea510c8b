//===- Moments.cpp - Means and variances that merge ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "kiln/Diagnosis/Moments.h"

#include <cassert>

namespace kiln {

void ChannelMoments::add(int64_t otherCount, std::span<const double> otherMean,
                         std::span<const double> otherM2) {
  if (otherCount == 0)
    return;
  if (count == 0) {
    count = otherCount;
    mean.assign(otherMean.begin(), otherMean.end());
    m2.assign(otherM2.begin(), otherM2.end());
    return;
  }
  assert(mean.size() == otherMean.size() && "sets of different channels");
  double a = static_cast<double>(count), b = static_cast<double>(otherCount);
  for (size_t c = 0; c < mean.size(); ++c) {
    double delta = otherMean[c] - mean[c];
    mean[c] += delta * (b / (a + b));
    m2[c] += otherM2[c] + delta * delta * (a * (b / (a + b)));
  }
  count += otherCount;
}

static std::vector<double> dividedBy(const std::vector<double> &sums,
                                     int64_t divisor) {
  std::vector<double> result(sums);
  for (double &value : result)
    value = divisor > 0 ? value / static_cast<double>(divisor) : 0.0;
  return result;
}

std::vector<double> ChannelMoments::biasedVariance() const {
  return dividedBy(m2, count);
}

std::vector<double> ChannelMoments::unbiasedVariance() const {
  return dividedBy(m2, count - 1);
}

ChannelMoments mergeImages(const ImageMoments &moments, size_t channels,
                           size_t first, size_t number) {
  assert((first + number) * channels <= moments.mean.size() &&
         moments.mean.size() == moments.m2.size() && "images out of range");
  ChannelMoments merged;
  merged.mean.resize(channels);
  merged.m2.resize(channels);
  std::span<const double> mean(moments.mean), m2(moments.m2);
  for (size_t i = first; i < first + number; ++i)
    merged.add(moments.count, mean.subspan(i * channels, channels),
               m2.subspan(i * channels, channels));
  return merged;
}

ChannelMoments mergeImages(const ImageMoments &moments, size_t channels) {
  return mergeImages(moments, channels, 0, imageCount(moments, channels));
}

} // namespace kiln
