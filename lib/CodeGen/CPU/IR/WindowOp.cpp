//===- WindowOp.cpp - Constraints and cost of cpu.window ---*- C++ -*-===//
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

//===----------------------------------------------------------------------===//
// Constraints
//===----------------------------------------------------------------------===//

static ArrayRef<int64_t> shapeOf(Value value) {
  return cast<ShapedType>(value.getType()).getShape();
}

static Type elementType(Value value) {
  return cast<ShapedType>(value.getType()).getElementType();
}

static LogicalResult verifyShapes(WindowOp op) {
  ArrayRef<int64_t> in = op.getInputShape(), out = op.getOutShape();
  auto isEmpty = [](int64_t size) { return size < 1; };
  if (in.size() != 5 || out.size() != 5 ||
      in.take_front(2) != out.take_front(2) || in.back() != out.back() ||
      llvm::any_of(in, isEmpty) || llvm::any_of(out, isEmpty))
    return op.emitOpError(
        "(window-C1) expects input and out of five extents of "
        "at least 1, with the same batch, blocks and lanes");
  int64_t least = std::min<int64_t>(op.getColumns(), op.getTasks());
  for (ArrayRef<int64_t> each :
       {op.getKernel(), op.getStrides(), op.getDilations(), op.getPadLow()})
    if (each.size() != 2)
      return op.emitOpError("(window-C2) expects two entries of kernel, "
                            "strides, dilations and pad_low");
  for (int dim : {0, 1})
    least = std::min({least, op.getKernel()[dim], op.getStrides()[dim],
                      op.getDilations()[dim], op.getPadLow()[dim] + 1});
  if (least < 1)
    return op.emitOpError("(window-C2) expects kernel, strides, dilations, "
                          "columns and tasks of at least 1, and padding of at "
                          "least 0");
  return success();
}

static LogicalResult verifyParameters(WindowOp op) {
  bool multiplies = op.getCombine() == Combine::MultiplyAdd;
  int64_t blocks = op.getOutShape()[1], lanes = op.getLanes();
  SmallVector<int64_t> weights{blocks, op.getKernel()[0], op.getKernel()[1],
                               lanes};
  if (multiplies != static_cast<bool>(op.getWeights()) ||
      (multiplies && shapeOf(op.getWeights()) != ArrayRef(weights)) ||
      (op.getStart() && shapeOf(op.getStart()) != ArrayRef({blocks, lanes})))
    return op.emitOpError("(window-C3) expects weights [CB, KH, KW, V] exactly "
                          "with multiply_add, and start [CB, V]");
  Type element = elementType(op.getOut());
  auto differs = [&](Value value) {
    return value && elementType(value) != element;
  };
  if (!isa<FloatType>(element) || differs(op.getInput()) ||
      differs(op.getWeights()) || differs(op.getStart()))
    return op.emitOpError("(window-C4) expects one floating-point element type "
                          "of input, weights, start and out");
  return success();
}

/// True if a step along the lanes is one to the next element, or none: the one
/// result that the lanes move has only dimensions of size 1 behind it.
static bool movesByLanes(AffineMap map, ArrayRef<int64_t> shape) {
  SmallVector<int64_t> first(5, 0), second(5, 0);
  second.back() = 1;
  SmallVector<int64_t> from = map.compose(ArrayRef<int64_t>(first)),
                       to = map.compose(ArrayRef<int64_t>(second));
  int64_t stride = 0, step = 1;
  for (size_t dim = shape.size(); dim-- > 0; step *= shape[dim])
    stride += (to[dim] - from[dim]) * step;
  return stride == 0 || stride == 1;
}

static LogicalResult verifyExtras(WindowOp op) {
  if (failed(verifyExtraMaps(op, op.getMaps(), op.getExtras(), /*numLoops=*/5,
                             "window-C5")))
    return failure();
  for (auto [i, extra] : llvm::enumerate(op.getExtras()))
    if (!movesByLanes(op.getMap(i), shapeOf(extra)))
      return op.emitOpError("(window-C5) expects the lanes of extra ")
             << i << " side by side, or one element for all of them";
  return verifyElementBody(op, op.getBody(), elementType(op.getOut()),
                           op.getExtras(), "window-C6");
}

/// Strides are known, and the innermost dimension lies side by side.
static bool isPlain(Type type) {
  auto memref = dyn_cast<MemRefType>(type);
  SmallVector<int64_t> strides;
  int64_t offset;
  if (!memref || failed(memref.getStridesAndOffset(strides, offset)))
    return false;
  return llvm::all_of(strides, ShapedType::isStatic) &&
         (strides.empty() || strides.back() == 1);
}

LogicalResult WindowOp::verify() {
  if (failed(verifyKernelOperands(*this, "window-C7")) ||
      failed(verifyShapes(*this)) || failed(verifyParameters(*this)) ||
      failed(verifyExtras(*this)))
    return failure();
  if (isa<MemRefType>(getOut().getType()) &&
      !llvm::all_of(getOperandTypes(), isPlain))
    return emitOpError("(window-C7) expects memrefs with static strides and "
                       "lanes side by side");
  return success();
}

//===----------------------------------------------------------------------===//
// Cost
//===----------------------------------------------------------------------===//

/// A step of a product is two operations, one of a sum or a maximum is one.
static int64_t flopsOfStep(WindowOp op) {
  return op.getCombine() == Combine::MultiplyAdd ? 2 : 1;
}

/// Lanes beyond the last channel, which the operation does not know, count.
int64_t WindowOp::getNominalFlops() {
  return flopsOfStep(*this) * llvm::product_of(getOutShape()) *
         llvm::product_of(getKernel());
}

/// Taps that meet the input, over all positions along one dimension.
static int64_t countTaps(WindowOp op, int dim) {
  return ConvAxis{op.getInputShape()[dim + 2], op.getOutShape()[dim + 2],
                  op.getKernel()[dim],         op.getStrides()[dim],
                  op.getDilations()[dim],      op.getPadLow()[dim]}
      .countReads();
}

int64_t WindowOp::getExecutedFlops() {
  ArrayRef<int64_t> shape = getOutShape();
  return flopsOfStep(*this) * shape[0] * shape[1] * shape[4] *
         countTaps(*this, 0) * countTaps(*this, 1);
}
