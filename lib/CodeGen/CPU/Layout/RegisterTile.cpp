//===- RegisterTile.cpp - Choice of register tiles ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RegisterTile.h"

#include <algorithm>

namespace kiln::cpu {

/// Latency of a fused multiply-add; two are started and two loads are done a
/// cycle on every processor of interest.
static constexpr double kLatency = 4, kPerCycle = 2;
/// Cycles to finish a vector of the result: epilogue and store.
static constexpr double kStore = 3, kScatterPerLane = 2;
/// Loads that a vector costs: it crosses cache lines, and what all tiles of
/// rows read again comes from the second level. Loop control of a step.
static constexpr double kVectorLoads = 3, kStep = 1;

static double tileCycles(const TileProblem &problem, int64_t lanes,
                         int64_t rows, int64_t vectors) {
  double sums = rows * vectors;
  double loads =
      problem.rowsShareScalars ? 1 + 2 * sums : rows + kVectorLoads * vectors;
  double step =
      std::max({sums / kPerCycle, loads / kPerCycle, kLatency}) + kStep;
  double store = problem.scatters ? kScatterPerLane * lanes : kStore;
  return step * problem.reduction + sums * store;
}

static double totalCycles(const TileProblem &problem, const RegisterTile &t) {
  int64_t vectors = (problem.columns + t.lanes - 1) / t.lanes;
  int64_t fullRows = problem.rows / t.rows, leftRows = problem.rows % t.rows;
  int64_t fullColumns = vectors / t.vectors;
  int64_t leftColumns = vectors % t.vectors;
  double cycles = 0;
  auto add = [&](int64_t count, int64_t rows, int64_t columns) {
    if (count > 0 && rows > 0 && columns > 0)
      cycles += count * tileCycles(problem, t.lanes, rows, columns);
  };
  add(fullRows * fullColumns, t.rows, t.vectors);
  add(fullColumns, leftRows, t.vectors);
  add(fullRows, t.rows, leftColumns);
  add(1, leftRows, leftColumns);
  return cycles * problem.repeats;
}

/// Accumulators, and beside them what one step of the reduction holds: the
/// vectors that all rows share and a broadcast.
static int64_t registersNeeded(const TileProblem &problem, int64_t rows,
                               int64_t vectors) {
  return rows * vectors + (problem.rowsShareScalars ? 2 : vectors + 1);
}

RegisterTile chooseTile(const TargetDescription &target,
                        const TileProblem &problem) {
  RegisterTile best;
  int64_t lanes = std::max<int64_t>(target.lanes(problem.bitWidth), 2);
  int64_t registers = target.numVectorRegisters;
  int64_t numVectors = (problem.columns + lanes - 1) / lanes;
  for (int64_t rows = 1; rows <= std::min(problem.rows, registers); ++rows) {
    for (int64_t vectors = 1; vectors <= std::min(numVectors, registers);
         ++vectors) {
      if (registersNeeded(problem, rows, vectors) > registers)
        break;
      RegisterTile tile{rows, vectors, lanes, 0};
      tile.cycles = totalCycles(problem, tile);
      if (best.cycles == 0 || tile.cycles < best.cycles)
        best = tile;
    }
  }
  return best;
}

} // namespace kiln::cpu
