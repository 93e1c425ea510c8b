//===- OperandAccess.cpp - Where a contraction finds its operands' elements
//---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "OperandAccess.h"

#include "mlir/IR/AffineExpr.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace kiln::cpu {

static int64_t evaluate(AffineExpr expr, ArrayRef<int64_t> point) {
  if (auto constant = dyn_cast<AffineConstantExpr>(expr))
    return constant.getValue();
  if (auto dim = dyn_cast<AffineDimExpr>(expr))
    return point[dim.getPosition()];
  auto binary = cast<AffineBinaryOpExpr>(expr);
  int64_t lhs = evaluate(binary.getLHS(), point);
  int64_t rhs = evaluate(binary.getRHS(), point);
  switch (expr.getKind()) {
  case AffineExprKind::Add:
    return lhs + rhs;
  case AffineExprKind::Mul:
    return lhs * rhs;
  case AffineExprKind::FloorDiv:
    return llvm::divideFloorSigned(lhs, rhs);
  case AffineExprKind::CeilDiv:
    return llvm::divideCeilSigned(lhs, rhs);
  default:
    return llvm::mod(lhs, rhs);
  }
}

OperandAccess::OperandAccess(AffineMap map, MemRefType type) : map(map) {
  [[maybe_unused]] LogicalResult known =
      type.getStridesAndOffset(strides, offset);
  // Then the flat buffer begins with the view (flattenBuffer).
  if (ShapedType::isDynamic(offset))
    offset = 0;
  extent = offset + 1;
  for (auto [size, stride] : llvm::zip_equal(type.getShape(), strides))
    extent += (size - 1) * stride;
}

int64_t OperandAccess::at(ArrayRef<int64_t> point) const {
  int64_t position = offset;
  for (auto [expr, stride] : llvm::zip_equal(map.getResults(), strides))
    position += evaluate(expr, point) * stride;
  return position;
}

int64_t OperandAccess::origin() const {
  return at(SmallVector<int64_t>(map.getNumDims(), 0));
}

int64_t OperandAccess::step(unsigned loop, int64_t value) const {
  SmallVector<int64_t> point(map.getNumDims(), 0);
  point[loop] = value;
  return at(point) - origin();
}

} // namespace kiln::cpu
