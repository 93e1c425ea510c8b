//===- Builders.cpp - Building what upstream dialects say ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Builders.h"

#include "kiln/Dialect/NN/Utils/Constants.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/ReshapeOpsUtils.h"

#include <limits>
#include <numeric>

using namespace mlir;

namespace kiln::onnx_import {

ArrayRef<int64_t> shapeOf(Value value) {
  return cast<RankedTensorType>(value.getType()).getShape();
}

Type elementTypeOf(Value value) {
  return cast<RankedTensorType>(value.getType()).getElementType();
}

/// Maps the loops over `shape` to an operand that broadcasts to it.
static AffineMap broadcastMap(MLIRContext *context, ArrayRef<int64_t> shape,
                              ArrayRef<int64_t> operand) {
  SmallVector<AffineExpr> results;
  size_t shift = shape.size() - operand.size();
  for (auto [i, size] : llvm::enumerate(operand))
    results.push_back(size == shape[shift + i]
                          ? getAffineDimExpr(shift + i, context)
                          : getAffineConstantExpr(0, context));
  return AffineMap::get(shape.size(), 0, results, context);
}

Value createEmpty(OpBuilder &builder, Location loc, ArrayRef<int64_t> shape,
                  Type elementType) {
  return tensor::EmptyOp::create(builder, loc, shape, elementType);
}

Type signlessType(Type type) {
  auto integer = dyn_cast<IntegerType>(type);
  return integer ? IntegerType::get(type.getContext(), integer.getWidth())
                 : type;
}

Value toElementType(OpBuilder &builder, Location loc, Value tensor,
                    Type elementType) {
  auto type = cast<RankedTensorType>(tensor.getType());
  if (type.getElementType() == elementType)
    return tensor;
  return tensor::BitcastOp::create(
      builder, loc, RankedTensorType::get(type.getShape(), elementType),
      tensor);
}

Value toSignless(OpBuilder &builder, Location loc, Value tensor) {
  return toElementType(builder, loc, tensor,
                       signlessType(elementTypeOf(tensor)));
}

Value createElementwise(OpBuilder &builder, Location loc,
                        ArrayRef<int64_t> shape, Type elementType,
                        ValueRange operands, BodyFn body) {
  SmallVector<AffineMap> maps;
  SmallVector<Value> inputs;
  for (Value operand : operands) {
    inputs.push_back(toSignless(builder, loc, operand));
    maps.push_back(broadcastMap(builder.getContext(), shape, shapeOf(operand)));
  }
  maps.push_back(builder.getMultiDimIdentityMap(shape.size()));
  SmallVector<utils::IteratorType> loops(shape.size(),
                                         utils::IteratorType::parallel);
  Value init = createEmpty(builder, loc, shape, signlessType(elementType));
  auto generic = linalg::GenericOp::create(
      builder, loc, TypeRange{init.getType()}, inputs, ValueRange{init}, maps,
      loops, [&](OpBuilder &inner, Location innerLoc, ValueRange args) {
        Value result = body(inner, innerLoc, args.drop_back());
        linalg::YieldOp::create(inner, innerLoc, result);
      });
  return toElementType(builder, loc, generic.getResult(0), elementType);
}

Value createBroadcast(OpBuilder &builder, Location loc, Value input,
                      ArrayRef<int64_t> shape) {
  if (shapeOf(input) == shape)
    return input;
  return createElementwise(
      builder, loc, shape, elementTypeOf(input), input,
      [](OpBuilder &, Location, ValueRange args) { return args[0]; });
}

Value createNumber(OpBuilder &builder, Location loc, Type type, double value) {
  TypedAttr attr;
  if (isa<FloatType>(type))
    attr = builder.getFloatAttr(type, nn::roundToType(value, type));
  else
    attr =
        builder.getIntegerAttr(signlessType(type), static_cast<int64_t>(value));
  return arith::ConstantOp::create(builder, loc, attr);
}

Value createReshape(OpBuilder &builder, Location loc, Value input,
                    ArrayRef<int64_t> shape) {
  auto type = cast<RankedTensorType>(input.getType());
  auto target = RankedTensorType::get(shape, type.getElementType());
  if (type == target)
    return input;
  bool collapses = type.getRank() > target.getRank();
  // Sizes of zero divide badly: those go the long way.
  if (type.getRank() != target.getRank() && type.getNumElements() != 0)
    if (auto groups = getReassociationIndicesForReshape(type, target))
      return collapses ? tensor::CollapseShapeOp::create(builder, loc, target,
                                                         input, *groups)
                             .getResult()
                       : tensor::ExpandShapeOp::create(builder, loc, target,
                                                       input, *groups)
                             .getResult();
  if (type.getRank() != 1) {
    auto flat =
        RankedTensorType::get(type.getNumElements(), type.getElementType());
    SmallVector<ReassociationIndices> groups(1);
    if (type.getRank() == 0) {
      groups.clear();
      input = tensor::ExpandShapeOp::create(builder, loc, flat, input, groups);
    } else {
      groups[0].resize(type.getRank());
      std::iota(groups[0].begin(), groups[0].end(), 0);
      input =
          tensor::CollapseShapeOp::create(builder, loc, flat, input, groups);
    }
  }
  if (target.getRank() == 1)
    return input;
  SmallVector<ReassociationIndices> groups(1);
  groups[0].resize(target.getRank());
  std::iota(groups[0].begin(), groups[0].end(), 0);
  if (target.getRank() == 0)
    return tensor::CollapseShapeOp::create(builder, loc, target, input,
                                           ArrayRef<ReassociationIndices>());
  return tensor::ExpandShapeOp::create(builder, loc, target, input, groups);
}

Value createTranspose(OpBuilder &builder, Location loc, Value input,
                      ArrayRef<int64_t> permutation) {
  if (llvm::equal(permutation, llvm::seq<int64_t>(0, permutation.size())))
    return input;
  SmallVector<int64_t> shape;
  for (int64_t dim : permutation)
    shape.push_back(shapeOf(input)[dim]);
  Value init = createEmpty(builder, loc, shape, elementTypeOf(input));
  return linalg::TransposeOp::create(builder, loc, input, init, permutation)
      ->getResult(0);
}

/// What joined with x by `kind` is x.
static Value createIdentity(OpBuilder &builder, Location loc, Type type,
                            BinaryKind kind) {
  bool isMax = kind == BinaryKind::Max;
  if (!isMax && kind != BinaryKind::Min)
    return createNumber(builder, loc, type,
                        kind == BinaryKind::Mul || kind == BinaryKind::And ? 1
                                                                           : 0);
  auto integer = dyn_cast<IntegerType>(type);
  if (!integer) {
    double infinity = std::numeric_limits<double>::infinity();
    return createNumber(builder, loc, type, isMax ? -infinity : infinity);
  }
  unsigned width = integer.getWidth();
  APInt least = integer.isUnsigned() ? APInt::getMinValue(width)
                                     : APInt::getSignedMinValue(width);
  APInt most = integer.isUnsigned() ? APInt::getMaxValue(width)
                                    : APInt::getSignedMaxValue(width);
  return arith::ConstantOp::create(
      builder, loc, IntegerAttr::get(signlessType(type), isMax ? least : most));
}

Value createFilled(OpBuilder &builder, Location loc, ArrayRef<int64_t> shape,
                   Type type, double value) {
  Value number = createNumber(builder, loc, type, value);
  Value init = createEmpty(builder, loc, shape, type);
  return linalg::FillOp::create(builder, loc, number, init).getResult(0);
}

Value createReduction(OpBuilder &builder, Location loc, Value input,
                      ArrayRef<int64_t> axes, BinaryKind kind, BodyFn map) {
  ArrayRef<int64_t> from = shapeOf(input);
  SmallVector<int64_t> shape;
  SmallVector<AffineExpr> kept;
  SmallVector<utils::IteratorType> loops;
  for (auto [i, size] : llvm::enumerate(from)) {
    bool isReduced = llvm::is_contained(axes, static_cast<int64_t>(i));
    loops.push_back(isReduced ? utils::IteratorType::reduction
                              : utils::IteratorType::parallel);
    if (isReduced)
      continue;
    shape.push_back(size);
    kept.push_back(builder.getAffineDimExpr(i));
  }
  Type type = elementTypeOf(input);
  input = toSignless(builder, loc, input);
  Value start = createIdentity(builder, loc, type, kind);
  Value empty = createEmpty(builder, loc, shape, start.getType());
  Value init = linalg::FillOp::create(builder, loc, start, empty).getResult(0);
  AffineMap maps[] = {
      builder.getMultiDimIdentityMap(from.size()),
      AffineMap::get(from.size(), 0, kept, builder.getContext())};
  auto generic = linalg::GenericOp::create(
      builder, loc, TypeRange{init.getType()}, input, init, maps, loops,
      [&](OpBuilder &inner, Location innerLoc, ValueRange args) {
        Value element = map(inner, innerLoc, args.take_front());
        Value result = createScalar(inner, innerLoc, kind, args[1], element,
                                    type.isUnsignedInteger());
        // The order of a sum is nowhere stated: one that fits vectors will do.
        if (auto add = result.getDefiningOp<arith::AddFOp>())
          add.setFastmath(arith::FastMathFlags::reassoc);
        linalg::YieldOp::create(inner, innerLoc, result);
      });
  return toElementType(builder, loc, generic.getResult(0), type);
}

Value createSlice(OpBuilder &builder, Location loc, Value input,
                  ArrayRef<int64_t> offsets, ArrayRef<int64_t> sizes,
                  ArrayRef<int64_t> strides) {
  if (shapeOf(input) == sizes)
    return input;
  // An empty slice may begin at the end, where no offset may lie.
  if (llvm::is_contained(sizes, 0))
    return createEmpty(builder, loc, sizes, elementTypeOf(input));
  return tensor::ExtractSliceOp::create(
      builder, loc, input,
      getAsIndexOpFoldResult(builder.getContext(), offsets),
      getAsIndexOpFoldResult(builder.getContext(), sizes),
      getAsIndexOpFoldResult(builder.getContext(), strides));
}

Value createPad(OpBuilder &builder, Location loc, Value input,
                ArrayRef<int64_t> low, ArrayRef<int64_t> high, double value) {
  auto isZero = [](int64_t v) { return v == 0; };
  if (llvm::all_of(low, isZero) && llvm::all_of(high, isZero))
    return input;
  SmallVector<int64_t> shape(shapeOf(input));
  for (size_t i = 0; i < shape.size(); ++i)
    shape[i] += low[i] + high[i];
  Type type = elementTypeOf(input);
  Value number = createNumber(builder, loc, type, value);
  Value padded = tensor::PadOp::create(
      builder, loc, RankedTensorType::get(shape, signlessType(type)),
      toSignless(builder, loc, input),
      getAsIndexOpFoldResult(builder.getContext(), low),
      getAsIndexOpFoldResult(builder.getContext(), high), number);
  return toElementType(builder, loc, padded, type);
}

Value createMatmul(OpBuilder &builder, Location loc, Value lhs, Value rhs) {
  SmallVector<int64_t> shape(shapeOf(lhs));
  shape.back() = shapeOf(rhs).back();
  Value init = createFilled(builder, loc, shape, elementTypeOf(lhs), 0);
  if (shape.size() == 2)
    return linalg::MatmulOp::create(builder, loc, ValueRange{lhs, rhs}, init)
        .getResult(0);
  return linalg::BatchMatmulOp::create(builder, loc, ValueRange{lhs, rhs}, init)
      .getResult(0);
}

} // namespace kiln::onnx_import
