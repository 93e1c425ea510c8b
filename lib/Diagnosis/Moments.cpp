//===- Moments.cpp - Means and variances that can be merged ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "kiln/Diagnosis/Moments.h"

#include <cassert>

namespace kiln {

void Moments::merge(const Moments &other) {
  if (other.count == 0)
    return;
  if (count == 0) {
    *this = other;
    return;
  }
  auto mine = static_cast<double>(count);
  auto theirs = static_cast<double>(other.count);
  double distance = other.mean - mean;
  mean += distance * (theirs / (mine + theirs));
  m2 += other.m2 + distance * distance * (mine * theirs / (mine + theirs));
  count += other.count;
}

std::vector<Moments> ImageMoments::merge(int64_t begin, int64_t end) const {
  std::vector<Moments> merged(static_cast<size_t>(channels));
  for (int64_t image = begin; image < end; ++image)
    for (int64_t c = 0; c < channels; ++c)
      merged[static_cast<size_t>(c)].merge(at(image, c));
  return merged;
}

void ImageMoments::append(const ImageMoments &other) {
  if (images == 0) {
    *this = other;
    return;
  }
  assert(channels == other.channels && count == other.count &&
         "batches of different layers");
  images += other.images;
  mean.insert(mean.end(), other.mean.begin(), other.mean.end());
  m2.insert(m2.end(), other.m2.begin(), other.m2.end());
}

} // namespace kiln
