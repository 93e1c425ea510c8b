//===- Plot.cpp - Plots as inline SVG ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Plot.h"

#include "Causes.h"
#include "kiln/Support/Names.h"

#include <algorithm>
#include <cmath>
#include <sstream>

namespace kiln {

std::string escapeMarkup(const std::string &text) {
  std::string escaped;
  for (char c : text)
    switch (c) {
    case '&':
      escaped += "&amp;";
      break;
    case '<':
      escaped += "&lt;";
      break;
    case '>':
      escaped += "&gt;";
      break;
    case '"':
      escaped += "&quot;";
      break;
    case '\'':
      escaped += "&#39;";
      break;
    default:
      escaped += c;
    }
  return escaped;
}

std::string escapeHtml(const std::string &text) {
  return escapeMarkup(escapeName(text));
}

namespace {
constexpr double kLeft = 70, kTop = 30, kHeight = 180, kBottom = 40;

/// Where values lie on the page.
class Scale {
public:
  Scale(const std::vector<PlotColumn> &columns, const PlotStyle &style) {
    for (const PlotColumn &column : columns)
      for (double value : column.values)
        take(value);
    for (double value : style.lines)
      take(value);
    if (high - low < 1e-12)
      high = low + 1;
    double margin = 0.05 * (high - low);
    high += margin;
    if (low < 0)
      low -= margin;
    width = std::clamp(
        900.0 / static_cast<double>(std::max<size_t>(columns.size(), 1)), 4.0,
        90.0);
    total = width * static_cast<double>(columns.size());
  }

  double y(double value) const {
    return kTop + kHeight * (high - value) / (high - low);
  }
  double x(size_t column, double share) const {
    return kLeft + width * (static_cast<double>(column) + share);
  }

  double low = 0, high = 0, width = 0, total = 0;

private:
  void take(double value) {
    if (!std::isfinite(value))
      return;
    low = std::min(low, value);
    high = std::max(high, value);
  }
};
} // namespace

static void drawAxes(std::ostream &out, const Scale &scale,
                     const PlotStyle &style) {
  out << "<text x=\"" << kLeft << "\" y=\"18\" class=\"t\">"
      << escapeHtml(style.title) << "</text>\n";
  for (int i = 0; i <= 4; ++i) {
    double value = scale.low + (scale.high - scale.low) * i / 4;
    double y = scale.y(value);
    out << "<line class=\"g\" x1=\"" << kLeft << "\" x2=\""
        << kLeft + scale.total << "\" y1=\"" << y << "\" y2=\"" << y
        << "\"/><text class=\"n\" x=\"" << kLeft - 6 << "\" y=\"" << y + 4
        << "\">" << shortNumber(value) << "</text>\n";
  }
  for (double value : style.lines)
    out << "<line class=\"h\" x1=\"" << kLeft << "\" x2=\""
        << kLeft + scale.total << "\" y1=\"" << scale.y(value) << "\" y2=\""
        << scale.y(value) << "\"/>\n";
  out << "<text class=\"y\" transform=\"translate(14 " << kTop + kHeight / 2
      << ") rotate(-90)\">" << escapeHtml(style.yLabel) << "</text>\n";
}

static void drawColumn(std::ostream &out, const Scale &scale,
                       const PlotStyle &style, const PlotColumn &column,
                       size_t index) {
  out << "<g class=\"" << (column.isAlarm ? "a" : "c") << "\"><title>"
      << escapeHtml(column.label) << "</title>";
  for (size_t i = 0; i < column.values.size(); ++i) {
    double value = column.values[i];
    if (!std::isfinite(value))
      continue;
    double y = scale.y(value), zero = scale.y(0);
    if (style.isBars) {
      out << "<rect x=\"" << scale.x(index, 0.15) << "\" y=\""
          << std::min(y, zero) << "\" width=\"" << 0.7 * scale.width
          << "\" height=\"" << std::abs(zero - y) << "\"/>";
      continue;
    }
    double share = 0.15 + 0.7 * (static_cast<double>(i) + 0.5) /
                              static_cast<double>(column.values.size());
    out << "<circle cx=\"" << scale.x(index, share) << "\" cy=\"" << y
        << "\" r=\"2\"/>";
  }
  if (scale.width >= 12)
    out << "<text class=\"l\" x=\"" << scale.x(index, 0.5) << "\" y=\""
        << kTop + kHeight + 16 << "\">"
        << escapeHtml(scale.width >= 60 && column.label.size() <= 12
                          ? column.label
                          : std::to_string(index + 1))
        << "</text>";
  out << "</g>\n";
}

std::string plotColumns(const std::vector<PlotColumn> &columns,
                        const PlotStyle &style) {
  Scale scale(columns, style);
  std::ostringstream out;
  // Room for the title of a plot of few columns.
  double width = std::max(kLeft + scale.total + 20, 620.0),
         height = kTop + kHeight + kBottom;
  out << "<svg viewBox=\"0 0 " << width << ' ' << height << "\" width=\""
      << width << "\" height=\"" << height << "\" role=\"img\">\n";
  drawAxes(out, scale, style);
  for (size_t i = 0; i < columns.size(); ++i)
    drawColumn(out, scale, style, columns[i], i);
  out << "</svg>\n";
  return out.str();
}

} // namespace kiln
