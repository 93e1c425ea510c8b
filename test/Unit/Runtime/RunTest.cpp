//===- RunTest.cpp - A net's tasks on an executor ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "kiln/Runtime/Net.h"

#include <cfenv>
#include <cstring>
#include <gtest/gtest.h>
#include <thread>
#include <vector>

namespace {

constexpr int64_t kTasks = 11, kScratch = 128;

/// The output; how far a run got; what subnormals become.
struct Record {
  int64_t tasks[kTasks];
  int64_t kernels;
  float tiny;
};

/// A number that is subnormal, which no compiler computes beforehand.
float halveLeast() {
  volatile float least = 0x1p-126f;
  return least * 0.5f;
}

/// Task i writes i + 1, by way of its worker's memory.
void kernel(void *frame, int64_t begin, int64_t end, void *scratch) {
  auto *record = *static_cast<Record **>(frame);
  auto *own = static_cast<int64_t *>(scratch);
  for (int64_t i = begin; i < end; ++i) {
    for (int64_t j = 0; j < kScratch / 8; ++j)
      own[j] = i + 1;
    std::this_thread::yield();
    record->tasks[i] = own[i % 16];
    if (i == kTasks - 1)
      record->tiny = halveLeast();
  }
}

void single(void *frame, int64_t, int64_t, void *) {
  (*static_cast<Record **>(frame))->kernels += 1;
}

void runImage(const void *const *, void *const *outputs, void *, int64_t,
              KilnRun *run) {
  void *frame[] = {outputs[0]};
  kiln_run_tasks(run, single, static_cast<void *>(frame), 1);
  kiln_run_tasks(run, kernel, static_cast<void *>(frame), kTasks);
  kiln_run_tasks(run, single, static_cast<void *>(frame), 1);
}

constexpr int64_t kShape[] = {1};
constexpr int64_t kNoBatch[] = {-1};
constexpr KilnTensor kTensor = {"x", kShape, 1, 1};
constexpr KilnShapes kShapes = {kShape, kShape,   kNoBatch, kNoBatch,
                                64,     kScratch, runImage};
constexpr uint64_t kNoFeatures = 0;
constexpr KilnNet kNet = {&kTensor, &kTensor, &kShapes, 1,
                          1,        1,        1,        &kNoFeatures};

struct Outcome {
  int code = 0;
  Record record = {};
};

/// The same with an f64 result.
constexpr KilnTensor kDouble = {"y", kShape, 1, 2};
constexpr KilnNet kDoubleNet = {&kTensor, &kDouble, &kShapes, 1,
                                1,        1,        1,        &kNoFeatures};

Outcome runWith(const kiln_executor *executor, const KilnNet &net = kNet) {
  Outcome outcome;
  const void *inputs[] = {&outcome};
  void *outputs[] = {&outcome.record};
  int32_t workers = executor ? std::max(executor->workers, 1) : 1;
  int64_t bytes = kiln_net_arena_size_for(&net, nullptr, workers);
  EXPECT_EQ(bytes, 64 + workers * kScratch);
  // The test's own guard: nothing is written behind the last worker's memory.
  std::vector<char> memory(bytes + 128, 'a');
  size_t skip = -reinterpret_cast<uintptr_t>(memory.data()) % 64;
  outcome.code = kiln_net_run_with(&net, nullptr, inputs, outputs,
                                   memory.data() + skip, executor);
  EXPECT_EQ(std::count(memory.begin() + skip + bytes, memory.end(), 'a'),
            static_cast<int64_t>(memory.size() - skip - bytes));
  return outcome;
}

void expectDone(const Outcome &outcome) {
  EXPECT_EQ(outcome.code, KILN_OK);
  EXPECT_EQ(outcome.record.kernels, 2);
  for (int64_t i = 0; i < kTasks; ++i)
    EXPECT_EQ(outcome.record.tasks[i], i + 1);
  EXPECT_EQ(outcome.record.tiny, 0.0f) << "subnormals are not flushed";
}

using Task = void (*)(void *, int64_t, int64_t, int32_t);

} // namespace

TEST(Run, InTheCallingThread) { expectDone(runWith(nullptr)); }

TEST(Run, NetsOfDoublesKeepSubnormals) {
  kiln_pool *pool = nullptr;
  ASSERT_EQ(kiln_net_pool_create(2, &pool), KILN_OK);
  EXPECT_EQ(runWith(nullptr, kDoubleNet).record.tiny, 0x1p-127f);
  EXPECT_EQ(runWith(kiln_net_pool_executor(pool), kDoubleNet).record.tiny,
            0x1p-127f);
  kiln_net_pool_destroy(pool);
}

TEST(Run, OnPools) {
  for (int threads = 1; threads <= 8; ++threads) {
    kiln_pool *pool = nullptr;
    ASSERT_EQ(kiln_net_pool_create(threads, &pool), KILN_OK);
    for (int round = 0; round < 50; ++round)
      expectDone(runWith(kiln_net_pool_executor(pool)));
    kiln_net_pool_destroy(pool);
  }
}

