//===- LayerStatistics.h - What a layer sees of all images ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_DIAGNOSIS_LAYERSTATISTICS_H
#define KILN_LIB_DIAGNOSIS_LAYERSTATISTICS_H

#include "kiln/Diagnosis/Diagnose.h"

namespace kiln {

/// Gathers the moments of a layer's input, batch by batch. The sampling unit is
/// the image: pixels of one image are not independent of each other.
class LayerStatistics {
public:
  explicit LayerStatistics(const NormLayer &layer);

  void addBatch(const ImageMoments &batch);

  /// All elements of all images.
  const ChannelMoments &pooled() const { return all; }
  /// Averages over batches of the unbiased variance of each.
  std::vector<double> meanBatchVariance() const;

  /// Variance of a channel's mean over images, divided by images - 1.
  std::vector<double> varianceBetweenImages() const;

  /// Compares with the layer's running statistics, at a two-sided level of
  /// `level` for one channel. Needs two images.
  LayerComparison compare(double level) const;

private:
  /// Of one channel over images: second moments about their means, of the
  /// image's mean a and of its mean square b, both about the running mean.
  struct Joint {
    double meanA = 0, meanB = 0, aa = 0, ab = 0, bb = 0;
  };
  void addImage(size_t channel, double a, double b);
  ChannelComparison compareChannel(size_t channel, double quantile) const;

  const NormLayer *layer;
  ChannelMoments all;
  std::vector<Joint> joints;
  std::vector<double> batchVariances; // sums over batches
  int64_t images = 0;
  int64_t batches = 0;
};

} // namespace kiln

#endif // KILN_LIB_DIAGNOSIS_LAYERSTATISTICS_H
