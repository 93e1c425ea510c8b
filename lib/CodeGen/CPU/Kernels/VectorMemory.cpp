//===- VectorMemory.cpp - Vectors from and to operands ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "VectorMemory.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace kiln::cpu {

Value flattenBuffer(OpBuilder &builder, Location loc, Value buffer) {
  auto type = cast<MemRefType>(buffer.getType());
  AffineMap identity = builder.getMultiDimIdentityMap(type.getRank());
  int64_t span = OperandAccess(identity, type).span();
  SmallVector<int64_t> strides;
  int64_t offset = 0;
  (void)type.getStridesAndOffset(strides, offset);
  if (!ShapedType::isDynamic(offset))
    return memref::ReinterpretCastOp::create(
        builder, loc, MemRefType::get({span}, type.getElementType()), buffer,
        /*offset=*/0, ArrayRef<int64_t>{span}, ArrayRef<int64_t>{1});
  auto metadata =
      memref::ExtractStridedMetadataOp::create(builder, loc, buffer);
  auto layout =
      StridedLayoutAttr::get(builder.getContext(), ShapedType::kDynamic, {1});
  return memref::ReinterpretCastOp::create(
      builder, loc, MemRefType::get({span}, type.getElementType(), layout),
      metadata.getBaseBuffer(), OpFoldResult(metadata.getOffset()),
      ArrayRef<OpFoldResult>{builder.getIndexAttr(span)},
      ArrayRef<OpFoldResult>{builder.getIndexAttr(1)});
}

static Value createMask(OpBuilder &builder, Location loc, int64_t lanes,
                        int64_t set) {
  auto type = VectorType::get({lanes}, builder.getI1Type());
  SmallVector<bool> bits(lanes, false);
  std::fill_n(bits.begin(), set, true);
  return arith::ConstantOp::create(builder, loc,
                                   DenseElementsAttr::get(type, bits));
}

static Value createLaneOffsets(OpBuilder &builder, Location loc, int64_t lanes,
                               int64_t stride) {
  auto type = VectorType::get({lanes}, builder.getI32Type());
  SmallVector<int32_t> offsets;
  for (int64_t lane = 0; lane < lanes; ++lane)
    offsets.push_back(static_cast<int32_t>(lane * stride));
  return arith::ConstantOp::create(
      builder, loc, DenseElementsAttr::get(type, ArrayRef(offsets)));
}

Value loadVector(OpBuilder &builder, Location loc, Value buffer, Value at,
                 int64_t stride, int64_t lanes, int64_t filled) {
  Type element = cast<MemRefType>(buffer.getType()).getElementType();
  auto type = VectorType::get({lanes}, element);
  if (stride == 0) {
    Value scalar = memref::LoadOp::create(builder, loc, buffer, at);
    return vector::BroadcastOp::create(builder, loc, type, scalar);
  }
  if (stride == 1 && filled == lanes)
    return vector::LoadOp::create(builder, loc, type, buffer, at);
  Value mask = createMask(builder, loc, lanes, filled);
  Value zeros =
      arith::ConstantOp::create(builder, loc, builder.getZeroAttr(type));
  if (stride == 1)
    return vector::MaskedLoadOp::create(builder, loc, type, buffer, at, mask,
                                        zeros);
  return vector::GatherOp::create(
      builder, loc, type, buffer, at,
      createLaneOffsets(builder, loc, lanes, stride), mask, zeros);
}

void storeVector(OpBuilder &builder, Location loc, Value value, Value buffer,
                 Value at, int64_t stride, int64_t filled) {
  int64_t lanes = cast<VectorType>(value.getType()).getNumElements();
  if (stride == 1 && filled == lanes) {
    vector::StoreOp::create(builder, loc, value, buffer, at);
    return;
  }
  Value mask = createMask(builder, loc, lanes, filled);
  if (stride == 1)
    vector::MaskedStoreOp::create(builder, loc, buffer, at, mask, value);
  else
    vector::ScatterOp::create(builder, loc, /*resultType=*/Type(), buffer, at,
                              createLaneOffsets(builder, loc, lanes, stride),
                              mask, value);
}

void enterLoop(OpBuilder &builder, Location loc, int64_t count, unsigned dim,
               int64_t stride, MutableArrayRef<MovingOperand> moving) {
  auto index = [&](int64_t value) -> Value {
    return arith::ConstantIndexOp::create(builder, loc, value);
  };
  auto forOp =
      scf::ForOp::create(builder, loc, index(0), index(count), index(1));
  builder.setInsertionPointToStart(forOp.getBody());
  for (MovingOperand &each : moving) {
    Value moved = builder.createOrFold<arith::MulIOp>(
        loc, forOp.getInductionVar(), index(each.access.step(dim, stride)));
    each.position =
        builder.createOrFold<arith::AddIOp>(loc, each.position, moved);
  }
}

} // namespace kiln::cpu
