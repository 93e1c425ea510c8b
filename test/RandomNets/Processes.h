//===- Processes.h - Work in processes of its own ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_TEST_RANDOMNETS_PROCESSES_H
#define KILN_TEST_RANDOMNETS_PROCESSES_H

#include <cstdint>
#include <functional>
#include <string>

namespace kiln::test {

/// What became of one piece of work.
struct Report {
  /// Why there is no whole text: "signal 11 (Segmentation fault)", "timeout".
  /// Empty where the work came to its end.
  std::string abnormal;
  std::string text;
};

struct ProcessOptions {
  int64_t jobs = 1;
  unsigned timeoutSeconds = 60;
};

/// Does `work(i)` for each i in [first, first + count), each in a fork of this
/// process, `jobs` of them at a time, so that a crash or an endless loop costs
/// one of them only; hands each one's text to `done`, in the order in which
/// they end. The forks inherit what the caller has set up, and their standard
/// error is dropped. For programs of one thread. False where the system refuses
/// a process.
bool forEachInProcess(int64_t first, int64_t count,
                      const ProcessOptions &options,
                      const std::function<std::string(int64_t)> &work,
                      const std::function<void(int64_t, const Report &)> &done);

} // namespace kiln::test

#endif // KILN_TEST_RANDOMNETS_PROCESSES_H
