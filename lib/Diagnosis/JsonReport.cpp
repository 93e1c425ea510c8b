//===- JsonReport.cpp - A diagnosis as JSON ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "kiln/Diagnosis/Diagnose.h"

#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

#include <cmath>

using namespace llvm;

namespace kiln {

/// Names from a file need not be UTF-8.
static std::string utf8(const std::string &text) {
  return json::isUTF8(text) ? text : json::fixUTF8(text);
}

/// JSON has no NaN and no infinity.
static json::Value number(double value) {
  return std::isfinite(value) ? json::Value(value) : json::Value(nullptr);
}

template <typename T, typename Fn>
static json::Array list(const std::vector<T> &values, Fn convert) {
  json::Array array;
  for (const T &value : values)
    array.push_back(convert(value));
  return array;
}

static json::Value toValue(const ChannelComparison &channel) {
  return json::Object{{"mean", number(channel.batchMean)},
                      {"variance", number(channel.batchVariance)},
                      {"distance", number(channel.distance)},
                      {"distance_margin", number(channel.distanceMargin)},
                      {"variance_ratio", number(channel.ratio)},
                      {"log_ratio_margin", number(channel.logRatioMargin)},
                      {"alarm", channel.isAlarm}};
}

static json::Value toValue(const LayerComparison &comparison) {
  return json::Object{
      {"alarm", comparison.isAlarm},
      {"channels_in_alarm", static_cast<int64_t>(comparison.alarms)},
      {"channels", list(comparison.channels, [](const ChannelComparison &c) {
         return toValue(c);
       })}};
}

static json::Value toValue(const LayerDiagnosis &layer) {
  auto index = [](int64_t channel) { return json::Value(channel); };
  return json::Object{
      {"name", utf8(layer.layer.name)},
      {"channels", layer.layer.channels},
      {"tracks_statistics", layer.layer.tracks},
      {"training_mode", layer.layer.isTraining},
      {"never_updated", layer.neverUpdated},
      {"dead_channels", list(layer.deadChannels, index)},
      {"exploding_channels", list(layer.explodingChannels, index)},
      {"elements_in_batch", layer.elementsInBatch},
      {"bessel_factor", number(layer.besselFactor)},
      {"effective_samples", number(layer.effectiveSamples)},
      {"effect", number(layer.effect)},
      {"earlier_in_eval", toValue(layer.afterEval)},
      {"earlier_in_training", toValue(layer.afterBatch)}};
}

static json::Value toValue(const BatchSizeFigures &figures) {
  return json::Object{{"batch", figures.batch},
                      {"difference", number(figures.difference)},
                      {"variance_mismatch", number(figures.varianceMismatch)}};
}

static json::Value toValue(const Cause &cause) {
  return json::Object{{"id", cause.id},
                      {"title", cause.title},
                      {"evidence", cause.evidence},
                      {"remedy", cause.remedy},
                      {"weight", number(cause.weight)}};
}

static json::Value firstLayer(const Diagnosis &diagnosis, int64_t index) {
  if (index < 0)
    return nullptr;
  return utf8(diagnosis.layers[static_cast<size_t>(index)].layer.name);
}

std::string toJson(const Diagnosis &diagnosis) {
  auto convert = [](const auto &part) { return toValue(part); };
  json::Value value =
      json::Object{{"net", utf8(diagnosis.file)},
                   {"data", utf8(diagnosis.data)},
                   {"images", diagnosis.images},
                   {"batch", diagnosis.batch},
                   {"batches", static_cast<int64_t>(diagnosis.batches)},
                   {"alarm", diagnosis.isAlarm()},
                   {"difference", number(diagnosis.difference)},
                   {"causes", list(diagnosis.causes, convert)},
                   {"first_at_fault_earlier_in_eval",
                    firstLayer(diagnosis, diagnosis.firstAfterEval)},
                   {"first_at_fault_earlier_in_training",
                    firstLayer(diagnosis, diagnosis.firstAfterBatch)},
                   {"layers", list(diagnosis.layers, convert)},
                   {"batch_sizes", list(diagnosis.batchSizes, convert)},
                   {"notes", list(diagnosis.notes, [](const std::string &note) {
                      return json::Value(utf8(note));
                    })}};
  std::string text;
  raw_string_ostream(text) << formatv("{0:2}", value) << '\n';
  return text;
}

} // namespace kiln
