//===- Blocked.h - Activations with their channels in blocks ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// In the blocked layout an activation [N, C, H, W] is a tensor
// [N, ceil(C / V), H, W, V]: V channels, as many as a vector register holds,
// lie side by side. The lanes of the last block beyond C hold anything.
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_CODEGEN_CPU_LAYOUT_BLOCKED_H
#define KILN_LIB_CODEGEN_CPU_LAYOUT_BLOCKED_H

#include "Epilogue.h"

namespace kiln::cpu {

/// The type of `plain` (rank 4, static) in blocks of `lanes` channels.
mlir::RankedTensorType blockedType(mlir::RankedTensorType plain, int64_t lanes);

/// True if `plain` was made in blocks: packing it costs nothing.
bool isBlocked(mlir::Value plain, int64_t lanes);

/// `plain` in blocks (`linalg.pack`; a constant is rearranged here), and back
/// to its type (`linalg.unpack`). One undoes the other where it made the
/// operand.
mlir::Value packChannels(mlir::OpBuilder &builder, mlir::Location loc,
                         mlir::Value plain, int64_t lanes);
mlir::Value unpackChannels(mlir::OpBuilder &builder, mlir::Location loc,
                           mlir::Value blocked, mlir::RankedTensorType plain);

/// An operand of a kernel over blocked tensors, and the map from the loops
/// (n, block, h, w, lane) to its dimensions.
struct BlockedExtra {
  mlir::Value value;
  mlir::AffineMap map;
};

/// True if `blockExtra` can bring this operand of an epilogue over a tensor
/// [N, C, H, W] into a form that is read by vectors of channels.
bool canBlockExtra(const ElementwiseChain::Extra &extra);

/// The operand in that form: a tensor with an element for each channel and
/// position is put in blocks, one along channels alone gets whole blocks, and
/// one that does not depend on the channel stays. Requires canBlockExtra.
BlockedExtra blockExtra(mlir::OpBuilder &builder, mlir::Location loc,
                        const ElementwiseChain::Extra &extra, int64_t lanes);

/// All of an epilogue's.
llvm::SmallVector<BlockedExtra> blockExtras(mlir::OpBuilder &builder,
                                            mlir::Location loc,
                                            const ElementwiseChain &chain,
                                            int64_t lanes);

} // namespace kiln::cpu

#endif // KILN_LIB_CODEGEN_CPU_LAYOUT_BLOCKED_H
