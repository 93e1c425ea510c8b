//===- Blocked.cpp - Activations with their channels in blocks ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Blocked.h"

#include "Operands.h"
#include "kiln/Dialect/NN/Utils/Constants.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace kiln::cpu {

RankedTensorType blockedType(RankedTensorType plain, int64_t lanes) {
  ArrayRef<int64_t> shape = plain.getShape();
  return RankedTensorType::get({shape[0],
                                llvm::divideCeilSigned(shape[1], lanes),
                                shape[2], shape[3], lanes},
                               plain.getElementType());
}

bool isBlocked(Value plain, int64_t lanes) {
  auto unpack = plain.getDefiningOp<linalg::UnPackOp>();
  auto type = dyn_cast<RankedTensorType>(plain.getType());
  return unpack && type.getRank() == 4 &&
         unpack.getSource().getType() == blockedType(type, lanes);
}

/// A constant in blocks, with zeros in the lanes that are no channels.
static Value packConstant(OpBuilder &builder, Value plain,
                          RankedTensorType blocked) {
  ArrayRef<int64_t> from = cast<RankedTensorType>(plain.getType()).getShape();
  int64_t lanes = blocked.getDimSize(4);
  return repackConstant(
      builder, plain, blocked.getShape(),
      [&](ArrayRef<int64_t> index) -> int64_t {
        int64_t channel = index[1] * lanes + index[4];
        if (channel >= from[1])
          return -1;
        return ((index[0] * from[1] + channel) * from[2] + index[2]) * from[3] +
               index[3];
      });
}

Value packChannels(OpBuilder &builder, Location loc, Value plain,
                   int64_t lanes) {
  auto type = cast<RankedTensorType>(plain.getType());
  if (isBlocked(plain, lanes))
    return plain.getDefiningOp<linalg::UnPackOp>().getSource();
  RankedTensorType blocked = blockedType(type, lanes);
  if (nn::getConstant(plain))
    if (Value packed = packConstant(builder, plain, blocked))
      return packed;
  Value empty = tensor::EmptyOp::create(builder, loc, blocked.getShape(),
                                        blocked.getElementType());
  std::optional<Value> padding;
  if (type.getDimSize(1) % lanes != 0)
    padding = arith::ConstantOp::create(
        builder, loc, builder.getZeroAttr(type.getElementType()));
  return linalg::PackOp::create(builder, loc, plain, empty,
                                /*innerDimsPos=*/ArrayRef<int64_t>{1},
                                {builder.getIndexAttr(lanes)}, padding)
      .getResult();
}

Value unpackChannels(OpBuilder &builder, Location loc, Value blocked,
                     RankedTensorType plain) {
  int64_t lanes = cast<RankedTensorType>(blocked.getType()).getDimSize(4);
  if (auto pack = blocked.getDefiningOp<linalg::PackOp>())
    if (pack.getSource().getType() == plain)
      return pack.getSource();
  Value empty = tensor::EmptyOp::create(builder, loc, plain.getShape(),
                                        plain.getElementType());
  return linalg::UnPackOp::create(builder, loc, blocked, empty,
                                  /*innerDimsPos=*/ArrayRef<int64_t>{1},
                                  {builder.getIndexAttr(lanes)})
      .getResult();
}

/// The dimension of the operand that runs along the channels, if one does.
static std::optional<unsigned> channelDim(AffineMap map) {
  for (auto [i, expr] : llvm::enumerate(map.getResults()))
    if (expr.isFunctionOfDim(1))
      return i;
  return std::nullopt;
}

/// True if the operand's elements for neighbouring channels are neighbours.
static bool channelsAreInnermost(RankedTensorType type, unsigned dim) {
  return llvm::all_of(type.getShape().drop_front(dim + 1),
                      [](int64_t size) { return size == 1; });
}

/// True if the operand is [N or 1, C, H or 1, W or 1].
static bool isActivation(AffineMap map) {
  if (map.getNumResults() != 4)
    return false;
  for (auto [i, expr] : llvm::enumerate(map.getResults()))
    if (!isa<AffineConstantExpr>(expr) &&
        expr != getAffineDimExpr(i, map.getContext()))
      return false;
  return true;
}

bool canBlockExtra(const ElementwiseChain::Extra &extra) {
  auto type = cast<RankedTensorType>(extra.value.getType());
  unsigned channelDims = 0;
  for (AffineExpr expr : extra.map.getResults()) {
    if (!isa<AffineConstantExpr, AffineDimExpr>(expr))
      return false;
    channelDims += expr.isFunctionOfDim(1);
  }
  if (extra.map.getNumDims() != 4 || channelDims > 1)
    return false;
  std::optional<unsigned> dim = channelDim(extra.map);
  return !dim || isActivation(extra.map) || channelsAreInnermost(type, *dim);
}

/// `value` with zeros behind the `dim`-th dimension, up to a multiple of
/// `lanes`.
static Value padChannels(OpBuilder &builder, Location loc, Value value,
                         unsigned dim, int64_t lanes) {
  auto type = cast<RankedTensorType>(value.getType());
  int64_t size = type.getDimSize(dim);
  SmallVector<int64_t> shape(type.getShape());
  shape[dim] = llvm::alignTo(size, lanes);
  if (shape[dim] == size)
    return value;
  if (nn::getConstant(value))
    if (Value padded = repackConstant(
            builder, value, shape, [&](ArrayRef<int64_t> index) -> int64_t {
              if (index[dim] >= size)
                return -1;
              int64_t from = 0;
              for (auto [i, extent] : llvm::zip_equal(index, type.getShape()))
                from = from * extent + i;
              return from;
            }))
      return padded;
  Value zero = arith::ConstantOp::create(
      builder, loc, builder.getZeroAttr(type.getElementType()));
  SmallVector<OpFoldResult> low(shape.size(), builder.getIndexAttr(0));
  SmallVector<OpFoldResult> high = low;
  high[dim] = builder.getIndexAttr(shape[dim] - size);
  return tensor::PadOp::create(
      builder, loc, RankedTensorType::get(shape, type.getElementType()), value,
      low, high, zero);
}

BlockedExtra blockExtra(OpBuilder &builder, Location loc,
                        const ElementwiseChain::Extra &extra, int64_t lanes) {
  MLIRContext *context = builder.getContext();
  AffineExpr block = builder.getAffineDimExpr(1);
  AffineExpr lane = builder.getAffineDimExpr(4);
  SmallVector<AffineExpr> results(extra.map.getResults());
  std::optional<unsigned> dim = channelDim(extra.map);
  if (!dim)
    return {extra.value, AffineMap::get(5, 0, results, context)};
  if (isActivation(extra.map)) {
    results.push_back(lane);
    return {packChannels(builder, loc, extra.value, lanes),
            AffineMap::get(5, 0, results, context)};
  }
  results[*dim] = block * lanes + lane;
  return {padChannels(builder, loc, extra.value, *dim, lanes),
          AffineMap::get(5, 0, results, context)};
}

SmallVector<BlockedExtra> blockExtras(OpBuilder &builder, Location loc,
                                      const ElementwiseChain &chain,
                                      int64_t lanes) {
  return llvm::map_to_vector(chain.getExtras(),
                             [&](const ElementwiseChain::Extra &extra) {
                               return blockExtra(builder, loc, extra, lanes);
                             });
}

} // namespace kiln::cpu
