//===- ChannelRuns.h - The elements of a channel, by vectors ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_CODEGEN_CPU_KERNELS_CHANNELRUNS_H
#define KILN_LIB_CODEGEN_CPU_KERNELS_CHANNELRUNS_H

#include "BlockedEpilogue.h"

namespace kiln::cpu {

/// All elements of a channel of activations [N, C, spatial...], or of a block
/// of channels of [N, CB, H, W, V], image by image and vector by vector.
/// Operands are read or written at the same position, each in its own way.
class ChannelRuns {
public:
  /// `shape` is that of the activation, whose dimensions are the loops that the
  /// operands' maps start from.
  ChannelRuns(mlir::OpBuilder &builder, mlir::Location loc,
              llvm::ArrayRef<int64_t> shape, int64_t lanes, bool blocked)
      : builder(builder), loc(loc), shape(shape), lanes(lanes),
        blocked(blocked) {}

  /// The further operand, a memref with static strides. Before any loop.
  void addOperand(mlir::Value operand, mlir::AffineMap map);

  using Vectors = llvm::SmallVector<mlir::Value>;
  /// A few vectors side by side: where the first lies in each operand, how many
  /// they are, how many elements of the last lanes hold, and where the group
  /// lies in the next image (of the last, in itself).
  struct Group {
    llvm::ArrayRef<mlir::Value> positions;
    int64_t count, filled;
    llvm::ArrayRef<mlir::Value> ahead;
  };
  using GroupFn = llvm::function_ref<Vectors(const Group &, Vectors carried)>;

  /// Calls `body` for all groups of at most `most` vectors of `channel`; what
  /// it returns is carried to its next call.
  Vectors walk(mlir::Value channel, int64_t most, bool backwards,
               Vectors carried, GroupFn body);

  /// The `vector`-th vector of a group; lanes beyond the filled ones are zero.
  mlir::Value load(unsigned operand, const Group &group, int64_t vector);
  /// Past the caches where `streams`: the memory must be on a vector's
  /// alignment, and a fence must follow before anyone is told of the result.
  void store(mlir::Value value, unsigned operand, const Group &group,
             int64_t vector, bool streams = false);
  /// Asks for the `vector`-th vector of the next image's group.
  void prefetch(unsigned operand, const Group &group, int64_t vector,
                bool isWrite);

  /// A run is too short for a processor to see that the next image's follows.
  bool runsAreShort() const;
  /// True if every vector of the operand is aligned where its memory begins
  /// aligned.
  bool isAlignedThroughout(unsigned operand) const;
  /// True at run time if the operand's memory begins on a vector's alignment.
  mlir::Value isAligned(unsigned operand);
  /// A vector of the first element of a channel, or of those of a block's.
  mlir::Value loadFirst(unsigned operand, mlir::Value channel);

private:
  /// The loops that are not the channel and not within a run, outermost first.
  llvm::SmallVector<unsigned> outerLoops() const;
  bool planesAreRuns() const;
  unsigned innermost() const { return shape.size() - (blocked ? 2 : 1); }
  /// Elements between neighbouring lanes, and between neighbouring vectors.
  int64_t laneStride(const BlockedOperand &operand) const;
  int64_t vectorStride(const BlockedOperand &operand) const;
  /// Where a walk has come in each operand, in this image and the next.
  struct Place {
    Vectors here, ahead;
  };
  Vectors walkOuter(llvm::ArrayRef<unsigned> loops, const Place &place,
                    int64_t most, bool backwards, Vectors carried,
                    GroupFn body);
  Vectors walkRun(const Place &place, int64_t most, Vectors carried,
                  GroupFn body);
  int64_t runLength() const;
  int64_t vectorBytes(const BlockedOperand &operand) const;
  Vectors createLoop(int64_t count, Vectors carried,
                     llvm::function_ref<Vectors(mlir::Value, Vectors)> body);
  /// `position + times * distance`
  mlir::Value advance(mlir::Value position, mlir::Value times,
                      int64_t distance);
  mlir::Value index(int64_t value);
  Vectors moved(llvm::ArrayRef<mlir::Value> positions, mlir::Value times,
                llvm::function_ref<int64_t(const BlockedOperand &)> distance);

  mlir::OpBuilder &builder;
  mlir::Location loc;
  llvm::SmallVector<int64_t> shape;
  int64_t lanes;
  bool blocked;
  llvm::SmallVector<BlockedOperand> operands;
};

} // namespace kiln::cpu

#endif // KILN_LIB_CODEGEN_CPU_KERNELS_CHANNELRUNS_H
