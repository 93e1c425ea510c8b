//===- Moments.h - Means and variances that can be merged ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Mean and sum of squared deviations of parts of a set merge into those of the
// whole without cancellation (T. F. Chan, G. H. Golub, R. J. LeVeque, "Updating
// Formulae and a Pairwise Algorithm for Computing Sample Variances", 1979,
// equation 2.1). All in f64.
//===----------------------------------------------------------------------===//

#ifndef KILN_DIAGNOSIS_MOMENTS_H
#define KILN_DIAGNOSIS_MOMENTS_H

#include <cstdint>
#include <span>
#include <vector>

namespace kiln {

/// Of one channel over `count` elements.
struct Moments {
  int64_t count = 0;
  double mean = 0;
  double m2 = 0; ///< sum of squared deviations from the mean

  /// Divided by the count; 0 of nothing.
  double variance() const {
    return count == 0 ? 0 : m2 / static_cast<double>(count);
  }
  /// Divided by the count less one (Bessel); 0 of fewer than two elements.
  double unbiasedVariance() const {
    return count < 2 ? 0 : m2 / static_cast<double>(count - 1);
  }

  void merge(const Moments &other);
};

/// Of each channel of each image of one batch.
struct ImageMoments {
  int64_t images = 0;
  int64_t channels = 0;
  int64_t count = 0;            ///< elements of a channel of an image
  std::vector<double> mean, m2; ///< images x channels

  Moments at(int64_t image, int64_t channel) const {
    size_t index = static_cast<size_t>(image * channels + channel);
    return {count, mean[index], m2[index]};
  }

  /// One for each channel, over the images [begin, end).
  std::vector<Moments> merge(int64_t begin, int64_t end) const;
  std::vector<Moments> merge() const { return merge(0, images); }

  /// Puts the images of another batch of the same layer behind these.
  void append(const ImageMoments &other);
};

} // namespace kiln

#endif // KILN_DIAGNOSIS_MOMENTS_H
