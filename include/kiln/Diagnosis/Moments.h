//===- Moments.h - Means and variances that merge ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_DIAGNOSIS_MOMENTS_H
#define KILN_DIAGNOSIS_MOMENTS_H

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace kiln {

/// What one batch normalisation sees of a batch: for each image and channel,
/// the mean of its elements and the sum of their squared distances from it.
struct ImageMoments {
  int64_t count = 0;            ///< elements a channel an image
  std::vector<double> mean, m2; ///< [images x channels]
};

/// The same of any set of elements, for each channel.
struct ChannelMoments {
  int64_t count = 0;            ///< elements a channel
  std::vector<double> mean, m2; ///< [channels]

  /// Adds `otherCount` elements that are not in the set yet: Chan, Golub and
  /// LeVeque, "Updating Formulae and a Pairwise Algorithm for Computing Sample
  /// Variances" (1979). An empty set takes any number of channels.
  void add(int64_t otherCount, std::span<const double> otherMean,
           std::span<const double> otherM2);

  /// The population's variance: m2 / count.
  std::vector<double> biasedVariance() const;
  /// m2 / (count - 1); of a single element, 0.
  std::vector<double> unbiasedVariance() const;
};

/// How many images `moments` has of `channels` channels.
inline size_t imageCount(const ImageMoments &moments, size_t channels) {
  return channels == 0 ? 0 : moments.mean.size() / channels;
}

/// Moments of images [first, first + number) together, merged in their order:
/// the result does not depend on who computed them.
ChannelMoments mergeImages(const ImageMoments &moments, size_t channels,
                           size_t first, size_t number);

/// Of all images.
ChannelMoments mergeImages(const ImageMoments &moments, size_t channels);

} // namespace kiln

#endif // KILN_DIAGNOSIS_MOMENTS_H
