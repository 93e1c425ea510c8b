//===- Recalibrate.h - New statistics for a net ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_DIAGNOSIS_RECALIBRATE_H
#define KILN_DIAGNOSIS_RECALIBRATE_H

#include "kiln/Compiler/Compiler.h"
#include "kiln/Diagnosis/Estimators.h"

#include <string>
#include <vector>

namespace kiln {

/// What the layers before do while a layer's statistics are gathered.
enum class StatisticsOrder {
  OnePass,      ///< normalise by the batch
  LayerByLayer, ///< normalise by their new statistics
};

struct RecalibrateOptions {
  EstimatorOptions estimator;
  StatisticsOrder order = StatisticsOrder::OnePass;
  /// Images in a batch; 0: as the net fixes, else as the first file holds.
  int64_t batch = 0;
  /// The data are of another domain; only the report differs.
  bool adapt = false;
  CompileOptions
      compile; ///< shapes come from the data; mode and fold as needed
  RunOptions run;
};

/// What became of one batch normalisation.
struct LayerChange {
  std::string name; ///< any bytes
  int64_t channels = 0;
  /// False: it has no statistics that could be changed, and nothing below is
  /// set.
  bool tracks = false;
  Statistics before, after;
  /// Distance of the means in new standard deviations (epsilon included).
  double rmsShift = 0, greatestShift = 0;
  /// New variance over old (epsilon included).
  double leastRatio = 1, medianRatio = 1, greatestRatio = 1;
  /// Share of channels whose mean has a standard error of more than
  /// kUncertainMean standard deviations.
  double uncertainShare = 0;
  /// Channels of one value in all of the data.
  int64_t constantChannels = 0;
};

/// A tenth of a deviation moves 4 % of normal inputs across a ReLU's edge.
inline constexpr double kUncertainMean = 0.1;

struct RecalibrationReport {
  std::string net, data, target;
  EstimatorOptions estimator;
  StatisticsOrder order = StatisticsOrder::OnePass;
  bool adapt = false;
  int64_t images = 0, batches = 0, batch = 0; ///< used, of the largest batch
  int64_t unusedImages = 0;
  std::vector<LayerChange> layers; ///< in the order of the net
  /// How far outputs in evaluation are from those in training mode on the same
  /// batches: RMS of the difference over RMS of the latter. NaN where outputs
  /// are.
  double differenceBefore = 0, differenceAfter = 0;
  std::vector<std::string> splitTensors, copiedFiles;
  std::vector<std::string> warnings;
};

/// "biased: squared distances over n, ..." as reports state it.
std::string describe(const EstimatorOptions &estimator);

/// All of it; numbers that are not finite are null.
std::string toJson(const RecalibrationReport &report);

/// Estimates the statistics of each batch normalisation of an ONNX file that
/// tracks them, on the images of the folder `data`, and writes the file with
/// them to `target` (kiln/ONNX/Patcher.h). Weights stay.
Result<RecalibrationReport>
recalibrate(Session &session, const std::string &path, const std::string &data,
            const std::string &target, const RecalibrateOptions &options);

} // namespace kiln

#endif // KILN_DIAGNOSIS_RECALIBRATE_H
