//===- ConvPlan.cpp - How a direct convolution is computed ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Every register tile that fits is tried. What a tile costs is counted from the
// code that its segments will have: fused multiply-adds, loads and latency of a
// step, the loops around it, the epilogue.
//===----------------------------------------------------------------------===//

#include "ConvPlan.h"

#include "../TaskCount.h"
#include "llvm/Support/MathExtras.h"

#include <algorithm>
#include <map>

namespace kiln::cpu {

/// Cycles to enter a loop over channels, for a step's own control, to begin a
/// tile, and to finish a vector of it.
static constexpr double kEnterLoop = 4, kStep = 0.5, kTile = 20, kFinish = 2;
/// Instructions that are started a cycle.
static constexpr double kIssue = 6;
/// Bytes that arrive in a cycle from the second level of the cache.
static constexpr double kBytesFromL2 = 32;
/// Fused multiply-adds in the code of one kernel, at about 10 bytes each: so
/// many are cheap to compile and to fetch; each time as many more are taken for
/// a part of the time that the kernel runs. An instruction cache holds 3000.
static constexpr double kCode = 800, kMoreCode = 0.03, kMostCode = 8000;
/// Channels that are unrolled at most, and multiply-adds of a step so unrolled.
static constexpr int64_t kMostUnrolled = 4;
/// Lanes of a narrow vector.
static constexpr int64_t kNarrow = 4;

namespace {

/// Tries plans for one problem.
class Planner {
public:
  Planner(const ConvProblem &problem, const TargetDescription &target);
  ConvPlan choose();

private:
  using Segments = llvm::SmallVector<AxisSegment>;

  const Segments &split(unsigned dim, int64_t tile);
  int64_t unrolledFor(int64_t vectors, int64_t positions) const;
  int64_t registers() const;
  bool fits(int64_t vectors, int64_t positions) const;
  double stepCycles(int64_t vectors, int64_t positions) const;
  void addTiles(int64_t vectors, int64_t sets, const Segments &rows,
                const Segments &columns);
  double tileCycles(int64_t vectors, const AxisSegment &row,
                    const AxisSegment &column);
  void tryTile(int64_t vectors, int64_t rows, int64_t columns);
  void chooseGrid();

