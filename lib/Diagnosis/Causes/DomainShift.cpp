//===- DomainShift.cpp - Statistics and data that do not belong together ---*-
// C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "../Causes.h"

#include "kiln/Support/Names.h"

#include <algorithm>
#include <cmath>

namespace kiln {

/// "distance 1.2, variance ratio 3.4": the furthest channels of the layer.
static std::string extremes(const LayerComparison &comparison) {
  double distance = 0, logRatio = 0;
  for (const ChannelComparison &channel : comparison.channels) {
    distance = std::max(distance, std::abs(channel.distance));
    if (std::abs(std::log(channel.ratio)) > std::abs(logRatio))
      logRatio = std::log(channel.ratio);
  }
  return "means up to " + shortNumber(distance) +
         " deviations away, variances up to " +
         shortNumber(std::exp(logRatio)) + " times as large";
}

/// With earlier layers by the statistics of a few images, a layer sees what
/// these images happen to be, which no sound net need agree with.
static bool isAtFault(const Diagnosis &diagnosis, const LayerDiagnosis &layer) {
  return !layer.neverUpdated &&
         (layer.afterEval.isAlarm ||
          (layer.afterBatch.isAlarm && diagnosis.batch >= kTrustedBatch));
}

std::optional<Cause> findDomainShift(const Diagnosis &diagnosis) {
  std::vector<std::string> names;
  const LayerDiagnosis *first = nullptr;
  for (const LayerDiagnosis &layer : diagnosis.layers)
    if (isAtFault(diagnosis, layer)) {
      names.push_back(layer.layer.name);
      first = first ? first : &layer;
    }
  if (!first)
    return std::nullopt;
  bool isAtInput = first == &diagnosis.layers.front();
  const LayerComparison &comparison =
      first->afterEval.isAlarm ? first->afterEval : first->afterBatch;
  return Cause{
      "domain-shift", "The running statistics are not those of these data",
      std::to_string(names.size()) + " of " +
          std::to_string(diagnosis.layers.size()) + " batch normalisations (" +
          nameLayers(names) +
          ") see other means and variances than they hold. The first at fault "
          "is '" +
          escapeName(first->layer.name) + "' (" + extremes(comparison) +
          ", in " + std::to_string(comparison.alarms) + " of " +
          std::to_string(comparison.channels.size()) + " channels)" +
          (isAtInput
               ? ", the first of the net: the data differ from those that the "
                 "statistics were estimated on as they come in."
               : "; the layers before it agree with the data."),
      "Check the preprocessing first (scale, mean and deviation, colour "
      "order). "
      "If these data are right, the statistics come from elsewhere: estimate "
      "them on data like these with kiln recalibrate (--adapt for unlabelled "
      "data of a new domain).",
      0.7};
}

} // namespace kiln
