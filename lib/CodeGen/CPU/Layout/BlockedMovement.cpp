//===- BlockedMovement.cpp - Moving elements in blocks ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "BlockedMovement.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace kiln::cpu {

static int64_t channelsOf(Value value) {
  return cast<RankedTensorType>(value.getType()).getDimSize(1);
}

namespace {

/// Lanes `from` to `from + lanes` of `blocks` blocks of a part, and where they
/// go in the whole.
struct Segment {
  int64_t firstBlock, blocks, from, lanes;
  int64_t toBlock, toLane;
};

/// Writes parts behind each other along the channels, wherever in a block they
/// begin.
class Concatenation {
public:
  Concatenation(OpBuilder &builder, tensor::ConcatOp op, int64_t lanes)
      : builder(builder), loc(op.getLoc()), lanes(lanes) {
    RankedTensorType type =
        blockedType(cast<RankedTensorType>(op.getType()), lanes);
    whole = tensor::EmptyOp::create(builder, loc, type.getShape(),
                                    type.getElementType());
  }

  /// Lanes behind the part's last channel are written too where it begins with
  /// a block; what comes behind it overwrites them.
  void append(Value part);
  Value get() const { return whole; }

private:
  void move(Value blocked, Segment segment);

  OpBuilder &builder;
  Location loc;
  int64_t lanes, channels = 0;
  Value whole;
};

} // namespace

void Concatenation::move(Value blocked, Segment segment) {
  if (segment.blocks < 1 || segment.lanes < 1)
    return;
  ArrayRef<int64_t> shape =
      cast<RankedTensorType>(blocked.getType()).getShape();
  auto toFold = [&](ArrayRef<int64_t> values) {
    return getAsIndexOpFoldResult(builder.getContext(), values);
  };
  SmallVector<OpFoldResult> ones = toFold({1, 1, 1, 1, 1});
  SmallVector<OpFoldResult> sizes =
      toFold({shape[0], segment.blocks, shape[2], shape[3], segment.lanes});
  Value slice = blocked;
  if (segment.blocks != shape[1] || segment.lanes != lanes)
    slice = tensor::ExtractSliceOp::create(
        builder, loc, blocked,
        toFold({0, segment.firstBlock, 0, 0, segment.from}), sizes, ones);
  whole = tensor::InsertSliceOp::create(
      builder, loc, slice, whole,
      toFold({0, segment.toBlock, 0, 0, segment.toLane}), sizes, ones);
}

void Concatenation::append(Value part) {
  Value blocked = packChannels(builder, loc, part, lanes);
  int64_t size = channelsOf(part), first = channels / lanes;
  int64_t shift = channels % lanes, head = lanes - shift;
  channels += size;
  if (shift == 0)
    return move(blocked,
                {0, llvm::divideCeilSigned(size, lanes), 0, lanes, first, 0});
  int64_t full = size / lanes, left = size % lanes;
  move(blocked, {0, full, 0, head, first, shift});
  move(blocked, {0, full, head, shift, first + 1, 0});
  move(blocked, {full, 1, 0, std::min(left, head), first + full, shift});
  move(blocked, {full, 1, head, left - head, first + full + 1, 0});
}

static Value lowerConcat(OpBuilder &builder, tensor::ConcatOp op,
                         int64_t lanes) {
  bool fillsBlocks = op.getDim() != 1 ||
                     llvm::all_of(op.getInputs().drop_back(), [&](Value part) {
                       return channelsOf(part) % lanes == 0;
                     });
  if (!fillsBlocks) {
    Concatenation concatenation(builder, op, lanes);
    for (Value part : op.getInputs())
      concatenation.append(part);
    return concatenation.get();
  }
  SmallVector<Value> parts;
  for (Value part : op.getInputs())
    parts.push_back(packChannels(builder, op.getLoc(), part, lanes));
  return tensor::ConcatOp::create(builder, op.getLoc(), op.getDim(), parts);
}

/// Offsets, sizes and strides over [N, C, H, W], over the blocks instead.
struct BlockedSlice {
  SmallVector<OpFoldResult> offsets, sizes, strides;
};

