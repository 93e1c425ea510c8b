//===- ProbedNet.cpp - A net whose batch normalisations can be switched ---*-
// C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "kiln/Diagnosis/ProbedNet.h"

#include "ProbeBatchNorms.h"
#include "kiln/Compiler/NetIR.h"
#include "kiln/Support/Names.h"

#include <algorithm>

namespace kiln {

Result<ProbedNet> ProbedNet::load(Session &session, const std::string &path,
                                  const CompileOptions &options) {
  CompileOptions probing = options;
  probing.mode = Mode::Keep;
  // What stays in the way of a switch must not be folded; what can be is not
  // worth the time for a handful of runs.
  probing.fold = false;
  Result<Net> net = session.load(path, probing);
  if (!net)
    return net.error();
  ProbedNet probed(std::move(*net));
  probed.netInputs = probed.net.interface().inputs;
  probed.netOutputs = probed.net.interface().outputs;
  if (probed.netInputs.empty() || probed.netInputs.front().shape.empty() ||
      probed.netInputs.front().shape.front() <= 0)
    return Error{ErrorCode::BadInput,
                 escapeName(path) +
                     ": the net's first input has no dimension that could be "
                     "the batch"};
  probed.batchSize = probed.netInputs.front().shape.front();
  if (Result<void> rewritten = rewriteNet(probed.net,
                                          [&](mlir::func::FuncOp function) {
                                            probed.norms =
                                                probeBatchNorms(function);
                                            return mlir::success();
                                          });
      !rewritten)
    return rewritten.error();
  return probed;
}

Result<void> ProbedNet::compile(const RunOptions &options) {
  Result<Artifact> artifact = net.compile();
  if (!artifact)
    return artifact.error();
  Result<std::unique_ptr<LoadedNet>> net = artifact->load(options);
  if (!net)
    return net.error();
  loaded = std::move(*net);
  return {};
}

std::vector<LayerSetting> ProbedNet::allEval() const {
  std::vector<LayerSetting> settings;
  for (const NormLayer &layer : norms)
    settings.push_back({false, layer.runningMean, layer.runningVariance});
  return settings;
}

std::vector<LayerSetting> ProbedNet::allBatch() const {
  std::vector<LayerSetting> settings = allEval();
  for (LayerSetting &setting : settings)
    setting.useBatch = true;
  return settings;
}

/// Puts a layer's statistics behind those of the layers before; of a layer that
/// does not read them, ones.
static bool appendStatistics(const NormLayer &layer,
                             const std::vector<double> &given, bool isRead,
                             std::vector<double> &all) {
  auto channels = static_cast<size_t>(layer.channels);
  if (given.size() == channels)
    all.insert(all.end(), given.begin(), given.end());
  else
    all.insert(all.end(), channels, 1.0);
  return !isRead || given.size() == channels;
}

Result<std::vector<HostTensor>>
ProbedNet::arguments(const std::vector<HostTensor> &inputs,
                     const std::vector<LayerSetting> &settings) const {
  if (settings.size() != norms.size())
    return Error{ErrorCode::Usage, "expects a setting for each of " +
                                       std::to_string(norms.size()) +
                                       " batch normalisations"};
  std::vector<HostTensor> all = inputs;
  if (norms.empty())
    return all;
  std::vector<double> switches, means, variances;
  for (size_t i = 0; i < norms.size(); ++i) {
    bool isRead = norms[i].tracks && !settings[i].useBatch;
    switches.push_back(settings[i].useBatch ? 1 : 0);
    if (!appendStatistics(norms[i], settings[i].mean, isRead, means) ||
        !appendStatistics(norms[i], settings[i].variance, isRead, variances))
      return Error{ErrorCode::Usage, "expects statistics of " +
                                         std::to_string(norms[i].channels) +
                                         " channels for '" +
                                         escapeName(norms[i].name) + "'"};
  }
  for (const std::vector<double> *values : {&switches, &means, &variances})
    all.push_back(HostTensor::fromDoubles(
        ElementType::F64, {static_cast<int64_t>(values->size())}, *values));
  return all;
}

/// Rows of one image, where dimension 0 holds several to an image, are merged;
/// where rows are no whole number to an image each counts as one.
static ImageMoments toImages(const NormLayer &layer, const HostTensor &mean,
                             const HostTensor &m2, int64_t batch) {
  ImageMoments rows{layer.elements, mean.toDoubles(), m2.toDoubles()};
  int64_t numRows = mean.shape[0];
  int64_t perImage = numRows % batch == 0 ? numRows / batch : 1;
  if (perImage <= 1)
    return rows;
  ImageMoments images{rows.count * perImage, {}, {}};
  for (int64_t image = 0; image < batch; ++image) {
    ChannelMoments merged = mergeImages(
        rows, static_cast<size_t>(layer.channels),
        static_cast<size_t>(image * perImage), static_cast<size_t>(perImage));
    images.mean.insert(images.mean.end(), merged.mean.begin(),
                       merged.mean.end());
    images.m2.insert(images.m2.end(), merged.m2.begin(), merged.m2.end());
  }
  return images;
}

ProbedRun ProbedNet::unpack(std::vector<HostTensor> results) const {
  ProbedRun run;
  size_t first = netOutputs.size();
  for (size_t i = 0; i < norms.size(); ++i)
    run.layers.push_back(toImages(norms[i], results[first + 2 * i],
                                  results[first + 2 * i + 1], batchSize));
  results.resize(first);
  run.outputs = std::move(results);
  return run;
}

Result<ProbedRun>
ProbedNet::run(const std::vector<HostTensor> &inputs,
               const std::vector<LayerSetting> &settings) const {
  if (!loaded)
    return Error{ErrorCode::Usage, "the probed net has not been compiled"};
  Result<std::vector<HostTensor>> all = arguments(inputs, settings);
  if (!all)
    return all.error();
  Result<std::vector<HostTensor>> results = loaded->run(*all);
  if (!results)
    return results.error();
  return unpack(std::move(*results));
}

Result<ProbedRun>
ProbedNet::interpret(const std::vector<HostTensor> &inputs,
                     const std::vector<LayerSetting> &settings) {
  Result<std::vector<HostTensor>> all = arguments(inputs, settings);
  if (!all)
    return all.error();
  Result<std::vector<HostTensor>> results = net.interpret(*all);
  if (!results)
    return results.error();
  return unpack(std::move(*results));
}

} // namespace kiln
