//===- GenericBuilder.cpp - Short ways to linalg.generic ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "GenericBuilder.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace kiln {

Value buildGeneric(OpBuilder &builder, Location loc,
                   ArrayRef<MappedTensor> inputs, MappedTensor init,
                   ElementFn body) {
  SmallVector<Value> values;
  SmallVector<AffineMap> maps;
  for (const MappedTensor &input : inputs) {
    values.push_back(input.value);
    maps.push_back(input.map);
  }
  maps.push_back(init.map);
  SmallVector<utils::IteratorType> iterators;
  for (unsigned loop = 0; loop < init.map.getNumDims(); ++loop)
    iterators.push_back(init.map.isFunctionOfDim(loop)
                            ? utils::IteratorType::parallel
                            : utils::IteratorType::reduction);
  auto generic = linalg::GenericOp::create(
      builder, loc, init.value.getType(), values, init.value, maps, iterators,
      [&](OpBuilder &inner, Location at, ValueRange arguments) {
        linalg::YieldOp::create(inner, at, body(inner, at, arguments));
      });
  return generic.getResult(0);
}

Value buildParallel(OpBuilder &builder, Location loc, RankedTensorType type,
                    ArrayRef<MappedTensor> inputs, ElementFn body) {
  auto identity = builder.getMultiDimIdentityMap(type.getRank());
  return buildGeneric(builder, loc, inputs,
                      {createEmpty(builder, loc, type), identity}, body);
}

Value createEmpty(OpBuilder &builder, Location loc, RankedTensorType type) {
  return tensor::EmptyOp::create(builder, loc, type.getShape(),
                                 type.getElementType());
}

Value createScalar(OpBuilder &builder, Location loc, Type type, double value) {
  TypedAttr attr;
  if (auto floating = dyn_cast<FloatType>(type))
    attr = builder.getFloatAttr(floating, value);
  else
    attr = builder.getIntegerAttr(type, static_cast<int64_t>(value));
  return arith::ConstantOp::create(builder, loc, attr);
}

Value createFilled(OpBuilder &builder, Location loc, RankedTensorType type,
                   double value) {
  Value scalar = createScalar(builder, loc, type.getElementType(), value);
  return linalg::FillOp::create(builder, loc, scalar,
                                createEmpty(builder, loc, type))
      .getResult(0);
}

Value padSpatial(OpBuilder &builder, Location loc, Value input,
                 ArrayRef<int64_t> padLow, ArrayRef<int64_t> sizes,
                 double value) {
  auto type = cast<RankedTensorType>(input.getType());
  SmallVector<int64_t> shape(type.getShape()), slice(type.getShape());
  SmallVector<OpFoldResult> target(2, builder.getIndexAttr(0));
  for (auto [i, size] : llvm::enumerate(sizes)) {
    shape[i + 2] = size;
    slice[i + 2] = std::min(slice[i + 2], size - padLow[i]);
    target.push_back(builder.getIndexAttr(padLow[i]));
  }
  // A larger input than what is read does no harm.
  bool fits = llvm::all_of(padLow, [](int64_t pad) { return pad == 0; });
  for (auto [size, have] : llvm::zip_equal(shape, type.getShape()))
    fits &= size <= have;
  if (fits)
    return input;
  SmallVector<OpFoldResult> zeros(shape.size(), builder.getIndexAttr(0));
  SmallVector<OpFoldResult> ones(shape.size(), builder.getIndexAttr(1));
  SmallVector<OpFoldResult> extents;
  for (int64_t size : slice)
    extents.push_back(builder.getIndexAttr(size));
  Value padded = createFilled(
      builder, loc, RankedTensorType::get(shape, type.getElementType()), value);
  Value cut = input;
  if (ArrayRef(slice) != type.getShape())
    cut = tensor::ExtractSliceOp::create(
        builder, loc, RankedTensorType::get(slice, type.getElementType()),
        input, zeros, extents, ones);
  return tensor::InsertSliceOp::create(builder, loc, cut, padded, target,
                                       extents, ones);
}

Value convertFloat(OpBuilder &builder, Location loc, Value value, Type type) {
  unsigned from = value.getType().getIntOrFloatBitWidth();
  unsigned to = type.getIntOrFloatBitWidth();
  if (from < to)
    return arith::ExtFOp::create(builder, loc, type, value);
  if (from > to)
    return arith::TruncFOp::create(builder, loc, type, value);
  return value;
}

Value buildMaximum(OpBuilder &builder, Location loc, Value value, Value soFar) {
  Value greater = arith::CmpFOp::create(builder, loc, arith::CmpFPredicate::OGT,
                                        value, soFar);
  Value isNaN = arith::CmpFOp::create(builder, loc, arith::CmpFPredicate::UNO,
                                      value, value);
  Value take = arith::OrIOp::create(builder, loc, greater, isNaN);
  return arith::SelectOp::create(builder, loc, take, value, soFar);
}

Value buildSum(OpBuilder &builder, Location loc, Value soFar, Value value) {
  return arith::AddFOp::create(builder, loc, soFar, value,
                               arith::FastMathFlags::reassoc);
}

} // namespace kiln
