//===- ConvOp.cpp - Constraints of cpu.conv ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "kiln/CodeGen/CPU/IR/CPU.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace kiln::cpu;

bool ConvOp::isPointwise() {
  auto isOne = [](int64_t value) { return value == 1; };
  return llvm::all_of(getKernel(), isOne) &&
         llvm::all_of(getStrides(), isOne) &&
         llvm::all_of(getPadLow(), [](int64_t pad) { return pad == 0; }) &&
         getInputType().getShape().slice(2, 2) ==
             getOutType().getShape().slice(2, 2);
}

ConvAxis ConvOp::getAxis(unsigned dim) {
  return {getInputType().getDimSize(2 + dim),
          getOutType().getDimSize(2 + dim),
          getKernel()[dim],
          getStrides()[dim],
          getDilations()[dim],
          getPadLow()[dim]};
}

int64_t ConvOp::getNominalFlops() {
  ArrayRef<int64_t> out = getOutType().getShape();
  return 2 * out[0] * out[2] * out[3] *
         static_cast<int64_t>(getGroups() * getFilters() * getChannels()) *
         llvm::product_of(getKernel());
}

/// Taps in the padding are skipped; the last block's lanes are all computed.
int64_t ConvOp::getExecutedFlops() {
  ArrayRef<int64_t> out = getOutType().getShape();
  return 2 * out[0] * out[1] * out[4] * static_cast<int64_t>(getChannels()) *
         getAxis(0).countReads() * getAxis(1).countReads();
}

static LogicalResult verifyNumbers(ConvOp op) {
  auto areAtLeast = [](ArrayRef<int64_t> values, int64_t least) {
    return values.size() == 2 &&
           llvm::all_of(values, [&](int64_t value) { return value >= least; });
  };
  std::initializer_list<uint64_t> single = {op.getChannels(), op.getGroups(),
                                            op.getVectors(),  op.getRows(),
                                            op.getColumns(),  op.getUnrolled()};
  if (!areAtLeast(op.getKernel(), 1) || !areAtLeast(op.getStrides(), 1) ||
      !areAtLeast(op.getDilations(), 1) || !areAtLeast(op.getGrid(), 1) ||
      !areAtLeast(op.getPadLow(), 0) ||
      llvm::any_of(single, [](uint64_t value) {
        return static_cast<int64_t>(value) < 1;
      }))
    return op.emitOpError(
        "(conv-C5) expects two entries of at least 1 in kernel, strides, "
        "dilations and grid, two of at least 0 in pad_low, and at least 1 for "
        "channels, filters, groups, vectors, rows, columns and unrolled");
  return success();
}

static LogicalResult verifyInput(ConvOp op) {
  ShapedType input = op.getInputType(), out = op.getOutType();
  int64_t groups = op.getGroups(), channels = op.getChannels();
  if (out.getRank() != 5 ||
      out.getDimSize(1) !=
          groups * llvm::divideCeilSigned(op.getFilters(), out.getDimSize(4)) ||
      (input.getRank() != 4 && input.getRank() != 5) ||
      input.getDimSize(0) != out.getDimSize(0))
    return op.emitOpError(
        "(conv-C3) expects out in five dimensions with blocks "
        "for each of the groups, and as many images in four "
        "or five dimensions of input");
  int64_t lanes = op.getLanes();
  if (!op.hasBlockedInput()) {
    if (input.getDimSize(1) == groups * channels)
      return success();
    return op.emitOpError("(conv-C3) expects ")
           << groups * channels << " channels of a plain input, got "
           << input.getDimSize(1);
  }
  if (input.getDimSize(4) != lanes ||
      input.getDimSize(1) != groups * llvm::divideCeilSigned(channels, lanes) ||
      (groups > 1 && channels % lanes != 0))
    return op.emitOpError("(conv-C3) expects a blocked input with the lanes of "
                          "out and whole blocks for each group's channels");
  return success();
}

static LogicalResult verifyWeights(ConvOp op) {
  auto weights = cast<ShapedType>(op.getWeights().getType());
  int64_t expected = llvm::product_of(op.getKernel()) *
                     static_cast<int64_t>(op.getChannels()) *
                     op.getOutType().getDimSize(1) * op.getLanes();
  if (weights.getRank() == 1 && weights.getNumElements() == expected)
    return success();
  return op.emitOpError("(conv-C4) expects one dimension of ")
         << expected << " weights";
}

static LogicalResult verifyUnrolled(ConvOp op) {
  auto unrolled = static_cast<int64_t>(op.getUnrolled());
  int64_t channels = op.getChannels(), lanes = op.getLanes();
  bool several = op.hasBlockedInput() && channels > lanes;
  int64_t last = several ? channels % lanes : channels;
  if (last % unrolled == 0 && (!several || lanes % unrolled == 0))
    return success();
  return op.emitOpError("(conv-C8) expects to unroll a divisor of the channels "
                        "in each block of the input, got ")
         << unrolled;
}

LogicalResult ConvOp::verify() {
  if (failed(verifyKernelOperands(*this, "conv-C1")) ||
      failed(verifyNumbers(*this)) || failed(verifyInput(*this)) ||
      failed(verifyWeights(*this)) || failed(verifyUnrolled(*this)))
    return failure();
  Type element = getOutType().getElementType();
  if (!isa<FloatType>(element) || getElementTypeOrSelf(getInput()) != element ||
      getElementTypeOrSelf(getWeights()) != element)
    return emitOpError("(conv-C2) expects one floating-point element type of "
                       "input, weights and out");
  if (failed(verifyExtraMaps(*this, getMaps(), getExtras(), /*numLoops=*/5,
                             "conv-C6")))
    return failure();
  return verifyElementBody(*this, getBody(), element, getExtras(), "conv-C7");
}
