//===- HtmlReport.cpp - A diagnosis as a page ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Causes.h"
#include "Plot.h"

#include <cmath>
#include <sstream>

namespace kiln {

/// Nothing may be loaded or run: not even by a name that escaped wrongly.
static constexpr const char *kHead = R"(<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>kiln diagnose</title>
<style>
body { font: 15px sans-serif; max-width: 1020px; margin: 2em auto; color: #222 }
table { border-collapse: collapse; font-size: 13px }
td, th { padding: 3px 8px; border-bottom: 1px solid #ddd; text-align: right }
td:first-child, th:first-child { text-align: left; font-family: monospace }
tr.alarm td { background: #fde8e4 }
.cause { border-left: 4px solid #c0392b; padding: .2em 1em; margin: 1em 0; background: #fafafa }
.healthy { border-left: 4px solid #2e8b57; padding: .2em 1em; background: #fafafa }
svg { max-width: 100%; height: auto; display: block; margin: 1em 0 }
svg .t { font-weight: bold } svg text { font-size: 12px }
svg .n { text-anchor: end } svg .l, svg .y { text-anchor: middle }
svg .g { stroke: #e5e5e5 } svg .h { stroke: #c0392b; stroke-dasharray: 5 4 }
svg .c { fill: #2b6cb0 } svg .a { fill: #c0392b } svg .l, svg .n, svg .y { fill: #555 }
</style></head><body>
)";

static std::string cell(const std::string &text) {
  return "<td>" + escapeHtml(text) + "</td>";
}

static std::string percent(double value) {
  return shortNumber(100 * value) + " %";
}

static void writeCauses(std::ostream &out, const Diagnosis &diagnosis) {
  out << "<h2>Likely causes</h2>\n";
  if (diagnosis.causes.empty())
    out << "<p class=\"healthy\">No cause for alarm found.</p>\n";
  // Their texts are escaped for a terminal already; names in them stand in
  // quotes.
  for (const Cause &cause : diagnosis.causes)
    out << "<div class=\"cause\" data-cause=\"" << escapeHtml(cause.id)
        << "\"><h3>" << escapeMarkup(cause.title) << "</h3><p>"
        << escapeMarkup(cause.evidence) << "</p><p><b>Remedy.</b> "
        << escapeMarkup(cause.remedy) << "</p></div>\n";
}

/// One value of each channel of each layer, by `value`.
template <typename Fn>
static std::vector<PlotColumn>
columnsOf(const Diagnosis &diagnosis,
          LayerComparison LayerDiagnosis::*comparison, Fn value) {
  std::vector<PlotColumn> columns;
  for (const LayerDiagnosis &layer : diagnosis.layers) {
    PlotColumn &column = columns.emplace_back();
    column.label = layer.layer.name;
    column.isAlarm = (layer.*comparison).isAlarm;
    for (const ChannelComparison &channel : (layer.*comparison).channels)
      column.values.push_back(value(channel));
  }
  return columns;
}

static void writeLayerPlots(std::ostream &out, const Diagnosis &diagnosis) {
  auto distance = [](const ChannelComparison &channel) {
    return channel.distance;
  };
  auto ratio = [](const ChannelComparison &channel) {
    return std::log2(channel.ratio);
  };
  PlotStyle means{"", "deviations", {-kAlarmDistance, kAlarmDistance}, false};
  double line = std::log2(kAlarmRatio);
  PlotStyle variances{"", "log2 of the ratio", {-line, line}, false};
  for (auto [mode, comparison] :
       {std::pair("eval", &LayerDiagnosis::afterEval),
        std::pair("training", &LayerDiagnosis::afterBatch)}) {
    means.title = std::string("Distance of means, earlier layers in ") + mode;
    out << plotColumns(columnsOf(diagnosis, comparison, distance), means);
    variances.title =
        std::string("Variance in the data over running variance, earlier "
                    "layers in ") +
        mode;
    out << plotColumns(columnsOf(diagnosis, comparison, ratio), variances);
  }
  std::vector<PlotColumn> effects;
  for (const LayerDiagnosis &layer : diagnosis.layers)
    effects.push_back({layer.layer.name,
                       {100 * layer.effect},
                       layer.afterEval.isAlarm || layer.afterBatch.isAlarm});
  out << plotColumns(effects, {"Change of the outputs when one layer uses the "
                               "batch",
                               "%",
                               {},
                               true});
}

static void writeBatchSizes(std::ostream &out, const Diagnosis &diagnosis) {
  if (diagnosis.batchSizes.empty())
    return;
  std::vector<PlotColumn> difference, mismatch;
  for (const BatchSizeFigures &figures : diagnosis.batchSizes) {
    std::string label = std::to_string(figures.batch);
    difference.push_back({label, {100 * figures.difference}});
    mismatch.push_back({label, {100 * figures.varianceMismatch}});
  }
  out << "<h2>Batch size</h2>\n"
      << plotColumns(difference, {"Outputs in training against eval, by batch "
                                  "size",
                                  "%",
                                  {},
                                  true})
      << plotColumns(mismatch, {"Batch variances against running ones, median "
                                "channel, by batch size",
                                "%",
                                {},
                                true});
}

static void writeTable(std::ostream &out, const Diagnosis &diagnosis) {
  out << "<table><tr><th>layer</th><th>number</th><th>channels</th><th>in "
         "alarm, earlier layers in "
         "eval</th><th>in alarm, in training</th><th>effect</th><th>effective "
         "samples</th><th>Bessel factor</th><th>dead</th><th>exploding</th>"
         "<th>never updated</th><th>tracks</th></tr>\n";
  int number = 0;
  for (const LayerDiagnosis &layer : diagnosis.layers)
    out << (layer.afterEval.isAlarm || layer.afterBatch.isAlarm
                ? "<tr class=\"alarm\">"
                : "<tr>")
        << cell(layer.layer.name) << cell(std::to_string(++number))
        << cell(std::to_string(layer.layer.channels))
        << cell(std::to_string(layer.afterEval.alarms))
        << cell(std::to_string(layer.afterBatch.alarms))
        << cell(percent(layer.effect))
        << cell(shortNumber(layer.effectiveSamples))
        << cell(shortNumber(layer.besselFactor))
        << cell(std::to_string(layer.deadChannels.size()))
        << cell(std::to_string(layer.explodingChannels.size()))
        << cell(layer.neverUpdated ? "yes" : "no")
        << cell(layer.layer.tracks ? "yes" : "no") << "</tr>\n";
  out << "</table>\n";
}

std::string toHtml(const Diagnosis &diagnosis) {
  std::ostringstream out;
  out << kHead << "<h1>" << escapeHtml(diagnosis.file) << "</h1>\n<p>"
      << diagnosis.images << " images of " << escapeHtml(diagnosis.data) << ", "
      << diagnosis.batches << " batches of " << diagnosis.batch
      << ". Outputs in training and in eval mode differ by "
      << percent(diagnosis.difference) << ".</p>\n";
  writeCauses(out, diagnosis);
  if (!diagnosis.layers.empty()) {
    out << "<h2>Batch normalisations</h2>\n";
    writeTable(out, diagnosis);
    writeLayerPlots(out, diagnosis);
  }
  writeBatchSizes(out, diagnosis);
  for (const std::string &note : diagnosis.notes)
    out << "<p>" << escapeHtml(note) << "</p>\n";
  out << "</body></html>\n";
  return out.str();
}

} // namespace kiln
