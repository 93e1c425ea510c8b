//===- TaskCount.cpp - How many tasks a kernel is worth ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TaskCount.h"

#include <algorithm>

namespace kiln::cpu {

/// Two microseconds of a core at 5 GHz: several times what it takes another
/// thread to come and this one to see it gone.
static constexpr double kKernelCycles = 10000;
/// Handing out a task takes less than a tenth of a microsecond, and a thread
/// waits at the end for at most one. So tasks are short until there are enough
/// of them, and from then on as long as what they share is worth.
static constexpr double kShortTask = 5000, kLongTask = 80000;
static constexpr double kEnoughTasks = 16, kMostTasks = 64;

int64_t countTasks(double cycles) {
  if (cycles < kKernelCycles)
    return 1;
  return static_cast<int64_t>(
      std::clamp(cycles / kLongTask,
                 std::min(cycles / kShortTask, kEnoughTasks), kMostTasks));
}

int64_t countTasks(double cycles, int64_t parts) {
  return std::min(countTasks(cycles), std::max<int64_t>(parts, 1));
}

} // namespace kiln::cpu
