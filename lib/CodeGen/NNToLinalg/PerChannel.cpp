//===- PerChannel.cpp - Arithmetic on one value a channel ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PerChannel.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace kiln {

Value perChannel(OpBuilder &builder, Location loc, ArrayRef<Value> inputs,
                 Type type, ElementFn body) {
  auto shape = cast<RankedTensorType>(inputs.front().getType()).getShape();
  AffineMap identity = builder.getMultiDimIdentityMap(1);
  SmallVector<MappedTensor> mapped;
  for (Value input : inputs)
    mapped.push_back({input, identity});
  return buildParallel(builder, loc, RankedTensorType::get(shape, type), mapped,
                       [&](OpBuilder &b, Location at, ValueRange e) {
                         SmallVector<Value> wide;
                         for (Value value : e.drop_back())
                           wide.push_back(
                               convertFloat(b, at, value, b.getF64Type()));
                         return convertFloat(b, at, body(b, at, wide), type);
                       });
}

Value asType(OpBuilder &builder, Location loc, Value vector, Type type) {
  if (getElementTypeOrSelf(vector.getType()) == type)
    return vector;
  return perChannel(builder, loc, {vector}, type,
                    [](OpBuilder &, Location, ValueRange e) { return e[0]; });
}

Value scaled(OpBuilder &builder, Location loc, Value vector, double divisor) {
  return perChannel(builder, loc, {vector}, builder.getF64Type(),
                    [&](OpBuilder &b, Location at, ValueRange e) -> Value {
                      Value by = createScalar(b, at, b.getF64Type(), divisor);
                      return arith::DivFOp::create(b, at, e[0], by);
                    });
}

} // namespace kiln
