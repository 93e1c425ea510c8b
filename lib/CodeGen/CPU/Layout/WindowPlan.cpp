//===- WindowPlan.cpp - The plan of a cpu.window and its cost ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "WindowPlan.h"

#include "../TaskCount.h"
#include "Blocked.h"

using namespace mlir;

namespace kiln::cpu {

/// Steps of a fold that are done in a cycle, where two can be started, and
/// cycles to finish a vector of the result. A maximum that keeps a NaN takes
/// three instructions, one of which neighbouring columns share.
static constexpr double kPerCycle = 1.9, kFinish = 0.5, kMaximum = 2.3;
/// Bytes that are read and written in a cycle within the second level of caches
/// and beyond it. What is written beyond it is read first.
static constexpr double kReadNear = 48, kWriteNear = 24;
static constexpr double kReadFar = 34, kWriteFar = 11;
/// Tensors larger than this leave the second level before they are read again.
static constexpr double kSecondLevel = 1 << 20;
static constexpr int64_t kMostColumns = 16;

/// Accumulators take what registers the weights of a row of the kernel and
/// vectors of the input leave.
static int64_t columnsFor(const Window &window,
                          const TargetDescription &target) {
  int64_t registers = target.numVectorRegisters, left = registers - 3;
  if (window.combine == Combine::MultiplyAdd)
    left -= window.kernel[1];
  // A long kernel's weights are read from memory as they are needed.
  return std::clamp<int64_t>(left, registers / 2 - 1, kMostColumns);
}

/// Taps that meet the input, over all positions of a plane.
static double countTaps(const Window &window) {
  double taps = 1;
  for (unsigned dim : {0, 1})
    taps *= ConvAxis{window.input.getDimSize(dim + 2),
                     window.result.getDimSize(dim + 2),
                     window.kernel[dim],
                     window.strides[dim],
                     window.dilations[dim],
                     window.padLow[dim]}
                .countReads();
  return taps;
}

static double predictCycles(const Window &window, int64_t lanes) {
  RankedTensorType input = blockedType(window.input, lanes);
  RankedTensorType result = blockedType(window.result, lanes);
  double planes = result.getDimSize(0) * result.getDimSize(1);
  double pixels = result.getDimSize(2) * result.getDimSize(3);
  double step = window.combine == Combine::Maximum ? kMaximum : 1;
  double computing =
      planes * (countTaps(window) * step / kPerCycle + pixels * kFinish);
  double bytes = result.getElementTypeBitWidth() / 8;
  double in = input.getNumElements() * bytes;
  double out = result.getNumElements() * bytes;
  double far = std::clamp((in + out) / kSecondLevel - 1, 0.0, 1.0);
  double moving = far * (in / kReadFar + out / kWriteFar) +
                  (1 - far) * (in / kReadNear + out / kWriteNear);
  return std::max(computing, moving);
}

WindowPlan planWindow(const Window &window, const TargetDescription &target) {
  WindowPlan plan;
  plan.lanes = target.lanes(window.result.getElementTypeBitWidth());
  plan.columns = columnsFor(window, target);
  plan.cycles = predictCycles(window, plan.lanes);
  plan.tasks = countTasks(plan.cycles);
  return plan;
}

} // namespace kiln::cpu
