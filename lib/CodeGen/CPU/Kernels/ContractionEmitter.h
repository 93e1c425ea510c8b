//===- ContractionEmitter.h - Loops over vectors of one contraction ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_CODEGEN_CPU_KERNELS_CONTRACTIONEMITTER_H
#define KILN_LIB_CODEGEN_CPU_KERNELS_CONTRACTIONEMITTER_H

#include "VectorMemory.h"
#include "kiln/CodeGen/CPU/IR/CPU.h"

namespace kiln::cpu {

/// Writes the loops of a `cpu.contract` on memrefs: tiles of rows and columns,
/// the whole reduction of a tile in registers, the epilogue on vectors, the
/// store. Tiles that the extents do not fill get code of their own, with the
/// last vector masked; all extents are known, so masks are constants. A
/// prologue fills the panel before the first loop whose tiles share it.
class ContractionEmitter {
public:
  ContractionEmitter(mlir::OpBuilder &builder, ContractOp op);
  void emit();

private:
  /// One value an operand: the position, in elements, that the loops emitted
  /// so far have reached.
  using Positions = llvm::SmallVector<mlir::Value>;
  using Vectors = llvm::SmallVector<mlir::Value>;
  /// The part of a tile that the extents fill.
  struct Tile {
    int64_t rows = 0, columns = 0;
  };
  /// A vector of an operand: which row, which vector of columns.
  struct Place {
    int64_t row = 0, vector = 0;
  };

  int64_t stepsOf(unsigned level);
  double countBytes();
  void emitTaskStep(unsigned level, unsigned depth, mlir::Value step, Tile tile,
                    const Positions &positions);
  void emitLevel(unsigned level, Tile tile, const Positions &positions);
  using Moving = MovingOperand;

  void emitPanel(unsigned level, Tile tile, const Positions &positions);
  void fillPanel(llvm::ArrayRef<int64_t> shape, mlir::Value panel,
                 const Positions &positions);
  void
  forEachVector(int64_t count, unsigned dim, llvm::SmallVector<Moving> moving,
                llvm::function_ref<void(llvm::ArrayRef<Moving>, int64_t)> body);
  void transformVector(llvm::ArrayRef<Moving> moving, unsigned dim,
                       int64_t filled);
  void emitTile(Tile tile, const Positions &positions);
  Vectors emitReduction(int64_t loop, Tile tile, const Positions &positions,
                        Vectors sums);
  Vectors emitUnrolled(int64_t loop, Tile tile, const Positions &positions,
                       llvm::SmallVector<int64_t> &point, Vectors sums);
  Vectors emitStep(Tile tile, const Positions &positions,
                   llvm::ArrayRef<int64_t> point, Vectors sums);
  void emitEpilogue(Tile tile, const Positions &positions,
                    llvm::ArrayRef<mlir::Value> sums);
  bool movesEvenly(Tile tile);
  void emitEpilogueLoop(Tile tile, const Positions &positions,
                        llvm::ArrayRef<mlir::Value> sums);
  void finishVector(llvm::ArrayRef<Moving> moving, int64_t filled);

  /// Runs `body` `count` times, `loop` advancing by `stride` each time.
  void emitLoop(unsigned loop, int64_t stride, int64_t count,
                const Positions &positions,
                llvm::function_ref<void(const Positions &)> body);
  Positions advance(const Positions &positions, unsigned loop, int64_t value);
  Positions advance(const Positions &positions, unsigned loop, int64_t stride,
                    mlir::Value step);

  mlir::Value load(unsigned operand, Tile tile, const Positions &positions,
                   llvm::ArrayRef<int64_t> point, Place place);

  int64_t columnStride(unsigned operand) const;
  /// True if the operand has one element for all rows (columns).
  bool sharesRows(unsigned operand);
  int64_t vectorsOf(Tile tile) const;
  int64_t lanesOf(Tile tile, Place place) const;
  mlir::Value position(unsigned operand, const Positions &positions,
                       llvm::ArrayRef<int64_t> point, Place place);
  mlir::Value index(int64_t value);
  mlir::Value zeros(mlir::Type element);

  mlir::OpBuilder &builder;
  ContractOp op;
  mlir::Location loc;
  int64_t lanes, numLoops, row, column;
  mlir::Type element;
  llvm::SmallVector<OperandAccess> accesses;
  /// The operands as one-dimensional memrefs.
  llvm::SmallVector<mlir::Value> buffers;
  /// Loops of `order` outside of the panel; none where it has been filled.
  std::optional<unsigned> panelLevel;
  /// A task's own; null without a prologue.
  mlir::Value panel;
};

} // namespace kiln::cpu

#endif // KILN_LIB_CODEGEN_CPU_KERNELS_CONTRACTIONEMITTER_H
