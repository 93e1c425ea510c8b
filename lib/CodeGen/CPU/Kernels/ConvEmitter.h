//===- ConvEmitter.h - Loops over vectors of one convolution ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_CODEGEN_CPU_KERNELS_CONVEMITTER_H
#define KILN_LIB_CODEGEN_CPU_KERNELS_CONVEMITTER_H

#include "BlockedEpilogue.h"
#include "IndexMath.h"
#include "VectorMemory.h"
#include "kiln/CodeGen/CPU/IR/CPU.h"

namespace kiln::cpu {

/// Writes the loops of a `cpu.conv` on memrefs: one parallel loop of tasks, in
/// each the sets of output blocks, the rows and the columns of tiles, and of a
/// tile the whole sum in registers, the body on vectors and the store. A tap is
/// written only for the positions that it reaches, so that tiles at the border
/// have code of their own and padding is never read.
class ConvEmitter {
public:
  ConvEmitter(mlir::OpBuilder &builder, ConvOp op);
  void emit();

private:
  using Vectors = llvm::SmallVector<mlir::Value>;

  /// A tile: `vectors` blocks by the positions of two segments.
  struct Tile {
    int64_t vectors = 1;
    const AxisSegment *rows = nullptr, *columns = nullptr;
    /// Where it starts in out, and which group it belongs to.
    mlir::Value image, group, block, row, column;
    /// Where the panel of its set starts, and its part of the next one; lines
    /// of that it asks for each step.
    mlir::Value panel, prefetch;
    int64_t linesPerStep = 0;

    int64_t size() const { return vectors * rows->size * columns->size; }
    int64_t at(int64_t vector, int64_t row, int64_t column) const {
      return (vector * rows->size + row) * columns->size + column;
    }
  };
  /// How far the loops of a sum have come in the operands.
  struct Cursor {
    mlir::Value input, weights, prefetch;
  };
  /// The positions of a tile that a tap reaches.
  struct Region {
    int64_t rowLow, rowHigh, columnLow, columnHigh;
  };
  /// A task's part of the tiles or sets.
  struct Part {
    mlir::Value first, last;
  };

  // ConvEmitter.cpp: tasks and tiles.
  void flattenPositions();
  void emitTask(mlir::Value task);
  Part partOf(mlir::Value index, int64_t total, int64_t size);
  void emitSets(Tile tile, Part setPart, Part rowPart);
  void emitRows(Tile tile, Part part);
  void emitColumns(Tile tile, mlir::Value rowOrdinal);
  void forRange(int64_t first, int64_t count, Part part,
                llvm::function_ref<void(mlir::Value)> body);
  void preparePrefetch(Tile &tile, mlir::Value ordinal);
  void emitTile(const Tile &tile);

  // ConvReduction.cpp: the sum of a tile.
  Vectors emitSum(const Tile &tile);
  Cursor advance(const Tile &tile, const Cursor &cursor, mlir::Value count,
                 int64_t perCount, mlir::Value by, int64_t inputStride);
  Vectors emitBlock(const Tile &tile, mlir::Value count, const Cursor &cursor,
                    const Vectors &sums);
  std::pair<mlir::Value, mlir::Value> reachOf(const Tile &tile, unsigned dim);
  Vectors emitTaps(const Tile &tile, mlir::Value count, const Cursor &cursor,
                   unsigned dim, Region region, Vectors sums);
  Vectors emitChannels(const Tile &tile, mlir::Value count,
                       const Cursor &cursor, Region region, Vectors sums);
  void emitStep(const Tile &tile, const Cursor &cursor, Region region,
                Vectors &sums);
  Vectors
  emitLoop(mlir::Value low, mlir::Value high, int64_t step,
           const Vectors &carried,
           llvm::function_ref<Vectors(mlir::Value, const Vectors &)> body);

  mlir::OpBuilder &builder;
  ConvOp op;
  mlir::Location loc;
  IndexMath math;
  mlir::VectorType vectorType;
  int64_t lanes, channels, blocks, unrolled, taps;
  std::array<ConvAxis, 2> axes;
  llvm::SmallVector<AxisSegment> rowSegments, columnSegments;
  /// Tiles along each axis, sets of a group, and how many of them a task has.
  int64_t rowTiles = 0, columnTiles = 0, sets = 0, rowsPerTask = 1,
          setsPerTask = 1;
  /// Elements of the input from one image, block, channel, row and column to
  /// the next.
  struct {
    int64_t origin, image, block, channel, row, column;
  } input;
  mlir::Value inputBuffer, weightsBuffer;
  std::optional<BlockedEpilogue> epilogue;
  /// Elements of a cache line.
  int64_t line = 1;
  /// All positions of an image are one line, which the rows run along.
  bool isFlat = false;
};

} // namespace kiln::cpu

#endif // KILN_LIB_CODEGEN_CPU_KERNELS_CONVEMITTER_H
