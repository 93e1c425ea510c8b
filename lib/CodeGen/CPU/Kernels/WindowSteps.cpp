//===- WindowSteps.cpp - What a window's loops are made of ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "WindowEmitter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace kiln::cpu {

Value WindowEmitter::index(int64_t value) {
  return arith::ConstantIndexOp::create(builder, loc, value);
}

Value WindowEmitter::add(Value a, Value b) {
  return builder.createOrFold<arith::AddIOp>(loc, a, b);
}

Value WindowEmitter::advance(Value position, Value times, int64_t distance) {
  return add(position,
             builder.createOrFold<arith::MulIOp>(loc, times, index(distance)));
}

Value WindowEmitter::load(const BlockedOperand &operand, Value position,
                          int64_t distance) {
  return vector::LoadOp::create(builder, loc, vector, operand.buffer,
                                add(position, index(distance)));
}

/// Which of two zeros a maximum is does not matter; a NaN stays one. Where that
/// takes a comparison of its own, LLVM compares `a` with itself: it is to be
/// the one that several maxima share.
static Value maximum(OpBuilder &builder, Location loc, Value a, Value b) {
  return arith::MaximumFOp::create(builder, loc, a, b,
                                   arith::FastMathFlags::nsz);
}

Value WindowEmitter::step(Value accumulator, Value element, Value weight) {
  switch (op.getCombine()) {
  case Combine::MultiplyAdd:
    return vector::FMAOp::create(builder, loc, element, weight, accumulator);
  case Combine::Maximum:
    return maximum(builder, loc, element, accumulator);
  case Combine::Sum:
    return arith::AddFOp::create(builder, loc, accumulator, element);
  }
  llvm_unreachable("all ways to combine are handled");
}

Value WindowEmitter::join(Value a, Value b) {
  if (op.getCombine() == Combine::Maximum)
    return maximum(builder, loc, a, b);
  return arith::AddFOp::create(builder, loc, a, b);
}

Value WindowEmitter::neutral() {
  auto element = cast<FloatType>(vector.getElementType());
  APFloat value = op.getCombine() == Combine::Maximum
                      ? APFloat::getInf(element.getFloatSemantics(),
                                        /*Negative=*/true)
                      : APFloat::getZero(element.getFloatSemantics());
  return arith::ConstantOp::create(builder, loc,
                                   DenseElementsAttr::get(vector, value));
}

Value WindowEmitter::start(Value block) {
  if (!starts)
    return neutral();
  return load(
      *starts,
      advance(index(starts->access.origin()), block, starts->access.step(0, 1)),
      0);
}

void WindowEmitter::forEach(Value first, Value last, int64_t step,
                            function_ref<void(Value)> body) {
  auto from = getConstantIntValue(first), to = getConstantIntValue(last);
  if (from && to && *to - *from == step)
    return body(first);
  auto loop = scf::ForOp::create(builder, loc, first, last, index(step));
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(loop.getBody());
  body(loop.getInductionVar());
}

WindowEmitter::Vectors WindowEmitter::emitLoop(Value first, Value last,
                                               Vectors accumulators,
                                               FoldFn body) {
  auto loop =
      scf::ForOp::create(builder, loc, first, last, index(1), accumulators);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(loop.getBody());
  Vectors carried = llvm::to_vector(ValueRange(loop.getRegionIterArgs()));
  scf::YieldOp::create(builder, loc,
                       body(loop.getInductionVar(), std::move(carried)));
  return llvm::to_vector(ValueRange(loop.getResults()));
}

} // namespace kiln::cpu
