//===- MemoryTest.cpp - Copies and fills without libc ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Under other names, so that the test itself keeps libc's.
//===----------------------------------------------------------------------===//

#include <algorithm>
#include <cstdint>
#include <gtest/gtest.h>
#include <vector>

extern "C" {
void *kiln_test_memcpy(void *to, const void *from, size_t size);
void *kiln_test_memmove(void *to, const void *from, size_t size);
void *kiln_test_memset(void *to, int value, size_t size);
}

namespace {

std::vector<unsigned char> counted(size_t size) {
  std::vector<unsigned char> bytes(size);
  for (size_t i = 0; i < size; ++i)
    bytes[i] = static_cast<unsigned char>(i * 37 + 11);
  return bytes;
}

} // namespace

TEST(Memory, CopyTouchesExactlyItsBytes) {
  const std::vector<unsigned char> source = counted(128);
  for (size_t size = 0; size <= 100; ++size)
    for (size_t offset = 0; offset < 9; ++offset) {
      std::vector<unsigned char> target(128, 0xee), expected = target;
      std::copy_n(source.begin() + 3, size, expected.begin() + offset);
      EXPECT_EQ(kiln_test_memcpy(&target[offset], &source[3], size),
                &target[offset]);
      EXPECT_EQ(target, expected) << size << " bytes at " << offset;
    }
}

TEST(Memory, MoveServesOverlapBothWays) {
  for (size_t size = 0; size <= 70; ++size)
    for (size_t from = 0; from <= 40; from += 3)
      for (size_t to = 0; to <= 40; ++to) {
        std::vector<unsigned char> bytes = counted(128), expected = bytes;
        std::vector<unsigned char> moved(bytes.begin() + from,
                                         bytes.begin() + from + size);
        std::copy(moved.begin(), moved.end(), expected.begin() + to);
        EXPECT_EQ(kiln_test_memmove(&bytes[to], &bytes[from], size),
                  &bytes[to]);
        ASSERT_EQ(bytes, expected) << size << ": " << from << " to " << to;
      }
}

TEST(Memory, SetTakesTheLowByte) {
  for (size_t size = 0; size <= 40; ++size) {
    std::vector<unsigned char> bytes(64, 0xee), expected = bytes;
    std::fill_n(expected.begin() + 5, size, 0xc3);
    EXPECT_EQ(kiln_test_memset(&bytes[5], -0x3d, size), &bytes[5]);
    EXPECT_EQ(bytes, expected) << size;
  }
}
