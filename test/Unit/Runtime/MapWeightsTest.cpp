//===- MapWeightsTest.cpp - Pages mapped before they are read ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "kiln/Runtime/Net.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

namespace {

constexpr int64_t kBytes = 8 << 20;
constexpr int kPopulateRead = 22; // MADV_POPULATE_READ, not in every header

/// Page faults on reading all pages of fresh memory; with `margin` bytes left
/// out of what `net` knows of it at either end.
int64_t faultsOnReading(bool isMapped, int64_t margin) {
  void *memory = mmap(nullptr, kBytes, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS,
                      /*fd=*/-1, /*offset=*/0);
  if (memory == MAP_FAILED)
    return -1;
  madvise(memory, kBytes, MADV_NOHUGEPAGE);
  const auto *bytes = static_cast<const volatile char *>(memory);
  KilnNet net{};
  net.constants = static_cast<const char *>(memory) + margin;
  net.constantBytes = kBytes - 2 * margin;
  if (isMapped)
    kiln_net_map_weights(&net);
  rusage before{}, after{};
  getrusage(RUSAGE_SELF, &before);
  for (int64_t i = 0; i < kBytes; i += sysconf(_SC_PAGESIZE))
    (void)bytes[i];
  getrusage(RUSAGE_SELF, &after);
  munmap(memory, kBytes);
  return after.ru_minflt - before.ru_minflt;
}

bool isPopulateKnown() {
  auto size = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  void *page = mmap(nullptr, size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS,
                    /*fd=*/-1, /*offset=*/0);
  bool isKnown = page != MAP_FAILED && madvise(page, size, kPopulateRead) == 0;
  if (page != MAP_FAILED)
    munmap(page, size);
  return isKnown;
}

TEST(MapWeights, LeavesNoFaultsButAtTheEnds) {
  if (!isPopulateKnown())
    GTEST_SKIP() << "this kernel does not know MADV_POPULATE_READ";
  int64_t pages = kBytes / sysconf(_SC_PAGESIZE);
  EXPECT_GE(faultsOnReading(false, 0), pages / 2);
  EXPECT_LE(faultsOnReading(true, 0), pages / 8);
  // What is not of a whole page is left.
  EXPECT_LE(faultsOnReading(true, 100), pages / 8);
}

TEST(MapWeights, TakesNetsWithoutWeights) {
  KilnNet net{};
  kiln_net_map_weights(&net);
  // Less than a page.
  static const char few[100] = {};
  net.constants = few;
  net.constantBytes = sizeof(few);
  kiln_net_map_weights(&net);
}

} // namespace
