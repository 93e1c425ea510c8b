//===- Measurement.cpp - Running a net both ways ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Measurement.h"

#include <algorithm>
#include <cmath>

namespace kiln {

/// Two-sided level of all channels of the net together.
static constexpr double kLevel = 0.05;
/// Batches on which layers are switched one by one.
static constexpr size_t kSwitchedBatches = 4;
/// Images on which each batch size is tried.
static constexpr int64_t kReBatchedImages = 512;
/// What counts as dead: a variance this small beside epsilon, or a scale.
static constexpr double kDeadVariance = 1e-3, kDeadScale = 1e-6;
/// What counts as exploding: a factor from input to output beyond this.
static constexpr double kExplodingFactor = 1e3;

void RelativeDifference::add(const std::vector<HostTensor> &actual,
                             const std::vector<HostTensor> &expected) {
  for (size_t i = 0; i < actual.size(); ++i) {
    std::vector<double> a = actual[i].toDoubles(), e = expected[i].toDoubles();
    for (size_t j = 0; j < a.size(); ++j) {
      differences += (a[j] - e[j]) * (a[j] - e[j]);
      squares += e[j] * e[j];
    }
  }
}

double RelativeDifference::value() const {
  if (differences == 0)
    return 0;
  return std::sqrt(differences / squares);
}

static double median(std::vector<double> values) {
  if (values.empty())
    return 0;
  auto middle = values.begin() + static_cast<int64_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

static size_t countChannels(const std::vector<NormLayer> &layers) {
  size_t channels = 0;
  for (const NormLayer &layer : layers)
    channels += static_cast<size_t>(layer.channels);
  return std::max<size_t>(channels, 1);
}

static bool isNeverUpdated(const NormLayer &layer) {
  return layer.tracks &&
         std::ranges::count(layer.runningMean, 0.0) == layer.channels &&
         std::ranges::count(layer.runningVariance, 1.0) == layer.channels;
}

/// The mean of `rows` rows varies by between / rows; so would that of
/// variance / (between / rows) independent elements.
static double effectiveSamples(const LayerStatistics &statistics, int64_t rows,
                               int64_t elements) {
  std::vector<double> between = statistics.varianceBetweenImages();
  std::vector<double> variance = statistics.pooled().biasedVariance();
  std::vector<double> counts;
  for (size_t c = 0; c < between.size(); ++c)
    if (between[c] > 0 && variance[c] > 0)
      counts.push_back(
          std::min(static_cast<double>(rows) * variance[c] / between[c],
                   static_cast<double>(elements)));
  return median(std::move(counts));
}

static void findBadChannels(LayerDiagnosis &layer,
                            const LayerStatistics &statistics) {
  std::vector<double> variance = statistics.pooled().biasedVariance();
  const NormLayer &norm = layer.layer;
  for (int64_t c = 0; c < norm.channels; ++c) {
    auto at = static_cast<size_t>(c);
    double scale = norm.scale.empty() ? 1 : norm.scale[at];
    if (variance[at] <= kDeadVariance * norm.epsilon ||
        std::abs(scale) < kDeadScale) {
      layer.deadChannels.push_back(c);
      continue;
    }
    double running = norm.tracks ? norm.runningVariance[at] : variance[at];
    double factor = std::abs(scale) / std::sqrt(running + norm.epsilon);
    if (!(factor <= kExplodingFactor))
      layer.explodingChannels.push_back(c);
  }
}

namespace {
/// What is gathered over the batches.
struct Gathered {
  explicit Gathered(const std::vector<NormLayer> &layers)
      : effects(layers.size()) {
    for (const NormLayer &layer : layers) {
      eval.emplace_back(layer);
      batch.emplace_back(layer);
    }
  }
  std::vector<LayerStatistics> eval, batch;
  std::vector<RelativeDifference> effects;
  RelativeDifference difference;
};
} // namespace

static Result<void> switchLayers(const ProbedNet &net, const Batch &batch,
                                 const ProbedRun &eval, Gathered &gathered) {
  for (size_t i = 0; i < net.layers().size(); ++i) {
    if (!net.layers()[i].tracks)
      continue;
    std::vector<LayerSetting> settings = net.allEval();
    settings[i].useBatch = true;
    Result<ProbedRun> run = net.run(batch.inputs, settings);
    if (!run)
      return run.error();
    gathered.effects[i].add(run->outputs, eval.outputs);
  }
  return {};
}

static Result<void> gather(const ProbedNet &net, const Batch &batch,
                           bool switchesLayers, Gathered &gathered) {
  Result<ProbedRun> eval = net.run(batch.inputs, net.allEval());
  if (!eval)
    return eval.error();
  Result<ProbedRun> training = net.run(batch.inputs, net.allBatch());
  if (!training)
    return training.error();
  gathered.difference.add(training->outputs, eval->outputs);
  for (size_t i = 0; i < net.layers().size(); ++i) {
    gathered.eval[i].addBatch(eval->layers[i]);
    gathered.batch[i].addBatch(training->layers[i]);
  }
  return switchesLayers ? switchLayers(net, batch, *eval, gathered)
                        : Result<void>();
}

static LayerDiagnosis summarize(const NormLayer &norm, size_t i,
                                const Gathered &gathered, size_t batches,
                                double level) {
  LayerDiagnosis layer;
  layer.layer = norm;
  layer.afterEval = gathered.eval[i].compare(level);
  layer.afterBatch = gathered.batch[i].compare(level);
  layer.neverUpdated = isNeverUpdated(norm);
  // Rows of the layer need not be images: a reshape before it can make each
  // position of an image a row. All batches are equally large.
  layer.elementsInBatch = gathered.eval[i].pooled().count /
                          std::max<int64_t>(static_cast<int64_t>(batches), 1);
  int64_t rows = layer.elementsInBatch / std::max<int64_t>(norm.elements, 1);
  if (layer.elementsInBatch > 1)
    layer.besselFactor = static_cast<double>(layer.elementsInBatch) /
                         static_cast<double>(layer.elementsInBatch - 1);
  layer.effectiveSamples =
      effectiveSamples(gathered.eval[i], rows, layer.elementsInBatch);
  layer.effect = gathered.effects[i].value();
  findBadChannels(layer, gathered.eval[i]);
  return layer;
}

Result<void> measureModes(const ProbedNet &net, const DataSet &data,
                          Diagnosis &diagnosis) {
  Gathered gathered(net.layers());
  Result<void> done =
      data.forEach(net.batch(), ShortBatch::Drop, [&](const Batch &batch) {
        bool switchesLayers = diagnosis.batches < kSwitchedBatches;
        ++diagnosis.batches;
        return gather(net, batch, switchesLayers, gathered);
      });
  if (!done)
    return done;
  double level = kLevel / static_cast<double>(countChannels(net.layers()));
  for (size_t i = 0; i < net.layers().size(); ++i) {
    diagnosis.layers.push_back(
        summarize(net.layers()[i], i, gathered, diagnosis.batches, level));
    auto index = static_cast<int64_t>(i);
    if (diagnosis.layers[i].afterEval.isAlarm && diagnosis.firstAfterEval < 0)
      diagnosis.firstAfterEval = index;
    if (diagnosis.layers[i].afterBatch.isAlarm && diagnosis.firstAfterBatch < 0)
      diagnosis.firstAfterBatch = index;
  }
  diagnosis.difference = gathered.difference.value();
  return {};
}

/// |ln| of what batches of this size give over what the file holds. Variances
/// that were never updated are those of no batch.
static double varianceMismatch(const std::vector<NormLayer> &layers,
                               const std::vector<LayerStatistics> &statistics) {
  std::vector<double> mismatches;
  for (size_t i = 0; i < layers.size(); ++i) {
    if (isNeverUpdated(layers[i]))
      continue;
    std::vector<double> ofBatches = statistics[i].meanBatchVariance();
    for (size_t c = 0; c < layers[i].runningVariance.size(); ++c) {
      double ratio = (ofBatches[c] + layers[i].epsilon) /
                     (layers[i].runningVariance[c] + layers[i].epsilon);
      if (ratio > 0)
        mismatches.push_back(std::abs(std::log(ratio)));
    }
  }
  return median(std::move(mismatches));
}

Result<BatchSizeFigures> measureBatchSize(const ProbedNet &net,
                                          const DataSet &data) {
  BatchSizeFigures figures;
  figures.batch = net.batch();
  std::vector<LayerStatistics> statistics;
  for (const NormLayer &layer : net.layers())
    statistics.emplace_back(layer);
  RelativeDifference difference;
  int64_t images = 0;
  Result<void> done = data.forEach(
      net.batch(), ShortBatch::Drop, [&](const Batch &batch) -> Result<void> {
        if (images >= kReBatchedImages)
          return {};
        images += batch.images;
        Result<ProbedRun> eval = net.run(batch.inputs, net.allEval());
        if (!eval)
          return eval.error();
        Result<ProbedRun> run = net.run(batch.inputs, net.allBatch());
        if (!run)
          return run.error();
        difference.add(run->outputs, eval->outputs);
        for (size_t i = 0; i < statistics.size(); ++i)
          statistics[i].addBatch(run->layers[i]);
        return {};
      });
  if (!done)
    return done.error();
  figures.difference = difference.value();
  figures.varianceMismatch = varianceMismatch(net.layers(), statistics);
  return figures;
}

} // namespace kiln
