//===- BatchNormOp.cpp - Constraints and cost of cpu.batch_norm ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "kiln/CodeGen/CPU/IR/CPU.h"

#include "llvm/Support/MathExtras.h"

#include <cmath>

using namespace mlir;
using namespace kiln::cpu;

static ShapedType typeOf(Value value) {
  return cast<ShapedType>(value.getType());
}

static LogicalResult verifyShapes(BatchNormOp op) {
  ArrayRef<int64_t> shape = op.getShape();
  if (shape != typeOf(op.getOut()).getShape() || shape.size() < 3 ||
      llvm::any_of(shape, [](int64_t size) { return size < 1; }) ||
      (op.getBlocked() &&
       (shape.size() != 5 ||
        shape.back() != static_cast<int64_t>(op.getLanes()))))
    return op.emitOpError("(batch_norm-C1) expects input and out of one shape, "
                          "of three or more extents of at least 1; in blocks, "
                          "of five, the last of which is lanes");
  SmallVector<int64_t> vector{op.getChannels()};
  int64_t expected =
      op.getBlocked() ? llvm::divideCeilSigned(op.getChannels(), shape.back())
                      : op.getChannels();
  bool fits = shape[1] == expected;
  for (Value value :
       {op.getScale(), op.getOffset(), op.getMean(), op.getVariance()})
    fits &= typeOf(value).getShape() == ArrayRef(vector);
  if (!fits)
    return op.emitOpError("(batch_norm-C2) expects scale, offset, mean and "
                          "variance of as many elements as there are channels");
  return success();
}

static LogicalResult verifyTypes(BatchNormOp op) {
  auto isFloat = [](Value value) {
    return isa<Float32Type, Float64Type>(typeOf(value).getElementType());
  };
  auto isDouble = [](Value value) {
    return typeOf(value).getElementType().isF64();
  };
  if (isFloat(op.getInput()) &&
      typeOf(op.getInput()).getElementType() ==
          typeOf(op.getOut()).getElementType() &&
      isFloat(op.getScale()) && isFloat(op.getOffset()) &&
      isDouble(op.getMean()) && isDouble(op.getVariance()))
    return success();
  return op.emitOpError(
      "(batch_norm-C3) expects input and out of one type, f32 "
      "or f64 as scale and offset are, and mean and variance "
      "of f64");
}

/// Strides are known, and the parameters of neighbouring channels neighbours.
static bool hasFittingStrides(Type type) {
  auto memref = dyn_cast<MemRefType>(type);
  SmallVector<int64_t> strides;
  int64_t offset;
  if (!memref)
    return true;
  return succeeded(memref.getStridesAndOffset(strides, offset)) &&
         llvm::all_of(strides, ShapedType::isStatic) &&
         (strides.size() != 1 || strides.front() == 1);
}

LogicalResult BatchNormOp::verify() {
  if (failed(verifyKernelOperands(*this, "batch_norm-C7")))
    return failure();
  if (!llvm::all_of(getOperandTypes(), hasFittingStrides))
    return emitOpError("(batch_norm-C7) expects memrefs with static strides, "
                       "and vectors without gaps");
  if (failed(verifyShapes(*this)) || failed(verifyTypes(*this)))
    return failure();
  double epsilon = getEpsilon().convertToDouble();
  if (!std::isfinite(epsilon) || epsilon < 0 ||
      static_cast<int64_t>(getLanes()) < 1)
    return emitOpError("(batch_norm-C4) expects a finite epsilon of at least 0 "
                       "and lanes of at least 1");
  if (failed(verifyExtraMaps(*this, getMaps(), getExtras(), getShape().size(),
                             "batch_norm-C5")))
    return failure();
  return verifyElementBody(*this, getBody(), typeOf(getOut()).getElementType(),
                           getExtras(), "batch_norm-C6");
}

int64_t BatchNormOp::getCount() {
  ArrayRef<int64_t> shape = getShape();
  int64_t elements = llvm::product_of(shape) / shape[1];
  return getBlocked() ? elements / shape.back() : elements;
}

/// A difference, a sum and a multiply-add for the statistics; a difference and
/// a multiply-add for the result.
int64_t BatchNormOp::getNominalFlops() {
  return 7 * getCount() * getChannels();
}

int64_t BatchNormOp::getExecutedFlops() {
  return 7 * llvm::product_of(getShape());
}
