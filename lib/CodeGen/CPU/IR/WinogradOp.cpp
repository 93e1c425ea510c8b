//===- WinogradOp.cpp - Constraints of cpu.winograd ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "kiln/CodeGen/CPU/IR/CPU.h"
#include "kiln/CodeGen/CPU/IR/KernelOps.h"

using namespace mlir;
using namespace kiln::cpu;

//===----------------------------------------------------------------------===//
// Constraints
//===----------------------------------------------------------------------===//

static Type elementType(Value value) {
  return cast<ShapedType>(value.getType()).getElementType();
}

static LogicalResult verifyShapes(WinogradOp op) {
  ArrayRef<int64_t> in = op.getInputType().getShape();
  ArrayRef<int64_t> weights = op.getWeightsType().getShape();
  ArrayRef<int64_t> out = op.getOutType().getShape();
  auto isEmpty = [](int64_t size) { return size < 1; };
  for (ArrayRef<int64_t> shape : {in, weights, out})
    if (shape.size() != 5 || llvm::any_of(shape, isEmpty))
      return op.emitOpError("(winograd-C1) expects input, weights and out of "
                            "five dimensions of at least 1");
  int64_t lanes = in[4];
  if (in[0] != out[0] || lanes != out[4] ||
      in[1] != llvm::divideCeilSigned(weights[3], lanes) ||
      weights[4] % lanes != 0)
    return op.emitOpError("(winograd-C1) expects one batch size and block size "
                          "of input and out, weights for the input's blocks, "
                          "and whole blocks of output channels");
  int64_t part = weights[2] * (weights[4] / lanes);
  if (weights[0] != llvm::divideCeilSigned(out[1], part))
    return op.emitOpError("(winograd-C1) expects weights of ")
           << llvm::divideCeilSigned(out[1], part) << " parts of " << part
           << " blocks for the " << out[1] << " of out, got " << weights[0];
  if (llvm::divideCeilSigned(op.getOutChannels(), lanes) != out[1])
    return op.emitOpError("(winograd-C1) expects out_channels to end in the "
                          "last block of out");
  return success();
}

static LogicalResult verifyTiles(WinogradOp op) {
  int64_t inputTile = op.getInputTile();
  if ((op.getOutputTile() != 2 && op.getOutputTile() != 4) ||
      op.getWeightsType().getDimSize(1) != inputTile * inputTile)
    return op.emitOpError("(winograd-C2) expects output_tile 2 and weights of "
                          "16 positions, or 4 and 36");
  if (op.getPadLow().size() != 2)
    return op.emitOpError("(winograd-C3) expects two entries of pad_low");
  for (auto [dim, low] : llvm::enumerate(op.getPadLow())) {
    int64_t high = op.getOutType().getDimSize(dim + 2) + 2 - low -
                   op.getInputType().getDimSize(dim + 2);
    if (low < 0 || low > 2 || high < 0 || high > 2)
      return op.emitOpError("(winograd-C3) expects 0 to 2 zeros at either end "
                            "of a dimension, got ")
             << low << " and " << high;
  }
  if (op.getBlockTiles() < 1 || op.getRows() < 1)
    return op.emitOpError("(winograd-C4) expects block_tiles and rows of at "
                          "least 1");
  return success();
}

/// True if neighbouring lanes are neighbours in an extra of `shape`, or share
/// an element.
static bool isByVectors(AffineMap map, ArrayRef<int64_t> shape) {
  SmallVector<int64_t> first(5, 0), second{0, 0, 0, 0, 1};
  SmallVector<int64_t> from = map.compose(ArrayRef<int64_t>(first));
  SmallVector<int64_t> to = map.compose(ArrayRef<int64_t>(second));
  int64_t distance = 0, stride = 1;
  for (size_t dim = shape.size(); dim-- > 0; stride *= shape[dim])
    distance += (to[dim] - from[dim]) * stride;
  return distance == 0 || distance == 1;
}

LogicalResult WinogradOp::verify() {
  Type element = elementType(getOut());
  bool isF32 = llvm::all_of(
      getOperands(), [](Value value) { return elementType(value).isF32(); });
  if (!isF32)
    return emitOpError("(winograd-C7) expects elements of f32");
  if (failed(verifyKernelOperands(*this, "winograd-C7")) ||
      failed(verifyShapes(*this)) || failed(verifyTiles(*this)) ||
      failed(verifyExtraMaps(*this, getMaps(), getExtras(), /*numLoops=*/5,
                             "winograd-C5")))
    return failure();
  for (auto [i, extra] : llvm::enumerate(getExtras()))
    if (!isByVectors(getMap(i), cast<ShapedType>(extra.getType()).getShape()))
      return emitOpError("(winograd-C5) expects neighbouring lanes of extra ")
             << i << " to be neighbours or to share an element";
  return verifyElementBody(*this, getBody(), element, getExtras(),
                           "winograd-C6");
}

//===----------------------------------------------------------------------===//
// Costs
//===----------------------------------------------------------------------===//

/// Multiplications and additions of the result's real channels.
int64_t WinogradOp::getNominalFlops() {
  ArrayRef<int64_t> out = getOutType().getShape();
  return 2 * 9 * out[0] * getOutChannels() * out[2] * out[3] *
         getWeightsType().getDimSize(3);
}

/// The products of all tiles, those that fill up the last block included, and
/// the transforms, the input's for each part of the output channels.
int64_t WinogradOp::getExecutedFlops() {
  ArrayRef<int64_t> weights = getWeightsType().getShape();
  int64_t tiles = getNumBlocks() * getBlockTiles();
  int64_t outChannels = weights[0] * weights[2] * weights[4];
  int64_t products = 2 * weights[1] * weights[3] * outChannels;
  int64_t m = getOutputTile(), n = getInputTile();
  int64_t input = (m == 2 ? 4 : 20) * 2 * n;
  int64_t output = (m == 2 ? 4 : 20) * (n + m);
  int64_t inChannels = getInputType().getDimSize(1) * getLanes();
  return tiles *
         (products + weights[0] * inChannels * input + outChannels * output);
}
