//===- Random.h - Choices made by a seed ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_TEST_RANDOMNETS_RANDOM_H
#define KILN_TEST_RANDOMNETS_RANDOM_H

#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <random>

namespace kiln::test {

/// The same numbers on every machine: std::mt19937_64 is specified exactly,
/// the standard distributions are not, and so are not used.
class Random {
public:
  explicit Random(uint64_t seed) : engine(seed * 2654435761U + 1) {}

  /// Uniform in [low, high].
  int64_t pick(int64_t low, int64_t high) {
    return low + static_cast<int64_t>(engine() %
                                      static_cast<uint64_t>(high - low + 1));
  }

  bool chance(int64_t percent) { return pick(1, 100) <= percent; }

  /// Uniform in [low, high).
  double uniform(double low, double high) {
    double unit = std::ldexp(static_cast<double>(engine() >> 11), -53);
    return low + (high - low) * unit;
  }

  template <typename T> T choose(std::initializer_list<T> from) {
    return from.begin()[pick(0, static_cast<int64_t>(from.size()) - 1)];
  }

  /// `from` is not empty.
  template <typename Container>
  typename Container::value_type chooseFrom(const Container &from) {
    return from[static_cast<size_t>(
        pick(0, static_cast<int64_t>(from.size()) - 1))];
  }

private:
  std::mt19937_64 engine;
};

} // namespace kiln::test

#endif // KILN_TEST_RANDOMNETS_RANDOM_H
