//===- LowerPacking.cpp - Blocks of channels by transposition ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Operands.h"
#include "kiln/CodeGen/CPU/Passes.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace kiln::cpu {
#define GEN_PASS_DEF_LOWERPACKING
#include "kiln/CodeGen/CPU/Passes.h.inc"
} // namespace kiln::cpu

using namespace mlir;
using namespace kiln;

namespace {

/// The part of a tensor with channels `first` to `first + count`, in blocks:
/// whole ones, or a part of one.
struct Blocks {
  int64_t first, count, lanes;

  int64_t size() const { return first + count; }
};

/// Between [N, blocks, lanes, H, W] and [N, C, H, W].
const ReassociationIndices kChannelDims[] = {{0}, {1, 2}, {3}, {4}};

/// Makes one pack or unpack.
class Repacking {
public:
  Repacking(OpBuilder &builder, Location loc, RankedTensorType plain,
            RankedTensorType blocked)
      : builder(builder), loc(loc), plain(plain), blocked(blocked),
        lanes(blocked.getDimSize(4)) {}

  Value pack(Value from);
  Value unpack(Value from);
  /// Out of blocks into [N, H, W, C], where lanes already are innermost.
  Value unpackChannelsLast(Value from);

private:
  bool isOnePixel() const {
    return plain.getDimSize(2) == 1 && plain.getDimSize(3) == 1;
  }
  SmallVector<Blocks> parts() const;
  Value empty(ArrayRef<int64_t> shape) {
    return tensor::EmptyOp::create(builder, loc, shape, plain.getElementType());
  }
  Value slice(Value from, ArrayRef<int64_t> offsets, ArrayRef<int64_t> sizes);
  Value insert(Value part, Value into, ArrayRef<int64_t> offsets);
  SmallVector<int64_t> plainSizes(Blocks part) const {
    return {plain.getDimSize(0), part.count, plain.getDimSize(2),
            plain.getDimSize(3)};
  }
  /// [N, blocks, H, W, lanes]
  SmallVector<int64_t> blockedSizes(Blocks part) const {
    return {plain.getDimSize(0), part.count / part.lanes, plain.getDimSize(2),
            plain.getDimSize(3), part.lanes};
  }
  Value transpose(Value from, ArrayRef<int64_t> permutation);

  OpBuilder &builder;
  Location loc;
  RankedTensorType plain, blocked;
  int64_t lanes;
};

} // namespace

SmallVector<Blocks> Repacking::parts() const {
  int64_t channels = plain.getDimSize(1), left = channels % lanes;
  SmallVector<Blocks> parts;
  if (channels > left)
    parts.push_back({0, channels - left, lanes});
  if (left > 0)
    parts.push_back({channels - left, left, left});
  return parts;
}

Value Repacking::slice(Value from, ArrayRef<int64_t> offsets,
                       ArrayRef<int64_t> sizes) {
  auto type = cast<RankedTensorType>(from.getType());
  if (type.getShape() == sizes)
    return from;
  SmallVector<OpFoldResult> ones(sizes.size(), builder.getIndexAttr(1));
  MLIRContext *context = builder.getContext();
  return tensor::ExtractSliceOp::create(
      builder, loc, from, getAsIndexOpFoldResult(context, offsets),
      getAsIndexOpFoldResult(context, sizes), ones);
}

Value Repacking::insert(Value part, Value into, ArrayRef<int64_t> offsets) {
  if (part.getType() == into.getType())
    return part;
  ArrayRef<int64_t> sizes = cast<RankedTensorType>(part.getType()).getShape();
  SmallVector<OpFoldResult> ones(sizes.size(), builder.getIndexAttr(1));
  MLIRContext *context = builder.getContext();
  return tensor::InsertSliceOp::create(
      builder, loc, part, into, getAsIndexOpFoldResult(context, offsets),
      getAsIndexOpFoldResult(context, sizes), ones);
}

Value Repacking::transpose(Value from, ArrayRef<int64_t> permutation) {
  ArrayRef<int64_t> shape = cast<RankedTensorType>(from.getType()).getShape();
  SmallVector<int64_t> target;
  for (int64_t dim : permutation)
    target.push_back(shape[dim]);
  return linalg::TransposeOp::create(builder, loc, from, empty(target),
                                     permutation)
      ->getResult(0);
}

