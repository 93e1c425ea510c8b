//===- WinogradEmitter.h - Loops over vectors of cpu.winograd ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_CODEGEN_CPU_KERNELS_WINOGRADEMITTER_H
#define KILN_LIB_CODEGEN_CPU_KERNELS_WINOGRADEMITTER_H

#include "../WinogradTransform.h"
#include "BlockedEpilogue.h"
#include "kiln/CodeGen/CPU/IR/CPU.h"

namespace kiln::cpu {

/// Writes the loops of a `cpu.winograd` on memrefs. A task is a block of tiles
/// of an image and a part of the output channels: the input goes through B^T d
/// B to scratch memory, all products are computed, and these go through A^T p A
/// and the body to the result. Tiles at the border are first copied
/// among zeros, so nothing outside of the input is read; what lies outside of
/// the result is not stored.
///
/// Scratch memory, in vectors: transformed [n * n][input blocks][tiles] and
/// products [n * n][blocks of a part][tiles], both with a line of padding after
/// each position, since n * n lines at a distance of a power of two would fall
/// into few sets of the first cache.
class WinogradEmitter {
public:
  WinogradEmitter(mlir::OpBuilder &builder, WinogradOp op);
  void emit();

private:
  using Vectors = llvm::SmallVector<mlir::Value>;
  /// A place in a one-dimensional memref.
  struct Place {
    mlir::Value buffer, position;
  };
  /// A tile of the block: its index in it, its position in the grid of tiles.
  struct Tile {
    mlir::Value index, row, column;
  };
  /// A register tile: `count` tiles of the block from `first` on.
  struct TileGroup {
    mlir::Value first;
    int64_t count = 0;
  };

  // WinogradEmitter.cpp: the task and its transforms.
  void emitTask(mlir::Value task);
  void emitInputTransform();
  void transformInput(mlir::Value block, const Tile &tile);
  void transformInputTile(Place from, int64_t rowStride, int64_t columnStride,
                          mlir::Value to);
  mlir::Value inputPosition(mlir::Value block, mlir::Value y, mlir::Value x);
  void fillPatch(mlir::Value block, mlir::Value y, mlir::Value x);
  void emitOutputTransform(mlir::Value part);
  void transformOutput(mlir::Value block, mlir::Value blockInPart,
                       const Tile &tile);
  void storeRow(mlir::Value block, mlir::Value y, const Tile &tile,
                llvm::ArrayRef<mlir::Value> pixels);
  mlir::Value isInside(mlir::Value y, mlir::Value x);
  void forEachTile(llvm::function_ref<void(const Tile &)> body);

  // WinogradProducts.cpp: the matrix products between them.
  void emitProducts(mlir::Value part);
  void emitTileGroup(TileGroup group, mlir::Value positionIndex,
                     mlir::Value channelGroup, mlir::Value panel);
  Vectors emitChannels(TileGroup group, Place transformed, Place weights,
                       int64_t count, mlir::Value ahead, Vectors sums);
  Vectors emitChannel(TileGroup group, Place transformed, Place weights,
                      Vectors sums);
  void emitPrefetch(mlir::Value ahead);
  int64_t prefetchShare();
  /// Register tiles in a block of tiles.
  int64_t countGroups();

  // Arithmetic on indices, folded where it can be.
  mlir::Value index(int64_t value);
  mlir::Value add(mlir::Value lhs, mlir::Value rhs);
  mlir::Value add(mlir::Value lhs, int64_t rhs);
  mlir::Value scale(mlir::Value value, int64_t factor);
  /// Quotient and remainder.
  std::pair<mlir::Value, mlir::Value> divide(mlir::Value value,
                                             int64_t divisor);
  void forLoop(mlir::Value count, llvm::function_ref<void(mlir::Value)> body);
  void forLoop(int64_t count, llvm::function_ref<void(mlir::Value)> body);
  mlir::Value load(Place place, int64_t distance = 0);
  void store(mlir::Value value, Place place, int64_t distance = 0);
  mlir::Value allocate(int64_t elements);

  mlir::OpBuilder &builder;
  WinogradOp op;
  mlir::Location loc;
  WinogradTransform transform;
  mlir::VectorType vector;
  int64_t m, n, lanes, inBlocks, outBlocks, channels;
  int64_t height, width, outHeight, outWidth, tileColumns, numTiles;
  int64_t blockTiles, parts, groups, vectors;
  /// Elements between the positions of the scratch buffers.
  int64_t transformedStride, productsStride;
  BlockedOperand input;
  mlir::Value weights, transformed, products, patch, temporary;
  BlockedEpilogue epilogue;
  /// The task's image and its first tile.
  mlir::Value image, firstTile;
};

} // namespace kiln::cpu

#endif // KILN_LIB_CODEGEN_CPU_KERNELS_WINOGRADEMITTER_H
