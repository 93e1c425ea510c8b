//===- TextReport.cpp - A diagnosis for the terminal ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Causes.h"
#include "kiln/Support/Names.h"

#include <algorithm>
#include <cmath>
#include <iomanip>
#include <sstream>

namespace kiln {

static std::string percent(double value) {
  return shortNumber(100 * value) + " %";
}

static void printCauses(std::ostream &out, const Diagnosis &diagnosis) {
  if (diagnosis.causes.empty()) {
    out << "no cause for alarm found\n";
    return;
  }
  out << "likely causes, the likeliest first\n";
  int number = 0;
  for (const Cause &cause : diagnosis.causes)
    out << "  " << ++number << ". " << cause.title << " [" << cause.id
        << "]\n     " << cause.evidence << "\n     Remedy: " << cause.remedy
        << '\n';
}

/// The greatest |distance| and the ratio furthest from 1, with '!' at an alarm.
static std::string comparisonText(const LayerComparison &comparison) {
  if (comparison.channels.empty())
    return "-";
  double distance = 0, logRatio = 0;
  for (const ChannelComparison &channel : comparison.channels) {
    distance = std::max(distance, std::abs(channel.distance));
    if (double log = std::log(channel.ratio);
        std::abs(log) > std::abs(logRatio))
      logRatio = log;
  }
  return shortNumber(distance) + " " + shortNumber(std::exp(logRatio)) + " " +
         std::to_string(comparison.alarms) + "/" +
         std::to_string(comparison.channels.size()) +
         (comparison.isAlarm ? " !" : "");
}

static std::string remarks(const LayerDiagnosis &layer) {
  std::string text;
  auto add = [&](const std::string &remark) {
    text += (text.empty() ? "" : ", ") + remark;
  };
  if (!layer.layer.tracks)
    add(layer.layer.isTraining ? "does not track"
                               : "statistics are inputs or computed");
  else if (layer.layer.isTraining)
    add("in training mode");
  if (layer.neverUpdated)
    add("never updated");
  if (!layer.deadChannels.empty())
    add(std::to_string(layer.deadChannels.size()) + " dead");
  if (!layer.explodingChannels.empty())
    add(std::to_string(layer.explodingChannels.size()) + " exploding");
  return text;
}

static void printLayers(std::ostream &out, const Diagnosis &diagnosis) {
  if (diagnosis.layers.empty())
    return;
  out << "layers: greatest distance of means in deviations, variance ratio "
         "furthest from 1, channels in alarm,\n"
         "  with earlier layers in eval | in training; effect on the output of "
         "switching it;\n"
         "  effective samples and Bessel factor of a batch; name\n";
  for (const LayerDiagnosis &layer : diagnosis.layers) {
    std::string remark = remarks(layer);
    out << "  " << std::left << std::setw(24) << comparisonText(layer.afterEval)
        << "| " << std::setw(24) << comparisonText(layer.afterBatch)
        << std::right << std::setw(9) << percent(layer.effect) << std::setw(9)
        << shortNumber(layer.effectiveSamples) << std::setw(7)
        << shortNumber(layer.besselFactor) << "  "
        << escapeName(layer.layer.name)
        << (remark.empty() ? "" : "  (" + remark + ")") << '\n';
  }
  auto first = [&](const char *mode, int64_t index) {
    out << "first layer at fault, earlier ones in " << mode << ": "
        << (index < 0
                ? std::string("none")
                : "'" +
                      escapeName(diagnosis.layers[static_cast<size_t>(index)]
                                     .layer.name) +
                      "'")
        << '\n';
  };
  first("eval", diagnosis.firstAfterEval);
  first("training", diagnosis.firstAfterBatch);
}

static void printBatchSizes(std::ostream &out, const Diagnosis &diagnosis) {
  if (diagnosis.batchSizes.empty())
    return;
  out << "batch sizes: outputs in training against eval, median variance "
         "against the running one\n";
  for (const BatchSizeFigures &figures : diagnosis.batchSizes)
    out << "  " << std::setw(6) << figures.batch << std::setw(12)
        << percent(figures.difference) << std::setw(12)
        << percent(figures.varianceMismatch) << '\n';
}

std::string toText(const Diagnosis &diagnosis) {
  std::ostringstream out;
  out << escapeName(diagnosis.file) << " on " << diagnosis.images
      << " images of " << escapeName(diagnosis.data) << ", "
      << diagnosis.batches << " batches of " << diagnosis.batch
      << "\noutputs in training and in eval mode differ by "
      << percent(diagnosis.difference) << "\n\n";
  printCauses(out, diagnosis);
  out << '\n';
  printLayers(out, diagnosis);
  printBatchSizes(out, diagnosis);
  for (const std::string &note : diagnosis.notes)
    out << "note: " << note << '\n';
  return out.str();
}

} // namespace kiln