Value Repacking::pack(Value from) {
  Value result = empty(blocked.getShape());
  for (Blocks part : parts()) {
    Value channels = slice(from, {0, part.first, 0, 0}, plainSizes(part));
    SmallVector<int64_t> shape = blockedSizes(part);
    Value moved;
    if (isOnePixel()) {
      moved = cpu::reshape(builder, loc, channels, shape);
    } else {
      auto split = RankedTensorType::get(
          {shape[0], shape[1], shape[4], shape[2], shape[3]},
          plain.getElementType());
      moved = transpose(tensor::ExpandShapeOp::create(builder, loc, split,
                                                      channels, kChannelDims),
                        {0, 1, 3, 4, 2});
    }
    result = insert(moved, result, {0, part.first / lanes, 0, 0, 0});
  }
  return result;
}

Value Repacking::unpack(Value from) {
  Value result = empty(plain.getShape());
  for (Blocks part : parts()) {
    SmallVector<int64_t> shape = blockedSizes(part);
    Value blocks = slice(from, {0, part.first / lanes, 0, 0, 0}, shape);
    Value moved;
    if (isOnePixel()) {
      moved = cpu::reshape(builder, loc, blocks, plainSizes(part));
    } else {
      auto joined =
          RankedTensorType::get(plainSizes(part), plain.getElementType());
      moved = tensor::CollapseShapeOp::create(
          builder, loc, joined, transpose(blocks, {0, 1, 4, 2, 3}),
          kChannelDims);
    }
    result = insert(moved, result, {0, part.first, 0, 0});
  }
  return result;
}

Value Repacking::unpackChannelsLast(Value from) {
  ArrayRef<int64_t> shape = plain.getShape();
  SmallVector<int64_t> last{shape[0], shape[2], shape[3], shape[1]};
  int64_t blocks = blocked.getDimSize(1);
  if (blocks > 1)
    from = transpose(from, {0, 2, 3, 1, 4});
  Value lines = cpu::reshape(builder, loc, from,
                             {last[0], last[1], last[2], blocks * lanes});
  Value channels = slice(lines, {0, 0, 0, 0}, last);
  if (channels == lines)
    return lines;
  return linalg::CopyOp::create(builder, loc, channels, empty(last))
      .getResult(0);
}

/// The transposition to [N, H, W, C] that alone uses `unpack`.
static linalg::TransposeOp findChannelsLast(linalg::UnPackOp unpack) {
  if (!unpack->hasOneUse())
    return {};
  auto transpose = dyn_cast<linalg::TransposeOp>(*unpack->user_begin());
  bool fits = transpose && transpose.getInput() == unpack.getResult() &&
              transpose.getPermutation() == ArrayRef<int64_t>{0, 2, 3, 1};
  return fits ? transpose : linalg::TransposeOp();
}

namespace {
struct LowerPacking : cpu::impl::LowerPackingBase<LowerPacking> {
  void runOnOperation() override {
    SmallVector<Operation *> found;
    getOperation().walk([&](Operation *op) {
      if (isa<linalg::PackOp, linalg::UnPackOp>(op))
        found.push_back(op);
    });
    for (Operation *op : found) {
      if (auto pack = dyn_cast<linalg::PackOp>(op))
        lowerPack(pack);
      else
        lowerUnpack(cast<linalg::UnPackOp>(op));
    }
  }

private:
  static void lowerPack(linalg::PackOp op) {
    OpBuilder builder(op);
    Repacking repacking(builder, op.getLoc(),
                        cast<RankedTensorType>(op.getSource().getType()),
                        cast<RankedTensorType>(op.getResult().getType()));
    op.getResult().replaceAllUsesWith(repacking.pack(op.getSource()));
    op.erase();
  }

  static void lowerUnpack(linalg::UnPackOp op) {
    OpBuilder builder(op);
    Repacking repacking(builder, op.getLoc(),
                        cast<RankedTensorType>(op.getResult().getType()),
                        cast<RankedTensorType>(op.getSource().getType()));
    if (linalg::TransposeOp transpose = findChannelsLast(op)) {
      transpose->getResult(0).replaceAllUsesWith(
          repacking.unpackChannelsLast(op.getSource()));
      transpose.erase();
    } else {
      op.getResult().replaceAllUsesWith(repacking.unpack(op.getSource()));
    }
    op.erase();
  }
};
} // namespace
