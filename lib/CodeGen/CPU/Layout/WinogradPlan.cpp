//===- WinogradPlan.cpp - How a Winograd kernel goes over its tiles ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "WinogradPlan.h"

#include "llvm/Support/MathExtras.h"

#include <algorithm>

using llvm::divideCeilSigned;

namespace kiln::cpu {
namespace {

/// Latency of a fused multiply-add; two are started and two loads done a cycle
/// on every processor of interest.
constexpr double kLatency = 4, kPerCycle = 2;
/// Loop control of a step of the sum, a register tile's zeros and stores.
constexpr double kStep = 0.3, kTile = 12;
/// Second cache, and how much of it scratch memory may take.
constexpr double kSecondCache = 1 << 20, kShare = 0.8;
/// What a core keeps in the last cache from one use to the next.
constexpr double kLastCache = 16 << 20;
/// Bytes that arrive in a cycle from the last cache and from memory.
constexpr double kFromLastCache = 14, kFromMemory = 7;
/// Cycles of the transforms of a tile and a block of channels.
constexpr double kInput2 = 30, kOutput2 = 30, kInput4 = 95, kOutput4 = 95;

class Estimate {
public:
  Estimate(const WinogradProblem &problem, const TargetDescription &target)
      : problem(problem), target(target), lanes(target.lanes(32)),
        inBlocks(divideCeilSigned(problem.inChannels, lanes)),
        outBlocks(divideCeilSigned(problem.outChannels, lanes)) {
    int64_t n = problem.outputTile + 2;
    positions = n * n;
  }

  int64_t outBlocksOf(int64_t vectors) const {
    return divideCeilSigned(outBlocks, vectors);
  }

  /// Cycles of a step of the sum for all register tiles of a block of tiles.
  double stepOf(int64_t blockTiles, int64_t rows, int64_t vectors) const {
    int64_t count = divideCeilSigned(blockTiles, rows);
    auto cycles = [&](int64_t size) {
      double sums = size * vectors, loads = size + vectors;
      return std::max({sums / kPerCycle, loads / kPerCycle, kLatency}) + kStep;
    };
    int64_t size = blockTiles / count, larger = blockTiles % count;
    return larger * cycles(size + 1) + (count - larger) * cycles(size);
  }

  double cyclesOf(const WinogradPlan &plan) const {
    int64_t blocks = divideCeilSigned(problem.tiles, plan.blockTiles);
    int64_t panels = positions * plan.parts * plan.groups;
    double tile = kTile * divideCeilSigned(plan.blockTiles, plan.rows);
    double products =
        panels *
        (problem.inChannels * stepOf(plan.blockTiles, plan.rows, plan.vectors) +
         tile);
    double bytes = 4.0 * lanes;
    double weights = panels * plan.vectors * problem.inChannels * bytes;
    double transformed = bytes * positions * inBlocks * plan.blockTiles;
    double partial =
        bytes * positions * plan.groups * plan.vectors * plan.blockTiles;
    // What the weights push out of the second cache comes from the last one.
    double overflow =
        std::max(0.0, transformed + partial - kShare * kSecondCache);
    overflow = std::min(1.0, overflow / (transformed + partial));
    double moved = overflow *
                   ((1 + plan.parts) * transformed + 2 * plan.parts * partial) /
                   kFromLastCache;
    bool stays = transformed + partial + weights < kShare * kSecondCache;
    double again =
        stays ? 0
              : weights / (weights < kLastCache ? kFromLastCache : kFromMemory);
    int64_t rounds = problem.images * blocks;
    double first = std::max(products, weights / kFromMemory);
    double rest = (rounds - 1) * std::max(products, again);
    bool two = problem.outputTile == 2;
    double transforms =
        plan.blockTiles * (inBlocks * (two ? kInput2 : kInput4) +
                           outBlocks * (two ? kOutput2 : kOutput4));
    return first + rest + rounds * (moved + transforms);
  }

  const WinogradProblem &problem;
  const TargetDescription &target;
  int64_t lanes, inBlocks, outBlocks, positions;
};

} // namespace

/// Blocks of tiles are as equal as possible; so are parts.
static void tryBlocks(const Estimate &estimate, WinogradPlan plan,
                      WinogradPlan &best) {
  int64_t groups = estimate.outBlocksOf(plan.vectors), lastTiles = 0;
  for (int64_t blocks = 1; blocks <= estimate.problem.tiles; ++blocks) {
    plan.blockTiles = divideCeilSigned(estimate.problem.tiles, blocks);
    if (plan.blockTiles == lastTiles)
      continue;
    lastTiles = plan.blockTiles;
    if (plan.blockTiles > 8 * plan.rows && blocks < 64)
      continue;
    for (plan.parts = 1; plan.parts <= groups; plan.parts *= 2) {
      plan.groups = divideCeilSigned(groups, plan.parts);
      if (divideCeilSigned(groups, plan.groups) != plan.parts)
        continue;
      plan.cycles = estimate.cyclesOf(plan);
      if (best.cycles == 0 || plan.cycles < best.cycles)
        best = plan;
    }
    if (plan.blockTiles < plan.rows)
      break;
  }
}

WinogradPlan planWinograd(const WinogradProblem &problem,
                          const TargetDescription &target) {
  Estimate estimate(problem, target);
  WinogradPlan best;
  int64_t registers = target.numVectorRegisters;
  int64_t most = std::min<int64_t>(4, estimate.outBlocks);
  for (int64_t vectors = 1; vectors <= most; ++vectors) {
    WinogradPlan plan;
    plan.vectors = vectors;
    // Beside the sums: the weights of a step and a broadcast.
    plan.rows = std::max<int64_t>(1, (registers - 1 - vectors) / vectors);
    tryBlocks(estimate, plan, best);
  }
  return best;
}

} // namespace kiln::cpu