  const ConvProblem &problem;
  const TargetDescription &target;
  std::array<ConvAxis, 2> axes;
  std::array<std::map<int64_t, Segments>, 2> splits;
  int64_t unrolled = 1;
  /// Of the tile that is being tried.
  double cycles = 0, code = 0;
  ConvPlan best;
};

} // namespace

Planner::Planner(const ConvProblem &problem, const TargetDescription &target)
    : problem(problem), target(target), axes{problem.rows, problem.columns} {
  // As cpu.conv does: all positions in one line.
  auto isPointwise = [](const ConvAxis &axis) {
    return axis.kernel == 1 && axis.stride == 1 && axis.padLow == 0 &&
           axis.input == axis.output;
  };
  if (isPointwise(axes[0]) && isPointwise(axes[1])) {
    axes[0].input = axes[0].output = axes[0].output * axes[1].output;
    axes[1] = {};
  }
}

/// How many channels a step takes. Steps come out even in the last block too,
/// and where hardly a register is left they are short: LLVM would load the
/// weights of the next channel too early and spill.
int64_t Planner::unrolledFor(int64_t vectors, int64_t positions) const {
  int64_t most = kMostUnrolled;
  if (problem.lanes <= kNarrow)
    most = 1;
  else if ((vectors > 1 || !target.embedsBroadcasts()) &&
           vectors * positions + 4 >= registers())
    most = 2;
  int64_t rest = problem.blockedInput ? problem.channels % problem.lanes
                                      : problem.channels;
  bool several = problem.blockedInput && problem.channels > problem.lanes;
  for (int64_t count = most; count > 1; --count)
    if (rest % count == 0 && (!several || problem.lanes % count == 0) &&
        count <= problem.channels)
      return count;
  return 1;
}

/// Elements of narrow vectors are loaded in pairs and multiplied by lane; that
/// takes some of a large set of registers.
int64_t Planner::registers() const {
  int64_t all = target.numVectorRegisters;
  return problem.lanes <= kNarrow && all >= 32 ? all - 6 : all;
}

const Planner::Segments &Planner::split(unsigned dim, int64_t tile) {
  auto [entry, isNew] = splits[dim].try_emplace(tile);
  if (isNew)
    entry->second = splitAxis(axes[dim], tile);
  return entry->second;
}

/// Sums, the weights of a step and a broadcast element; with one vector of
/// weights elements are operands in memory where the target has such.
bool Planner::fits(int64_t vectors, int64_t positions) const {
  int64_t beside = vectors == 1 ? 2 : vectors + 1;
  // LLVM loads the second channel's weights early: without room they spill.
  if (vectors == 1 && !target.embedsBroadcasts() && positions > 1)
    beside += 2;
  return vectors * positions + beside <= registers();
}

/// One channel of one tap.
double Planner::stepCycles(int64_t vectors, int64_t positions) const {
  double sums = vectors * positions, loads = vectors + positions;
  double weights = problem.bytes * problem.lanes * vectors;
  bool embedded = vectors == 1 && target.embedsBroadcasts();
  double instructions = embedded ? sums + 1 : sums + loads;
  return std::max({sums / target.fmasPerCycle, loads / target.loadsPerCycle,
                   static_cast<double>(target.fmaLatency),
                   instructions / kIssue, weights / kBytesFromL2}) +
         kStep / unrolled;
}

double Planner::tileCycles(int64_t vectors, const AxisSegment &row,
                           const AxisSegment &column) {
  auto whole = [](const AxisSegment &segment, int64_t kernel) {
    // Nearly all taps reach a tile of one position.
    if (segment.isDynamic)
      return llvm::SmallVector<TapRange, 4>{{0, kernel, 0, 1}};
    return segment.taps;
  };
  int64_t blocks = problem.blockedInput
                       ? llvm::divideCeilSigned(problem.channels, problem.lanes)
                       : 1;
  double sum = kTile + kFinish * vectors * row.size * column.size;
  code += vectors * row.size * column.size;
  for (const TapRange &h : whole(row, axes[0].kernel))
    for (const TapRange &w : whole(column, axes[1].kernel)) {
      int64_t positions = (h.high - h.low) * (w.high - w.low);
      sum += h.count * w.count *
             (problem.channels * stepCycles(vectors, positions) +
              blocks * kEnterLoop);
      code += vectors * positions * unrolled;
    }
  return sum;
}

void Planner::addTiles(int64_t vectors, int64_t sets, const Segments &rows,
                       const Segments &columns) {
  if (sets == 0 || vectors == 0)
    return;
  for (const AxisSegment &row : rows)
    for (const AxisSegment &column : columns)
      cycles +=
          sets * row.count * column.count * tileCycles(vectors, row, column);
}

void Planner::tryTile(int64_t vectors, int64_t rows, int64_t columns) {
  cycles = code = 0;
  unrolled = unrolledFor(vectors, rows * columns);
  int64_t blocks = problem.blocks();
  const Segments &rowSegments = split(0, rows);
  const Segments &columnSegments = split(1, columns);
  addTiles(vectors, blocks / vectors, rowSegments, columnSegments);
  addTiles(blocks % vectors, 1, rowSegments, columnSegments);
  cycles *= problem.images * problem.groups;
  if (code > kCode)
    cycles *= 1 + kMoreCode * (code / kCode - 1);
  bool tooLong = code > kMostCode && vectors * rows * columns > 1;
  if (tooLong || (best.cycles > 0 && cycles >= best.cycles))
    return;
  best.vectors = vectors;
  best.rows = rows;
  best.columns = columns;
  best.unrolled = unrolled;
  best.cycles = cycles;
}

/// Tasks of equal size, and an order in which as little as possible is read
/// again from beyond the second level.
void Planner::chooseGrid() {
  auto count = [](const Segments &segments) {
    int64_t tiles = 0;
    for (const AxisSegment &segment : segments)
      tiles += segment.count;
    return tiles;
  };
  int64_t rowTiles = count(split(0, best.rows));
  int64_t sets = llvm::divideCeilSigned(problem.blocks(), best.vectors);
  int64_t others = problem.images * problem.groups;
  int64_t wanted = llvm::divideCeilSigned(countTasks(best.cycles), others);
  double l2 = target.l2Bytes / 2;
  double weights = problem.bytes * problem.blocks() * problem.lanes *
                   problem.channels * problem.taps();
  double activations = problem.bytes * problem.channels * problem.rows.input *
                       problem.columns.input;
  int64_t rowParts = std::min(wanted, rowTiles);
  double setsFirst = weights + activations * (activations > l2 ? sets : 1);
  double rowsFirst = activations + weights * (weights > l2 ? rowParts : 1);
  best.channelsOutside = setsFirst < rowsFirst;
  best.prefetch = best.channelsOutside || weights > l2;
  if (best.channelsOutside) {
    best.grid[0] = std::min(wanted, sets);
    best.grid[1] =
        std::min(llvm::divideCeilSigned(wanted, best.grid[0]), rowTiles);
  } else {
    best.grid[1] = rowParts;
    best.grid[0] = std::min(llvm::divideCeilSigned(wanted, rowParts), sets);
  }
}

ConvPlan Planner::choose() {
  int64_t most = problem.blocks();
  int64_t least = target.sharesWeights ? std::min<int64_t>(2, most) : 1;
  for (int64_t vectors = least; vectors <= most; ++vectors) {
    if (!fits(vectors, 1) || (target.sharesWeights && vectors > least))
      break;
    for (int64_t rows = 1; rows <= axes[0].output && fits(vectors, rows);
         ++rows)
      for (int64_t columns = 1;
           columns <= axes[1].output && fits(vectors, rows * columns);
           ++columns)
        tryTile(vectors, rows, columns);
  }
  chooseGrid();
  return best;
}

ConvPlan chooseConvPlan(const ConvProblem &problem,
                        const TargetDescription &target) {
  return Planner(problem, target).choose();
}

} // namespace kiln::cpu
