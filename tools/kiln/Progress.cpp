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

namespace kiln::driver {

/// A thread of its own writes, so that a long phase shows that it is alive.
struct Progress::State {
  std::mutex mutex;
  std::condition_variable wake;
  std::string phase;
  std::chrono::steady_clock::time_point start =
      std::chrono::steady_clock::now();
  bool isDone = false;
  bool hasWritten = false;
  std::thread writer;

  void write() {
    std::unique_lock<std::mutex> lock(mutex);
    while (!wake.wait_for(lock, std::chrono::milliseconds(500),
                          [this] { return isDone; })) {
      std::chrono::duration<double> passed =
          std::chrono::steady_clock::now() - start;
      if (passed.count() < 1 || phase.empty())
        continue;
      (void)std::fprintf(stderr, "\r\033[K[%5.1f s] %s", passed.count(),
                         phase.c_str());
      (void)std::fflush(stderr);
      hasWritten = true;
    }
    if (hasWritten)
      (void)std::fprintf(stderr, "\r\033[K");
  }
};

Progress::Progress(CompileOptions &options) {
  if (isatty(STDERR_FILENO) == 0)
    return;
  state = std::make_unique<State>();
  State *shared = state.get();
  options.progress = [shared](std::string_view phase) {
    std::lock_guard<std::mutex> lock(shared->mutex);
    shared->phase = phase;
  };
  state->writer = std::thread([shared] { shared->write(); });
}

Progress::~Progress() {
  if (!state)
    return;
  {
    std::lock_guard<std::mutex> lock(state->mutex);
    state->isDone = true;
  }
  state->wake.notify_all();
  state->writer.join();
}

} // namespace kiln::driver
