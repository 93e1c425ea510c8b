//===- WindowEmitter.h - Loops over vectors of one cpu.window ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_CODEGEN_CPU_KERNELS_WINDOWEMITTER_H
#define KILN_LIB_CODEGEN_CPU_KERNELS_WINDOWEMITTER_H

#include "BlockedEpilogue.h"
#include "WindowColumns.h"

namespace kiln::cpu {

/// Writes the loops of a `cpu.window` on memrefs: tasks over lines of planes,
/// tiles of neighbouring columns with an accumulator each, a loop over the rows
/// of the kernel that meet the input, its columns side by side, the epilogue.
/// Every vector of the input is loaded once for a tile and row of the kernel.
class WindowEmitter {
public:
  WindowEmitter(mlir::OpBuilder &builder, WindowOp op);
  void emit();

private:
  using Vectors = llvm::SmallVector<mlir::Value>;

  /// Taps [first, last) of a row or column of the kernel; all of them where the
  /// bounds are null.
  struct Taps {
    mlir::Value first, last;
  };
  /// A line of the result: where it lies, where the first tap of its first
  /// column lies in the input (be it padding), the start of the block's
  /// weights, and the rows of the kernel that meet the input.
  struct Line {
    mlir::Value batch, block, row, input, weights;
    Taps taps;
  };
  /// Columns that are computed together: `first` of them by its value and,
  /// where taps may miss the input, by its number.
  struct Columns {
    mlir::Value first;
    int64_t count = 1;
    std::optional<int64_t> fixed = {};
  };

  void emitTask(mlir::Value task, int64_t unitsOfTask, int64_t units);
  void emitUnit(mlir::Value unit);
  void emitLine(Line line);
  void emitSegment(const Line &line, const ColumnSegment &segment);
  void finishSums(const Line &line, Vectors &sums);
  void emitTile(const Line &line, Columns columns);
  void emitEdge(const Line &line, mlir::Value column);

  /// Folds one row of the kernel for all columns of a tile into the
  /// accumulators; `input` is its first tap of the first column, `weights` its
  /// first weight.
  Vectors emitTaps(Columns columns, mlir::Value input, mlir::Value weights,
                   Vectors accumulators);
  /// The taps [from, to), written out.
  void writeTaps(Columns columns, int64_t from, int64_t to, mlir::Value input,
                 mlir::Value weights, Vectors &accumulators);
  bool meetsInput(Columns columns, int64_t column, int64_t tap);

  using FoldFn =
      llvm::function_ref<Vectors(mlir::Value tap, Vectors accumulators)>;
  /// A loop over taps that carries the accumulators.
  Vectors emitLoop(mlir::Value first, mlir::Value last, Vectors accumulators,
                   FoldFn body);
  Vectors foldRows(const Line &line, Vectors accumulators,
                   llvm::function_ref<Vectors(mlir::Value input,
                                              mlir::Value weights, Vectors)>
                       body);
  void forEach(mlir::Value first, mlir::Value last, int64_t step,
               llvm::function_ref<void(mlir::Value)> body);

  Taps meetingTaps(unsigned dim, mlir::Value position);
  mlir::Value step(mlir::Value accumulator, mlir::Value input,
                   mlir::Value weights);
  mlir::Value join(mlir::Value a, mlir::Value b);
  mlir::Value neutral();
  mlir::Value start(mlir::Value block);
  mlir::Value load(const BlockedOperand &operand, mlir::Value position,
                   int64_t distance);

  mlir::Value index(int64_t value);
  mlir::Value add(mlir::Value a, mlir::Value b);
  /// `position + times * distance`
  mlir::Value advance(mlir::Value position, mlir::Value times,
                      int64_t distance);

  mlir::OpBuilder &builder;
  WindowOp op;
  mlir::Location loc;
  mlir::VectorType vector;
  BlockedOperand input;
  std::optional<BlockedOperand> weights, starts;
  std::optional<BlockedEpilogue> epilogue;
  llvm::SmallVector<ColumnSegment> segments;
  /// Lines of one unit of work, and units of one plane.
  int64_t linesOfUnit = 1, unitsOfPlane = 1;
};

} // namespace kiln::cpu

#endif // KILN_LIB_CODEGEN_CPU_KERNELS_WINDOWEMITTER_H
