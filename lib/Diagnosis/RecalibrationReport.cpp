//===- RecalibrationReport.cpp - What recalibrating did, as JSON ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "kiln/Diagnosis/Recalibrate.h"

#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"

#include <cmath>

namespace kiln {

static std::string utf8(const std::string &text) {
  return llvm::json::isUTF8(text) ? text : llvm::json::fixUTF8(text);
}

static llvm::json::Value number(double value) {
  return std::isfinite(value) ? llvm::json::Value(value)
                              : llvm::json::Value(nullptr);
}

static llvm::json::Array numbers(const std::vector<double> &values) {
  llvm::json::Array array;
  for (double value : values)
    array.push_back(number(value));
  return array;
}

static llvm::json::Array texts(const std::vector<std::string> &values) {
  llvm::json::Array array;
  for (const std::string &value : values)
    array.push_back(utf8(value));
  return array;
}

static llvm::json::Object toJson(const Statistics &statistics) {
  return llvm::json::Object{{"mean", numbers(statistics.mean)},
                            {"variance", numbers(statistics.variance)}};
}

static llvm::json::Object toJson(const LayerChange &layer) {
  llvm::json::Object object{{"name", utf8(layer.name)},
                            {"channels", layer.channels},
                            {"tracks", layer.tracks}};
  if (!layer.tracks)
    return object;
  object["before"] = toJson(layer.before);
  object["after"] = toJson(layer.after);
  object["mean_shift"] =
      llvm::json::Object{{"rms", number(layer.rmsShift)},
                         {"greatest", number(layer.greatestShift)}};
  object["variance_ratio"] =
      llvm::json::Object{{"least", number(layer.leastRatio)},
                         {"median", number(layer.medianRatio)},
                         {"greatest", number(layer.greatestRatio)}};
  object["uncertain_share"] = layer.uncertainShare;
  object["constant_channels"] = layer.constantChannels;
  return object;
}

std::string describe(const EstimatorOptions &estimator) {
  bool isBiased = estimator.variance == VarianceForm::Biased;
  if (estimator.estimator == Estimator::Pooled)
    return isBiased ? "pooled over all images; variances biased, as ONNX's "
                      "running variance"
                    : "pooled over all images; variances unbiased, as "
                      "PyTorch's running variance";
  std::string weight = estimator.weight == BatchWeight::Equal
                           ? "average of batches of equal weight; "
                           : "average of batches weighted by size; ";
  return weight + (isBiased
                       ? "variances biased, as ONNX's running variance"
                       : "variances unbiased, as PyTorch's running variance");
}

std::string toJson(const RecalibrationReport &report) {
  llvm::json::Array layers;
  for (const LayerChange &layer : report.layers)
    layers.push_back(toJson(layer));
  const EstimatorOptions &estimator = report.estimator;
  llvm::json::Value whole = llvm::json::Object{
      {"net", utf8(report.net)},
      {"data", utf8(report.data)},
      {"output", utf8(report.target)},
      {"estimator",
       estimator.estimator == Estimator::Pooled ? "pooled" : "average"},
      {"weight", estimator.weight == BatchWeight::Equal ? "equal" : "size"},
      {"variance",
       estimator.variance == VarianceForm::Biased ? "biased" : "unbiased"},
      {"order", report.order == StatisticsOrder::OnePass ? "one-pass"
                                                         : "layer-by-layer"},
      {"adapt", report.adapt},
      {"images", report.images},
      {"unused_images", report.unusedImages},
      {"batches", report.batches},
      {"batch", report.batch},
      {"difference_from_training_mode",
       llvm::json::Object{{"before", number(report.differenceBefore)},
                          {"after", number(report.differenceAfter)}}},
      {"layers", std::move(layers)},
      {"split_tensors", texts(report.splitTensors)},
      {"copied_files", texts(report.copiedFiles)},
      {"warnings", texts(report.warnings)}};
  return llvm::formatv("{0:2}\n", whole).str();
}

} // namespace kiln
