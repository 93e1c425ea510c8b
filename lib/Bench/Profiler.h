//===- Profiler.h - A clock around each kernel ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_BENCH_PROFILER_H
#define KILN_LIB_BENCH_PROFILER_H

#include "kiln/Bench/Bench.h"
#include "kiln/Runtime/Executor.h"

#include <chrono>

namespace kiln {

/// An executor that passes its work on to another and keeps the times. One run
/// at a time.
class Profiler {
public:
  using Clock = std::chrono::steady_clock;

  /// Passes work on to `inner`; null: all in the calling thread. `inner` must
  /// outlive the profiler.
  const kiln_executor *wrap(const kiln_executor *inner);

  /// Forgets what it knows: a run begins.
  void begin();

  /// Seconds of each dispatch since `begin`, in order.
  const std::vector<double> &dispatches() const { return times; }
  /// The pieces of those dispatches, by worker.
  std::vector<Span> spans() const;

private:
  struct Dispatch {
    Profiler *profiler;
    int64_t kernel;
    void (*task)(void *data, int64_t begin, int64_t end, int32_t worker);
    void *data;
  };
  static void parallelFor(void *context,
                          void (*task)(void *data, int64_t begin, int64_t end,
                                       int32_t worker),
                          void *data, int64_t count);
  static void runRange(void *data, int64_t begin, int64_t end, int32_t worker);
  double now() const;

  const kiln_executor *inner = nullptr;
  kiln_executor executor = {};
  Clock::time_point start;
  std::vector<double> times;
  /// One list for each worker, which alone writes it.
  std::vector<std::vector<Span>> workers;
};

} // namespace kiln

#endif // KILN_LIB_BENCH_PROFILER_H
