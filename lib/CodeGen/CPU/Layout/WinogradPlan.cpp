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
/// Loop control of a step of the sum; zeroing and storing one.
constexpr double kStep = 0.7, kSum = 2;
/// How much of the second cache scratch memory may take.
constexpr double kShare = 0.8;
/// Scratch memory that a thread is asked for at most.
constexpr double kMostScratch = 8 << 20;
/// What a core keeps in the last cache from one use to the next.
constexpr double kLastCache = 16 << 20;
/// Bytes that arrive in a cycle from the last cache and from memory.
constexpr double kFromLastCache = 14, kFromMemory = 6;
/// Cycles of the transforms of a tile and a block of channels. They are bound
/// by the n * n lines that leave the first cache, not by arithmetic.
constexpr double kInput2 = 70, kOutput2 = 45, kInput4 = 280, kOutput4 = 180;
/// A kernel of few tasks leaves threads idle at its end: one task counts so
/// much more, two half of it.
constexpr double kIdle = 0.3;

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

  /// Bytes of the transformed input and the products of a task.
  double transformedOf(const WinogradPlan &plan) const {
    return 4.0 * lanes * positions * inBlocks * plan.blockTiles;
  }
  double productsOf(const WinogradPlan &plan) const {
    return 4.0 * lanes * positions * plan.groups * plan.vectors *
           plan.blockTiles;
  }

  double cyclesOf(const WinogradPlan &plan) const {
    int64_t blocks = divideCeilSigned(problem.tiles, plan.blockTiles);
    int64_t panels = positions * plan.parts * plan.groups;
    double products =
        panels *
        (problem.inChannels * stepOf(plan.blockTiles, plan.rows, plan.vectors) +
         kSum * plan.blockTiles * plan.vectors);
    double weights = 4.0 * lanes * panels * plan.vectors * problem.inChannels;
    // What does not fit the second cache is written to and read from the last.
    double scratch = transformedOf(plan) + productsOf(plan);
    double overflow = std::max(0.0, 1 - kShare * target.l2Bytes / scratch);
    double moved = overflow * 2 * scratch / kFromLastCache;
    // A part of the weights is read by all blocks, one after the other.
    double part = weights / plan.parts;
    bool stays = scratch + part < kShare * target.l2Bytes;
    double again =
        stays ? 0 : part / (part < kLastCache ? kFromLastCache : kFromMemory);
    int64_t rounds = problem.images * blocks;
    products /= plan.parts;
    double weighed = std::max(products, part / kFromMemory) +
                     (rounds - 1) * std::max(products, again);
    bool two = problem.outputTile == 2;
    double input = plan.blockTiles * inBlocks * (two ? kInput2 : kInput4);
    double output = plan.blockTiles * outBlocks * (two ? kOutput2 : kOutput4);
    return plan.parts * (weighed + rounds * (moved + input)) + rounds * output;
  }

  /// What plans are compared by.
  double weightOf(const WinogradPlan &plan) const {
    int64_t blocks = divideCeilSigned(problem.tiles, plan.blockTiles);
    double tasks = static_cast<double>(plan.parts * blocks * problem.images);
    return plan.cycles * (1 + kIdle / tasks);
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
    for (plan.parts = 1; plan.parts <= groups; plan.parts *= 2) {
      plan.groups = divideCeilSigned(groups, plan.parts);
      bool tooLarge = plan.blockTiles > 1 &&
                      estimate.transformedOf(plan) + estimate.productsOf(plan) >
                          kMostScratch;
      if (divideCeilSigned(groups, plan.groups) != plan.parts || tooLarge)
        continue;
      plan.cycles = estimate.cyclesOf(plan);
      if (best.cycles == 0 || estimate.weightOf(plan) < estimate.weightOf(best))
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
