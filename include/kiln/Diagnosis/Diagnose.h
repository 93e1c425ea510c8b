//===- Diagnose.h - Why a net differs between training and evaluation ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// docs/diagnose.md gives each figure's formula and source.
//===----------------------------------------------------------------------===//

#ifndef KILN_DIAGNOSIS_DIAGNOSE_H
#define KILN_DIAGNOSIS_DIAGNOSE_H

#include "kiln/Diagnosis/DataSet.h"
#include "kiln/Diagnosis/ProbedNet.h"

#include <string>
#include <vector>

namespace kiln {

/// What the net's output is trained against, as far as the caller says.
enum class Loss {
  Unknown,
  CrossEntropy,              ///< applies a softmax itself
  BinaryCrossEntropy,        ///< takes probabilities
  BinaryCrossEntropyOfLogits ///< applies a sigmoid itself
};

struct DiagnosisOptions {
  CompileOptions compile; ///< mode, fold and the inputs' shapes are not read
  RunOptions run;
  Loss loss = Loss::Unknown;
  /// Images in a batch; 0: as many as the file fixes, else as many as the first
  /// file of the data holds, at most 256.
  int64_t batch = 0;
};

/// Thresholds of an alarm (docs/diagnose.md).
inline constexpr double kAlarmDistance = 0.25;
inline constexpr double kAlarmRatio = 1.5;
inline constexpr double kAlarmShare = 0.1;

/// A channel's statistics in the data beside its running ones.
struct ChannelComparison {
  double batchMean = 0, batchVariance = 0; ///< over all images
  /// (batchMean - running mean) / sqrt(running variance + epsilon).
  double distance = 0;
  /// (batchVariance + epsilon) / (running variance + epsilon).
  double ratio = 1;
  /// Half widths of the confidence intervals of the distance and of the
  /// ratio's logarithm, corrected for all channels of the net.
  double distanceMargin = 0, logRatioMargin = 0;
  bool isAlarm = false;
};

/// A layer with the layers before it in one mode.
struct LayerComparison {
  std::vector<ChannelComparison> channels; ///< none of a layer without tracking
  size_t alarms = 0;
  bool isAlarm = false; ///< alarms in at least a tenth of the channels
};

struct LayerDiagnosis {
  NormLayer layer;
  LayerComparison afterEval;  ///< earlier layers by running statistics
  LayerComparison afterBatch; ///< earlier layers by the batch's
  bool neverUpdated = false;  ///< running mean 0 and variance 1 throughout
  std::vector<int64_t> deadChannels, explodingChannels;
  /// Elements a channel of a batch, and n / (n - 1) of them.
  int64_t elementsInBatch = 0;
  double besselFactor = 1;
  /// Of how many independent elements the batch mean is as sure as it is: the
  /// channels' median.
  double effectiveSamples = 0;
  /// Relative change of the net's outputs when this layer alone uses the batch.
  double effect = 0;
};

/// The net in training mode with the data cut to batches of `batch`.
struct BatchSizeFigures {
  int64_t batch = 0;
  /// Relative difference of the outputs from those in eval.
  double difference = 0;
  /// Median over all channels of |ln(mean unbiased batch variance / running
  /// variance)|.
  double varianceMismatch = 0;
};

/// Softmax and sigmoid, as the graph has them.
struct ActivationFact {
  enum class Kind { Doubled, AxisOfOne, BatchAxis, AtOutput };
  Kind kind;
  std::string op;    ///< "softmax", "log_softmax", "sigmoid"
  std::string layer; ///< the node's name; any bytes
  std::string other; ///< Doubled: the node that it is applied to; AtOutput: the
                     ///< output
};

/// A likely cause, in words.
struct Cause {
  std::string id; ///< stable: "never-updated"
  std::string title, evidence, remedy;
  double weight = 0; ///< for ranking: 1 is certain
};

struct Diagnosis {
  std::string file, data;
  int64_t images = 0, batch = 0;
  size_t batches = 0;
  std::vector<LayerDiagnosis> layers;
  /// First layers with an alarm; -1 where there is none.
  int64_t firstAfterEval = -1, firstAfterBatch = -1;
  /// Relative difference between the outputs in training and in eval mode.
  double difference = 0;
  /// From the greatest batch down; empty where the batch is fixed.
  std::vector<BatchSizeFigures> batchSizes;
  std::vector<ActivationFact> activations;
  std::vector<Cause> causes;      ///< the likeliest first
  std::vector<std::string> notes; ///< what could not be measured, and why

  bool isAlarm() const { return !causes.empty(); }
};

/// Runs the net over the data in both modes and says what differs, and why.
Result<Diagnosis> diagnose(Session &session, const std::string &path,
                           const DataSet &data,
                           const DiagnosisOptions &options);

/// Texts of a diagnosis; names are escaped for what they stand in.
std::string toText(const Diagnosis &diagnosis);
std::string toJson(const Diagnosis &diagnosis);
/// One page that refers to nothing outside itself.
std::string toHtml(const Diagnosis &diagnosis);

} // namespace kiln

#endif // KILN_DIAGNOSIS_DIAGNOSE_H