/// Nothing where the slice's channels do not begin with a block, or end neither
/// with one nor with `channels`, all that there are.
static std::optional<BlockedSlice> blockSlice(OpBuilder &builder,
                                              OffsetSizeAndStrideOpInterface op,
                                              int64_t channels, int64_t lanes) {
  auto isDynamic = [](int64_t value) { return ShapedType::isDynamic(value); };
  if (op.getStaticOffsets().size() != 4 ||
      llvm::any_of(op.getStaticOffsets(), isDynamic) ||
      llvm::any_of(op.getStaticSizes(), isDynamic) ||
      llvm::any_of(op.getStaticStrides(), isDynamic))
    return std::nullopt;
  int64_t first = op.getStaticOffsets()[1], size = op.getStaticSizes()[1];
  bool endsWithBlock = size % lanes == 0 || first + size == channels;
  if (first % lanes != 0 || !endsWithBlock || op.getStaticStrides()[1] != 1)
    return std::nullopt;
  auto withLanes = [&](ArrayRef<int64_t> values, int64_t channel,
                       int64_t lane) {
    SmallVector<int64_t> blocked(values);
    blocked[1] = channel;
    blocked.push_back(lane);
    return getAsIndexOpFoldResult(builder.getContext(), blocked);
  };
  return BlockedSlice{withLanes(op.getStaticOffsets(), first / lanes, 0),
                      withLanes(op.getStaticSizes(),
                                llvm::divideCeilSigned(size, lanes), lanes),
                      withLanes(op.getStaticStrides(), 1, 1)};
}

static Value lowerExtract(OpBuilder &builder, tensor::ExtractSliceOp op,
                          int64_t lanes) {
  auto interface = cast<OffsetSizeAndStrideOpInterface>(op.getOperation());
  std::optional<BlockedSlice> slice =
      blockSlice(builder, interface, channelsOf(op.getSource()), lanes);
  if (!slice || op.getType().getRank() != 4)
    return {};
  Value source = packChannels(builder, op.getLoc(), op.getSource(), lanes);
  return tensor::ExtractSliceOp::create(
      builder, op.getLoc(), blockedType(op.getType(), lanes), source,
      slice->offsets, slice->sizes, slice->strides);
}

static Value lowerInsert(OpBuilder &builder, tensor::InsertSliceOp op,
                         int64_t lanes) {
  auto interface = cast<OffsetSizeAndStrideOpInterface>(op.getOperation());
  std::optional<BlockedSlice> slice =
      blockSlice(builder, interface, channelsOf(op.getDest()), lanes);
  if (!slice || op.getSourceType().getRank() != 4)
    return {};
  Location loc = op.getLoc();
  Value source = packChannels(builder, loc, op.getSource(), lanes);
  RankedTensorType type = blockedType(op.getType(), lanes);
  Value dest = op.getDest().getDefiningOp<tensor::EmptyOp>()
                   ? tensor::EmptyOp::create(builder, loc, type.getShape(),
                                             type.getElementType())
                         .getResult()
                   : packChannels(builder, loc, op.getDest(), lanes);
  return tensor::InsertSliceOp::create(
      builder, loc, source, dest, slice->offsets, slice->sizes, slice->strides);
}

/// The lanes are one more dimension that keeps its size.
static Value lowerResize(OpBuilder &builder, nn::ResizeOp op, int64_t lanes) {
  if (op.getRoi())
    return {};
  SmallVector<int64_t> sizes(op.getSizes());
  SmallVector<double> scales(op.getScales());
  sizes.push_back(lanes);
  scales.push_back(1.0);
  Value input = packChannels(builder, op.getLoc(), op.getInput(), lanes);
  auto resize = cast<nn::ResizeOp>(builder.clone(*op));
  resize.getInputMutable().assign(input);
  resize.setSizes(sizes);
  resize.setScales(scales);
  resize.getResult().setType(
      blockedType(cast<RankedTensorType>(op.getType()), lanes));
  return resize.getResult();
}

Value lowerBlockedMovement(OpBuilder &builder, Operation *op, int64_t lanes) {
  return TypeSwitch<Operation *, Value>(op)
      .Case([&](tensor::ConcatOp concat) {
        return lowerConcat(builder, concat, lanes);
      })
      .Case([&](tensor::ExtractSliceOp slice) {
        return lowerExtract(builder, slice, lanes);
      })
      .Case([&](tensor::InsertSliceOp slice) {
        return lowerInsert(builder, slice, lanes);
      })
      .Case([&](nn::ResizeOp resize) {
        return lowerResize(builder, resize, lanes);
      })
      .Default(Value());
}

} // namespace kiln::cpu
