//===- Progress.cpp - Progress on a terminal ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CommonFlags.h"

#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

namespace kiln::driver {

/// A thread of its own writes, so that a long phase shows that it is alive.
struct Progress::State {
  using Clock = std::chrono::steady_clock;

  std::mutex mutex;
  std::condition_variable wake;
  std::string phase;
  Clock::time_point start = Clock::now(), phaseStart = start;
  /// Of the phases that are over.
  std::vector<std::pair<std::string, double>> times;
  bool printsTimes = false;
  bool isDone = false;
  bool hasWritten = false;
  std::thread writer;

  static double seconds(Clock::time_point from, Clock::time_point to) {
    return std::chrono::duration<double>(to - from).count();
  }

  void begin(std::string_view name) {
    std::lock_guard<std::mutex> lock(mutex);
    Clock::time_point now = Clock::now();
    if (!phase.empty())
      times.emplace_back(phase, seconds(phaseStart, now));
    phase = name;
    phaseStart = now;
  }

  void printTimes() {
    begin("");
    for (const auto &[name, time] : times)
      (void)std::fprintf(stderr, "%9.3f s  %s\n", time, name.c_str());
    (void)std::fprintf(stderr, "%9.3f s  total\n",
                       seconds(start, Clock::now()));
  }

  void write() {
    std::unique_lock<std::mutex> lock(mutex);
    while (!wake.wait_for(lock, std::chrono::milliseconds(500),
                          [this] { return isDone; })) {
      double passed = seconds(start, Clock::now());
      if (passed < 1 || phase.empty())
        continue;
      (void)std::fprintf(stderr, "\r\033[K[%5.1f s] %s", passed, phase.c_str());
      (void)std::fflush(stderr);
      hasWritten = true;
    }
    if (hasWritten)
      (void)std::fprintf(stderr, "\r\033[K");
  }
};

Progress::Progress(CompileOptions &options, bool printTimes) {
  bool isTerminal = isatty(STDERR_FILENO) != 0;
  if (!isTerminal && !printTimes)
    return;
  state = std::make_unique<State>();
  State *shared = state.get();
  shared->printsTimes = printTimes;
  options.progress = [shared](std::string_view phase) { shared->begin(phase); };
  if (isTerminal)
    state->writer = std::thread([shared] { shared->write(); });
}

Progress::~Progress() {
  if (!state)
    return;
  if (state->writer.joinable()) {
    {
      std::lock_guard<std::mutex> lock(state->mutex);
      state->isDone = true;
    }
    state->wake.notify_all();
    state->writer.join();
  }
  if (state->printsTimes)
    state->printTimes();
}

} // namespace kiln::driver
