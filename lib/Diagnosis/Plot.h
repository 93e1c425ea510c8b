//===- Plot.h - Plots as inline SVG ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_DIAGNOSIS_PLOT_H
#define KILN_LIB_DIAGNOSIS_PLOT_H

#include <string>
#include <vector>

namespace kiln {

/// What HTML reads as markup is escaped; for text that is ASCII already.
std::string escapeMarkup(const std::string &text);

/// Bytes of a file's name or of any text as HTML text or attribute: what is not
/// printable ASCII is escaped first, then what HTML reads as markup.
std::string escapeHtml(const std::string &text);

/// Points of one column; every column has the same width.
struct PlotColumn {
  std::string label; ///< any bytes: escaped here
  std::vector<double> values;
  bool isAlarm = false;
};

struct PlotStyle {
  std::string title, yLabel;
  std::vector<double> lines; ///< values at which a threshold is drawn
  bool isBars = false;       ///< a bar from 0 to each column's only value
};

/// An <svg> element. Values that are not finite are left out.
std::string plotColumns(const std::vector<PlotColumn> &columns,
                        const PlotStyle &style);

} // namespace kiln

#endif // KILN_LIB_DIAGNOSIS_PLOT_H
