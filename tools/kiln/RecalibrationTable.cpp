//===- RecalibrationTable.cpp - New statistics for people ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RecalibrationTable.h"

#include "CommonFlags.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <iomanip>

namespace kiln::driver {

static std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3g", value);
  return text;
}

static std::string percent(double share) {
  return std::isfinite(share) ? number(100 * share) + " %" : "not finite";
}

static std::string counted(int64_t number, const char *one, const char *many) {
  return std::to_string(number) + " " + (number == 1 ? one : many);
}

static void printHead(std::ostream &out, const RecalibrationReport &report) {
  out << printable(report.net)
      << (report.adapt ? ": statistics of the domain of " : ": statistics of ")
      << counted(report.images, "image", "images") << " in "
      << counted(report.batches, "batch", "batches") << " of " << report.batch
      << ", " << printable(report.data) << "\n  " << describe(report.estimator)
      << "\n  "
      << (report.order == StatisticsOrder::OnePass
              ? "in one pass: the layers before normalise by the batch"
              : "layer by layer: the layers before have their new statistics")
      << '\n';
}

static void printLayer(std::ostream &out, const LayerChange &layer, int width) {
  out << "  " << std::left << std::setw(width) << printable(layer.name)
      << std::right << std::setw(9) << layer.channels;
  if (!layer.tracks) {
    out << "  left as it is: no statistics of its own\n";
    return;
  }
  out << std::setw(11) << number(layer.rmsShift) << std::setw(10)
      << number(layer.greatestShift) << std::setw(11)
      << number(layer.leastRatio) << std::setw(10) << number(layer.medianRatio)
      << std::setw(10) << number(layer.greatestRatio) << '\n';
}

void printRecalibration(std::ostream &out, const RecalibrationReport &report) {
  printHead(out, report);
  size_t width = 10;
  for (const LayerChange &layer : report.layers)
    width = std::max(width, printable(layer.name).size());
  int column = static_cast<int>(std::min<size_t>(width, 60));
  out << "  " << std::left << std::setw(column) << "layer" << std::right
      << " channels  mean shift (deviations)  variance ratio (new / old)\n  "
      << std::setw(column + 9) << "" << std::setw(11) << "rms" << std::setw(10)
      << "greatest" << std::setw(11) << "least" << std::setw(10) << "median"
      << std::setw(10) << "greatest" << '\n';
  for (const LayerChange &layer : report.layers)
    printLayer(out, layer, column);
  out << "  outputs in evaluation differ from training mode by "
      << percent(report.differenceBefore) << " before, "
      << percent(report.differenceAfter) << " after\n";
  for (const std::string &name : report.splitTensors)
    out << "  '" << printable(name)
        << "' is new: the old tensor has other uses\n";
  for (const std::string &name : report.copiedFiles)
    out << "  external data '" << printable(name) << "' was copied\n";
  out << "wrote " << printable(report.target) << '\n';
}

} // namespace kiln::driver