TEST(Run, BackwardsOneByOne) {
  std::vector<int64_t> counts;
  kiln_executor executor = {
      &counts, 1, [](void *context, Task task, void *data, int64_t count) {
        static_cast<std::vector<int64_t> *>(context)->push_back(count);
        for (int64_t i = count - 1; i >= 0; --i)
          task(data, i, i + 1, 0);
      }};
  expectDone(runWith(&executor));
  // Kernels of one task come by it as well, in their order.
  EXPECT_EQ(counts, (std::vector<int64_t>{1, kTasks, 1}));
}

TEST(Run, OnAnotherThread) {
  kiln_executor executor = {
      nullptr, 3, [](void *, Task task, void *data, int64_t count) {
        std::thread([=] { task(data, 0, count, 2); }).join();
      }};
  expectDone(runWith(&executor));
}

TEST(Run, ExecutorsThatFailAreFoundOut) {
  auto expectBad = [](int32_t workers,
                      void (*parallelFor)(void *, Task, void *, int64_t),
                      int64_t kernels) {
    kiln_executor executor = {nullptr, workers, parallelFor};
    Outcome outcome = runWith(&executor);
    EXPECT_EQ(outcome.code, KILN_BAD_EXECUTOR);
    EXPECT_EQ(outcome.record.kernels, kernels);
  };
  auto all = [](void *, Task task, void *data, int64_t count) {
    task(data, 0, count, 0);
  };
  expectBad(1, nullptr, 0);
  expectBad(0, all, 0);
  // Leaves out the last of many; then nothing more is run.
  expectBad(
      1,
      [](void *, Task task, void *data, int64_t count) {
        task(data, 0, count > 1 ? count - 1 : 1, 0);
      },
      1);
  expectBad(1, [](void *, Task, void *, int64_t) {}, 0);
  // A worker, and tasks, that there are not.
  expectBad(
      2,
      [](void *, Task task, void *data, int64_t count) {
        task(data, 0, count, 2);
      },
      0);
  expectBad(
      2,
      [](void *, Task task, void *data, int64_t count) {
        task(data, 0, count, -1);
      },
      0);
  expectBad(
      1,
      [](void *, Task task, void *data, int64_t count) {
        task(data, 1, count + 1, 0);
      },
      0);
  expectBad(
      1,
      [](void *, Task task, void *data, int64_t count) {
        task(data, -1, count, 0);
      },
      0);
}

TEST(Run, ArenaForAnyNumberOfWorkers) {
  EXPECT_EQ(kiln_net_arena_size(&kNet, nullptr), 64 + kScratch);
  EXPECT_EQ(kiln_net_arena_size_for(&kNet, nullptr, 1024),
            64 + 1024 * kScratch);
  for (int32_t workers : {0, -1, 1025, INT32_MAX})
    EXPECT_EQ(kiln_net_arena_size_for(&kNet, nullptr, workers),
              KILN_BAD_EXECUTOR);
  int64_t wrong[] = {2};
  EXPECT_EQ(kiln_net_arena_size_for(&kNet, wrong, 1), KILN_BAD_DIMS);
  KilnShapes huge = kShapes;
  huge.scratchBytes = INT64_MAX / 4;
  KilnNet net = kNet;
  net.shapes = &huge;
  EXPECT_EQ(kiln_net_arena_size_for(&net, nullptr, 5), KILN_BAD_EXECUTOR);
}

/// The state of the thread that calls, and of a thread of the caller's that
/// runs tasks, is as it was; in between rounding is to nearest.
TEST(Run, FloatingPointStateIsRestored) {
  static int roundingInside;
  static float tinyBehind;
  kiln_executor executor = {nullptr, 1,
                            [](void *, Task task, void *data, int64_t count) {
                              std::thread([=] {
                                std::fesetround(FE_DOWNWARD);
                                task(data, 0, count, 0);
                                roundingInside = std::fegetround();
                                tinyBehind = halveLeast();
                              }).join();
                            }};
  std::fesetround(FE_UPWARD);
  std::feclearexcept(FE_ALL_EXCEPT);
  std::feraiseexcept(FE_DIVBYZERO);
  for (const kiln_executor *each :
       {(const kiln_executor *)nullptr, (const kiln_executor *)&executor}) {
    Outcome outcome = runWith(each);
    EXPECT_EQ(std::fegetround(), FE_UPWARD);
    EXPECT_EQ(std::fetestexcept(FE_ALL_EXCEPT), FE_DIVBYZERO);
    EXPECT_GT(halveLeast(), 0.0f);
    std::feclearexcept(FE_ALL_EXCEPT);
    std::feraiseexcept(FE_DIVBYZERO);
    expectDone(outcome);
  }
  EXPECT_EQ(roundingInside, FE_DOWNWARD);
  EXPECT_GT(tinyBehind, 0.0f);
  std::fesetround(FE_TONEAREST);
  std::feclearexcept(FE_ALL_EXCEPT);
}
