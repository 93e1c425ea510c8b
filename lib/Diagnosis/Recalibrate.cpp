//===- Recalibrate.cpp - New statistics for a net ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "kiln/Diagnosis/Recalibrate.h"

#include "LayerComparison.h"
#include "ProbedNets.h"
#include "kiln/ONNX/Patcher.h"
#include "kiln/Support/Names.h"

#include <algorithm>
#include <cmath>

namespace kiln {

namespace {
/// Estimates the statistics of all layers, in the order asked for.
class Recalibration {
public:
  Recalibration(const ProbedNets &nets, const RecalibrateOptions &options);

  Result<void> estimate();
  /// Compares evaluation before and after with training mode.
  Result<void> compare(RecalibrationReport &report) const;
  void describeLayers(RecalibrationReport &report) const;
  std::vector<StatisticsPatch> patches() const;

private:
  Result<void> onePass();
  Result<void> layerByLayer();
  Result<void> finish(size_t layer);
  Result<void> addBatch(size_t layer, const ProbedRun &run);

  const ProbedNets &nets;
  StatisticsOrder order;
  std::vector<StatisticsEstimator> estimators; // one a layer
  std::vector<LayerSetting> settings;          // with new statistics
};
} // namespace

Recalibration::Recalibration(const ProbedNets &nets,
                             const RecalibrateOptions &options)
    : nets(nets), order(options.order), settings(nets.net().allEval()) {
  for (const NormLayer &layer : nets.net().layers())
    estimators.emplace_back(options.estimator,
                            static_cast<size_t>(layer.channels));
}

/// An error of one layer, by its name.
static Error ofLayer(const NormLayer &layer, const Error &error) {
  return {error.code, "batch normalisation '" + escapeName(layer.name) +
                          "': " + error.message};
}

Result<void> Recalibration::addBatch(size_t layer, const ProbedRun &run) {
  if (Result<void> added = estimators[layer].addBatch(run.layers[layer]);
      !added)
    return ofLayer(nets.net().layers()[layer], added.error());
  return {};
}

/// Takes the new statistics for what follows.
Result<void> Recalibration::finish(size_t index) {
  const NormLayer &layer = nets.net().layers()[index];
  Result<Statistics> statistics = estimators[index].estimate();
  if (!statistics)
    return ofLayer(layer, statistics.error());
  bool dividesByZero = layer.epsilon == 0 &&
                       std::ranges::any_of(statistics->variance,
                                           [](double v) { return v == 0; });
  if (dividesByZero)
    return ofLayer(layer, {ErrorCode::BadStatistics,
                           "a channel has one value in all of the data, and "
                           "epsilon is 0"});
  settings[index] = {false, std::move(statistics->mean),
                     std::move(statistics->variance)};
  return {};
}

Result<void> Recalibration::onePass() {
  std::vector<LayerSetting> training = nets.net().allBatch();
  const std::vector<NormLayer> &layers = nets.net().layers();
  Result<void> gathered =
      nets.forEach([&](const Batch &batch, const ProbedNet &net) {
        Result<ProbedRun> run = net.run(batch.inputs, training);
        if (!run)
          return Result<void>(run.error());
        for (size_t i = 0; i < layers.size(); ++i)
          if (layers[i].tracks)
            if (Result<void> added = addBatch(i, *run); !added)
              return added;
        return Result<void>();
      });
  if (!gathered)
    return gathered;
  for (size_t i = 0; i < layers.size(); ++i)
    if (layers[i].tracks)
      if (Result<void> finished = finish(i); !finished)
        return finished;
  return {};
}

/// Each layer takes a pass of its own: what it sees depends on those before.
Result<void> Recalibration::layerByLayer() {
  const std::vector<NormLayer> &layers = nets.net().layers();
  for (size_t i = 0; i < layers.size(); ++i) {
    if (!layers[i].tracks)
      continue;
    Result<void> gathered =
        nets.forEach([&](const Batch &batch, const ProbedNet &net) {
          Result<ProbedRun> run = net.run(batch.inputs, settings);
          return run ? addBatch(i, *run) : Result<void>(run.error());
        });
    if (!gathered)
      return gathered;
    if (Result<void> finished = finish(i); !finished)
      return finished;
  }
  return {};
}

Result<void> Recalibration::estimate() {
  return order == StatisticsOrder::OnePass ? onePass() : layerByLayer();
}

namespace {
/// Squares of outputs and of their distance from those in training mode.
struct Distance {
  double squares = 0, reference = 0;

