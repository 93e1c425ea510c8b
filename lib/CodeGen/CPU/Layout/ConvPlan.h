//===- ConvPlan.h - How a direct convolution is computed ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_CODEGEN_CPU_LAYOUT_CONVPLAN_H
#define KILN_LIB_CODEGEN_CPU_LAYOUT_CONVPLAN_H

#include "kiln/CodeGen/CPU/IR/ConvAxis.h"
#include "kiln/CodeGen/CPU/TargetDescription.h"

#include <array>

namespace kiln::cpu {

/// What decides about the plan of a convolution over blocks of `lanes`
/// channels. `channels` and `filters` are those of one group.
struct ConvProblem {
  int64_t images = 1, groups = 1, channels = 1, filters = 1, lanes = 1;
  /// Bytes of an element.
  int64_t bytes = 4;
  /// By rows and by columns.
  ConvAxis rows, columns;
  /// The input is in blocks too.
  bool blockedInput = true;

  /// Blocks of filters in a group.
  int64_t blocks() const { return (filters + lanes - 1) / lanes; }
  int64_t taps() const { return rows.kernel * columns.kernel; }
};

/// The plan, as the attributes of cpu.conv hold it.
struct ConvPlan {
  int64_t vectors = 1, rows = 1, columns = 1, unrolled = 1;
  std::array<int64_t, 2> grid{1, 1};
  bool channelsOutside = false, prefetch = false;
  /// Expected cycles of one core for all of it.
  double cycles = 0;
};

/// The plan with the least expected cycles among those whose tile fits the
/// target's registers.
ConvPlan chooseConvPlan(const ConvProblem &problem,
                        const TargetDescription &target);

} // namespace kiln::cpu

#endif // KILN_LIB_CODEGEN_CPU_LAYOUT_CONVPLAN_H
