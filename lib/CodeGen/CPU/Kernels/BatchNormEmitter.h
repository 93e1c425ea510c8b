//===- BatchNormEmitter.h - Loops over vectors of one cpu.batch_norm ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_CODEGEN_CPU_KERNELS_BATCHNORMEMITTER_H
#define KILN_LIB_CODEGEN_CPU_KERNELS_BATCHNORMEMITTER_H

#include "ChannelRuns.h"
#include "kiln/CodeGen/CPU/IR/CPU.h"

namespace kiln::cpu {

/// Writes the loops of a `cpu.batch_norm` on memrefs: tasks over channels (or
/// blocks of them), in each the sums of the channel, its factors, and the
/// result, from the last image to the first.
class BatchNormEmitter {
public:
  BatchNormEmitter(mlir::OpBuilder &builder, BatchNormOp op);
  void emit();

private:
  using Vectors = llvm::SmallVector<mlir::Value>;

  /// Of a channel, in f64: vectors for a block, numbers otherwise.
  struct Statistics {
    mlir::Value mean, variance;
  };
  /// result = (x - centre) * factor + offset, vectors of the element type.
  struct Factors {
    mlir::Value centre, factor, offset;
  };

  void emitChannel(mlir::Value channel);
  mlir::Value findShift(mlir::Value channel);
  Statistics sumUp(mlir::Value channel);
  Statistics finishSums(mlir::Value shift, llvm::ArrayRef<mlir::Value> sums);
  Factors makeFactors(mlir::Value channel, Statistics statistics);
  void normalise(mlir::Value channel, const Factors &factors);
  void normalise(mlir::Value channel, const Factors &factors, bool streams);
  int64_t bytesOfResult();

  /// Elements of a vector with one for each channel: a number, or a vector of
  /// a block's.
  mlir::Value loadParameter(mlir::Value buffer, mlir::Value channel);
  void storeStatistic(mlir::Value value, mlir::Value buffer,
                      mlir::Value channel);
  /// Which lanes of a block are channels; null where all are.
  mlir::Value channelMask(mlir::Value channel);
  mlir::Value firstLanes(int64_t filled);

  mlir::Value constant(double value, mlir::Type type);
  mlir::Value index(int64_t value);
  mlir::Value widen(mlir::Value value);
  mlir::Value narrow(mlir::Value value);
  /// `value`, or a vector with it in all lanes.
  mlir::Value spread(mlir::Value value);

  mlir::OpBuilder &builder;
  BatchNormOp op;
  mlir::Location loc;
  mlir::Type element;
  int64_t lanes;
  bool blocked;
  /// The input alone, and the input, the extras and the result.
  ChannelRuns reading, passing;
  mlir::Value scale, offset, mean, variance;
};

} // namespace kiln::cpu

#endif // KILN_LIB_CODEGEN_CPU_KERNELS_BATCHNORMEMITTER_H
