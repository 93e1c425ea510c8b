//===- WorkerPoolTest.cpp - Tasks in forked processes ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "kiln/Conformance/WorkerPool.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <unistd.h>

using namespace kiln;
using namespace kiln::conformance;

namespace {

std::map<size_t, TaskEnd>
runAll(size_t count, const PoolOptions &options,
       const std::function<std::string(size_t)> &task) {
  std::map<size_t, TaskEnd> ends;
  Result<void> ran =
      runInProcesses(count, options, task, [&](size_t i, TaskEnd end) {
        EXPECT_TRUE(ends.emplace(i, std::move(end)).second) << i;
      });
  EXPECT_TRUE(bool(ran));
  EXPECT_EQ(ends.size(), count);
  return ends;
}

TEST(WorkerPool, GivesEachTaskOnce) {
  for (unsigned processes : {1U, 3U, 40U})
    for (auto &[i, end] :
         runAll(25, {processes, std::chrono::seconds(30)},
                [](size_t i) { return std::to_string(i * i); })) {
      EXPECT_FALSE(end.isLost);
      EXPECT_EQ(end.text, std::to_string(i * i));
    }
}

TEST(WorkerPool, CarriesLongAndEmptyTexts) {
  auto ends = runAll(2, {2, std::chrono::seconds(30)}, [](size_t i) {
    return i == 0 ? std::string() : std::string(1 << 20, 'x');
  });
  EXPECT_EQ(ends[0].text, "");
  EXPECT_FALSE(ends[0].isLost);
  EXPECT_EQ(ends[1].text.size(), size_t{1} << 20);
}

TEST(WorkerPool, NoTaskIsNoWork) {
  EXPECT_TRUE(runAll(0, {}, [](size_t) { return ""; }).empty());
}

/// Tasks 3 and 4 bring their process down: those after them still run.
TEST(WorkerPool, ReplacesAProcessThatDies) {
  auto ends = runAll(8, {2, std::chrono::seconds(30)}, [](size_t i) {
    if (i == 3)
      std::abort();
    if (i == 4)
      ::_exit(9);
    return std::string("done");
  });
  for (auto &[i, end] : ends)
    EXPECT_EQ(end.isLost, i == 3 || i == 4) << i;
  EXPECT_NE(ends[3].text.find("ended by signal 6"), std::string::npos);
  EXPECT_EQ(ends[4].text, "the process ended with code 9");
}

TEST(WorkerPool, KillsATaskThatTakesTooLong) {
  auto ends = runAll(3, {1, std::chrono::seconds(1)}, [](size_t i) {
    if (i == 1)
      ::sleep(100);
    return std::string("done");
  });
  EXPECT_EQ(ends[0].text, "done");
  EXPECT_TRUE(ends[1].isLost);
  EXPECT_EQ(ends[1].text, "the time limit has passed");
  EXPECT_EQ(ends[2].text, "done");
}

} // namespace