  void add(const std::vector<HostTensor> &outputs,
           const std::vector<HostTensor> &training) {
    for (size_t i = 0; i < outputs.size(); ++i) {
      std::vector<double> a = outputs[i].toDoubles(),
                          b = training[i].toDoubles();
      for (size_t j = 0; j < a.size(); ++j) {
        squares += (a[j] - b[j]) * (a[j] - b[j]);
        reference += b[j] * b[j];
      }
    }
  }
  double relative() const {
    return squares == 0 ? 0 : std::sqrt(squares / reference);
  }
};
} // namespace

Result<void> Recalibration::compare(RecalibrationReport &report) const {
  Distance before, after;
  const std::vector<LayerSetting> training = nets.net().allBatch(),
                                  old = nets.net().allEval();
  Result<void> compared =
      nets.forEach([&](const Batch &batch, const ProbedNet &net) {
        Result<ProbedRun> reference = net.run(batch.inputs, training);
        if (!reference)
          return Result<void>(reference.error());
        for (auto [distance, setting] :
             {std::pair(&before, &old), std::pair(&after, &settings)}) {
          Result<ProbedRun> run = net.run(batch.inputs, *setting);
          if (!run)
            return Result<void>(run.error());
          distance->add(run->outputs, reference->outputs);
        }
        report.images += batch.images;
        ++report.batches;
        return Result<void>();
      });
  report.differenceBefore = before.relative();
  report.differenceAfter = after.relative();
  return compared;
}

void Recalibration::describeLayers(RecalibrationReport &report) const {
  const std::vector<NormLayer> &layers = nets.net().layers();
  for (size_t i = 0; i < layers.size(); ++i)
    report.layers.push_back(
        compareLayer(layers[i], {settings[i].mean, settings[i].variance},
                     estimators[i].standardErrors()));
}

std::vector<StatisticsPatch> Recalibration::patches() const {
  std::vector<StatisticsPatch> patches;
  const std::vector<NormLayer> &layers = nets.net().layers();
  for (size_t i = 0; i < layers.size(); ++i)
    if (layers[i].tracks)
      patches.push_back(
          {layers[i].name, settings[i].mean, settings[i].variance});
  return patches;
}

static Result<void> checkLayers(const std::string &path, const ProbedNet &net) {
  if (std::ranges::any_of(net.layers(), &NormLayer::tracks))
    return {};
  return Error{ErrorCode::BadStatistics,
               escapeName(path) +
                   (net.layers().empty()
                        ? ": has no batch normalisation; it was folded when it "
                          "was exported, or never had one"
                        : ": no batch normalisation has statistics that are "
                          "constants of the file; nothing can be estimated")};
}

static Result<void> write(const std::string &path, const std::string &target,
                          const std::vector<StatisticsPatch> &patches,
                          RecalibrationReport &report) {
  llvm::Expected<PatchSummary> summary = patchStatistics(path, target, patches);
  if (!summary) {
    std::string text = llvm::toString(summary.takeError());
    std::optional<ErrorCode> code = parseErrorLabel(text);
    return Error{code.value_or(ErrorCode::Internal),
                 code ? text.substr(7) : text};
  }
  report.splitTensors = std::move(summary->split);
  report.copiedFiles = std::move(summary->copied);
  return {};
}

Result<RecalibrationReport>
recalibrate(Session &session, const std::string &path, const std::string &data,
            const std::string &target, const RecalibrateOptions &options) {
  if (path.ends_with(".mlir"))
    return Error{ErrorCode::Usage, escapeName(path) +
                                       ": new statistics are written to an "
                                       "ONNX file; give the net as one"};
  Result<ProbedNets> nets = ProbedNets::compile(
      session, path, data, options.batch, options.compile, options.run);
  if (!nets)
    return nets.error();
  if (Result<void> checked = checkLayers(path, nets->net()); !checked)
    return checked.error();
  RecalibrationReport report;
  report.net = path;
  report.data = data;
  report.target = target;
  report.estimator = options.estimator;
  report.order = options.order;
  report.adapt = options.adapt;
  report.batch = nets->batch();
  report.unusedImages = nets->unusedImages();
  Recalibration recalibration(*nets, options);
  if (Result<void> estimated = recalibration.estimate(); !estimated)
    return estimated.error();
  if (Result<void> compared = recalibration.compare(report); !compared)
    return compared.error();
  recalibration.describeLayers(report);
  addWarnings(report);
  if (Result<void> written =
          write(path, target, recalibration.patches(), report);
      !written)
    return written.error();
  return report;
}

} // namespace kiln
