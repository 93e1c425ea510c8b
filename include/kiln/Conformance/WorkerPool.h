//===- WorkerPool.h - Tasks in forked processes ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_CONFORMANCE_WORKERPOOL_H
#define KILN_CONFORMANCE_WORKERPOOL_H

#include "kiln/Support/Result.h"

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>

namespace kiln::conformance {

/// How a task ended: with its text, or by the end of the process it ran in.
struct TaskEnd {
  std::string text;
  bool isLost = false; ///< `text` says then what became of the process
};

struct PoolOptions {
  unsigned processes = 1;
  /// A task that takes longer is lost, and its process killed.
  std::chrono::seconds timeLimit{60};
};

/// Runs `task(i)` for each i below `count` in forked processes, many tasks to
/// a process, and calls `done(i, end)` here as they end, in any order. A
/// process that a task brings down is replaced. The calling process must have
/// one thread. Fails where the system has no process or pipe to give (K0900).
Result<void> runInProcesses(size_t count, const PoolOptions &options,
                            const std::function<std::string(size_t)> &task,
                            const std::function<void(size_t, TaskEnd)> &done);

} // namespace kiln::conformance

#endif // KILN_CONFORMANCE_WORKERPOOL_H
