//===- PoolTest.cpp - Threads for the tasks of nets ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Also built and run under ThreadSanitizer: what tasks write is read by the
// caller without synchronisation of its own.
//===----------------------------------------------------------------------===//

#include "kiln/Runtime/Net.h"

#include <atomic>
#include <chrono>
#include <ctime>
#include <functional>
#include <gtest/gtest.h>
#include <set>
#include <thread>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

/// A pool of the runtime's for one test.
class Pool {
public:
  explicit Pool(int threads) {
    EXPECT_EQ(kiln_net_pool_create(threads, &pool), KILN_OK);
  }
  ~Pool() { kiln_net_pool_destroy(pool); }
  Pool(const Pool &) = delete;
  Pool &operator=(const Pool &) = delete;

  using Task = std::function<void(int64_t begin, int64_t end, int32_t worker)>;
  void parallelFor(int64_t count, const Task &task) const {
    const kiln_executor *executor = kiln_net_pool_executor(pool);
    auto call = [](void *data, int64_t begin, int64_t end, int32_t worker) {
      (*static_cast<const Task *>(data))(begin, end, worker);
    };
    executor->parallel_for(executor->context, call, const_cast<Task *>(&task),
                           count);
  }
  int workers() const { return kiln_net_pool_executor(pool)->workers; }

private:
  kiln_pool *pool = nullptr;
};

/// Runs `count` tasks, each of which adds to a number of its own.
void checkEachOnce(const Pool &pool, int64_t count) {
  std::vector<int> runs(count, 0);
  pool.parallelFor(count, [&](int64_t begin, int64_t end, int32_t) {
    for (int64_t i = begin; i < end; ++i)
      ++runs[i];
  });
  EXPECT_EQ(runs, std::vector<int>(count, 1));
}

/// True once `condition` holds, false after ten seconds without.
bool waitFor(const std::function<bool()> &condition) {
  auto deadline = Clock::now() + std::chrono::seconds(10);
  while (!condition()) {
    if (Clock::now() > deadline)
      return false;
    std::this_thread::yield();
  }
  return true;
}

} // namespace

class PoolTest : public ::testing::TestWithParam<int> {};

TEST_P(PoolTest, RunsEachTaskOnce) {
  Pool pool(GetParam());
  EXPECT_EQ(pool.workers(), GetParam());
  for (int round = 0; round < 40; ++round)
    for (int64_t count : {0, 1, 2, 3, 7, 64, 1001})
      checkEachOnce(pool, count);
}

TEST_P(PoolTest, WorkersAreDistinct) {
  Pool pool(GetParam());
  std::vector<std::atomic<int>> inside(GetParam());
  std::atomic<bool> isShared = false, isOutside = false;
  for (int round = 0; round < 50; ++round)
    pool.parallelFor(97, [&](int64_t, int64_t, int32_t worker) {
      if (worker < 0 || worker >= GetParam()) {
        isOutside = true;
        return;
      }
      if (++inside[worker] != 1)
        isShared = true;
      std::this_thread::yield();
      --inside[worker];
    });
  EXPECT_FALSE(isShared);
  EXPECT_FALSE(isOutside);
}

/// As many tasks as threads, none of which ends before all have begun.
TEST_P(PoolTest, AllThreadsTakePart) {
  Pool pool(GetParam());
  std::atomic<int> begun = 0;
  std::atomic<bool> alone = false;
  pool.parallelFor(GetParam(), [&](int64_t begin, int64_t end, int32_t) {
    begun += static_cast<int>(end - begin);
    if (!waitFor([&] { return begun == GetParam(); }))
      alone = true;
  });
  EXPECT_FALSE(alone);
}

TEST_P(PoolTest, WakesThreadsThatSleep) {
  Pool pool(GetParam());
  for (int round = 0; round < 20; ++round) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    checkEachOnce(pool, 33);
  }
}

/// A task that asks for more threads gets none, and goes on by itself.
TEST_P(PoolTest, NestedUseIsSafe) {
  Pool pool(GetParam());
  std::atomic<int> sum = 0;
  pool.parallelFor(16, [&](int64_t begin, int64_t end, int32_t) {
    for (int64_t i = begin; i < end; ++i)
      pool.parallelFor(5, [&](int64_t b, int64_t e, int32_t worker) {
        EXPECT_TRUE(GetParam() == 1 || worker == 0);
        sum += static_cast<int>(e - b);
      });
  });
  EXPECT_EQ(sum, 80);
}

TEST_P(PoolTest, CallersAtOnce) {
  Pool shared(GetParam()), own(GetParam());
  auto work = [&](const Pool &pool) {
    for (int round = 0; round < 200; ++round)
      checkEachOnce(pool, 50);
  };
  std::thread first([&] { work(shared); }), second([&] { work(shared); }),
      third([&] { work(own); });
  work(shared);
  first.join();
  second.join();
  third.join();
}

TEST_P(PoolTest, EndsAtOnceAndAsleep) {
  for (int round = 0; round < 20; ++round)
    Pool pool(GetParam());
  Pool used(GetParam());
  checkEachOnce(used, 20);
  std::this_thread::sleep_for(std::chrono::milliseconds(5));
}

INSTANTIATE_TEST_SUITE_P(Threads, PoolTest, ::testing::Range(1, 9));

TEST(PoolCreation, RefusesNumbersOutOfRange) {
  for (int threads : {-1, KILN_GREATEST_WORKERS + 1, INT32_MIN, INT32_MAX}) {
    kiln_pool *pool = reinterpret_cast<kiln_pool *>(1);
    EXPECT_EQ(kiln_net_pool_create(threads, &pool), KILN_NO_THREADS);
    EXPECT_EQ(pool, nullptr);
  }
  EXPECT_EQ(kiln_net_pool_create(2, nullptr), KILN_NULL_POINTER);
  EXPECT_EQ(kiln_net_pool_executor(nullptr), nullptr);
  kiln_net_pool_destroy(nullptr);
}

TEST(PoolCreation, NoNumberMeansTheCores) {
  Pool pool(0);
  EXPECT_GE(pool.workers(), 1);
  EXPECT_LE(pool.workers(),
            static_cast<int>(std::thread::hardware_concurrency()));
  checkEachOnce(pool, 100);
}

/// Once there is nothing to do, threads stop spinning.
TEST(PoolSleep, IdleThreadsTakeNoTime) {
  Pool pool(4);
  checkEachOnce(pool, 100);
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  std::clock_t before = std::clock();
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  double used = static_cast<double>(std::clock() - before) / CLOCKS_PER_SEC;
  EXPECT_LT(used, 0.05) << "seconds of CPU time while idle for 0.2 s";
}
