//===- BlockedEpilogue.h - From accumulators to blocked results ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_CODEGEN_CPU_KERNELS_BLOCKEDEPILOGUE_H
#define KILN_LIB_CODEGEN_CPU_KERNELS_BLOCKEDEPILOGUE_H

#include "OperandAccess.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinAttributes.h"

#include <array>

namespace kiln::cpu {

/// An operand of a kernel over blocked tensors as a one-dimensional memref, and
/// where in it lies what the loops (n, block, h, w, lane) point to.
struct BlockedOperand {
  /// `operand` is a memref with static shape and strides.
  BlockedOperand(mlir::OpBuilder &builder, mlir::Location loc,
                 mlir::Value operand, mlir::AffineMap map);

  mlir::Value buffer;
  OperandAccess access;
};

/// The last step of a kernel over blocked tensors: vectors of a block's
/// channels go through the body of its operation, with vectors of the extras,
/// to the result.
class BlockedEpilogue {
public:
  /// `body` goes from the accumulator and an element of each extra to the
  /// element stored; `maps` from the loops (n, block, h, w, lane) to the
  /// dimensions of each extra; `out` is [N, blocks, H, W, lanes].
  BlockedEpilogue(mlir::OpBuilder &builder, mlir::Location loc,
                  mlir::Block &body, mlir::ValueRange extras,
                  llvm::ArrayRef<mlir::AffineMap> maps, mlir::Value out);

  /// Blocks, rows and columns of a tile.
  using Extents = std::array<int64_t, 3>;

  /// Stores the accumulators of a tile, those of neighbouring columns one after
  /// another, then rows, then blocks: `point` holds (n, block, h, w) of the
  /// first, each index-typed.
  void emit(llvm::ArrayRef<mlir::Value> point,
            llvm::ArrayRef<mlir::Value> accumulators, const Extents &extents);
  /// Those of neighbouring pixels of a row.
  void emit(llvm::ArrayRef<mlir::Value> point,
            llvm::ArrayRef<mlir::Value> accumulators) {
    emit(point, accumulators,
         {1, 1, static_cast<int64_t>(accumulators.size())});
  }

  /// The operands' strides allow all rows to be taken for one of `width` times
  /// their number.
  bool rowsFollowOneAnother(int64_t width) const;

private:
  /// Where the pixel `point` lies in an operand, from the outermost loop on, so
  /// that what inner loops do not move is computed outside of them.
  mlir::Value position(const BlockedOperand &operand,
                       llvm::ArrayRef<mlir::Value> point);
  /// The vector or, where all lanes share an element, the broadcast of it.
  mlir::Value load(const BlockedOperand &operand, mlir::Value position);
  void finish(llvm::ArrayRef<mlir::Value> positions, mlir::Value accumulator);
  void emitLoop(llvm::ArrayRef<mlir::Value> positions,
                llvm::ArrayRef<mlir::Value> accumulators,
                const Extents &extents);
  mlir::Value index(int64_t value);
  mlir::Value getScratch(int64_t vectors);

  mlir::OpBuilder &builder;
  mlir::Location loc;
  mlir::Block &body;
  /// The extras, then the result.
  llvm::SmallVector<BlockedOperand> operands;
  int64_t lanes;
  bool calls;
  /// Where accumulators wait for a loop; of a task.
  mlir::Value scratch;
};

} // namespace kiln::cpu

#endif // KILN_LIB_CODEGEN_CPU_KERNELS_BLOCKEDEPILOGUE_H
