//===- StripChain.h - Kernels that follow each other by strips ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_CODEGEN_CPU_KERNELS_STRIPCHAIN_H
#define KILN_LIB_CODEGEN_CPU_KERNELS_STRIPCHAIN_H

#include "kiln/CodeGen/CPU/IR/CPU.h"

namespace kiln::cpu {

struct Rows {
  int64_t first = 0, count = 0;
  bool operator==(const Rows &) const = default;
};

/// What a stage of a chain does for one strip of the chain's result: the rows
/// that it makes, those of its input that it reads for them, and how many rows
/// of padding come before the first of these.
struct StageRows {
  Rows out, in;
  int64_t padLow = 0;
  bool operator==(const StageRows &) const = default;
};

/// A kernel on buffers of blocks, [N, CB, H, W, V], as a stage; an elementwise
/// loop, whose operands are cut like a kernel's extras, can be the first.
struct Stage {
  mlir::Operation *op = nullptr;
  ConvAxis rows;

  mlir::Value getInput() const;
  mlir::Value getOut() const;
};

/// `op` as a stage: cpu.conv, cpu.window or an elementwise linalg.generic whose
/// extras can be cut into images and rows.
std::optional<Stage> asStage(mlir::Operation *op);

/// Strips `first` to `first + count` of a result: they do the same, each some
/// rows behind the one before.
struct StripGroup {
  int64_t first = 0, count = 1;
  /// Of the first strip, a stage each.
  llvm::SmallVector<StageRows> rows;
  /// From strip to strip, in rows: of each stage's result and input.
  llvm::SmallVector<Rows> steps;
};

/// The strips of `height` rows of the last stage's result, in groups; nothing
/// where a strip would read no row of some stage's input.
std::optional<llvm::SmallVector<StripGroup>>
splitIntoStrips(llvm::ArrayRef<Stage> chain, int64_t height);

/// Replaces the chain, at the place of its last stage, by one `scf.parallel`
/// over the strips of all images, in which all stages follow each other. What
/// one stage leaves to the next is kept in memory of the task.
void emitStrips(llvm::ArrayRef<Stage> chain, llvm::ArrayRef<StripGroup> groups);

/// Bytes that the results between the stages take in the largest strip.
int64_t scratchBytes(llvm::ArrayRef<Stage> chain,
                     llvm::ArrayRef<StripGroup> groups);

} // namespace kiln::cpu

#endif // KILN_LIB_CODEGEN_CPU_KERNELS_STRIPCHAIN_H
