//===- Operands.cpp - Operands brought into the layout of a kernel ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Operands.h"

#include "kiln/Dialect/NN/Utils/Constants.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/AsmState.h"
#include "llvm/Support/MathExtras.h"

#include <cstring>

using namespace mlir;

namespace kiln::cpu {

/// Advances an index in C order; false after the last.
static bool advance(MutableArrayRef<int64_t> index, ArrayRef<int64_t> shape) {
  for (int64_t d = static_cast<int64_t>(shape.size()) - 1; d >= 0; --d) {
    if (++index[d] < shape[d])
      return true;
    index[d] = 0;
  }
  return false;
}

Value rewriteConstant(
    OpBuilder &builder, Value constant, ArrayRef<int64_t> shape,
    function_ref<void(ArrayRef<char>, MutableArrayRef<char>)> fill) {
  ElementsAttr elements = nn::getConstant(constant);
  SmallVector<char> storage;
  std::optional<ArrayRef<char>> bytes;
  if (elements)
    bytes = nn::rawBytes(elements, storage);
  if (!bytes)
    return {};
  auto type =
      RankedTensorType::get(shape, getElementTypeOrSelf(constant.getType()));
  int64_t width = type.getElementTypeBitWidth() / 8;
  AsmResourceBlob packed = HeapAsmResourceBlob::allocate(
      type.getNumElements() * width, /*align=*/64);
  fill(*bytes, packed.getMutableData());
  return arith::ConstantOp::create(builder, constant.getLoc(),
                                   cast<TypedAttr>(Attribute(nn::adoptElements(
                                       type, std::move(packed), "packed"))));
}

Value repackConstant(OpBuilder &builder, Value constant,
                     ArrayRef<int64_t> shape,
                     function_ref<int64_t(ArrayRef<int64_t>)> source) {
  int64_t width =
      getElementTypeOrSelf(constant.getType()).getIntOrFloatBitWidth() / 8;
  return rewriteConstant(
      builder, constant, shape,
      [&](ArrayRef<char> from, MutableArrayRef<char> to) {
        SmallVector<int64_t> index(shape.size(), 0);
        for (char *next = to.begin(); next != to.end(); next += width) {
          int64_t element = source(index);
          if (element >= 0)
            std::memcpy(next, from.data() + element * width, width);
          else
            std::memset(next, 0, width);
          advance(index, shape);
        }
      });
}

static Value createZeros(OpBuilder &builder, Location loc,
                         RankedTensorType type) {
  Value zero = arith::ConstantOp::create(
      builder, loc, builder.getZeroAttr(type.getElementType()));
  Value empty = tensor::EmptyOp::create(builder, loc, type.getShape(),
                                        type.getElementType());
  return linalg::FillOp::create(builder, loc, zero, empty).getResult(0);
}

namespace {
/// Static slice parameters of source and target, copied one into the other.
struct Slices {
  SmallVector<OpFoldResult> fromOffsets, fromStrides, sizes;
  SmallVector<OpFoldResult> toOffsets, toSizes, toStrides;
  SmallVector<int64_t> shape;
  bool empty = false;

  void add(Builder &b, int64_t from, int64_t stride, int64_t size, int64_t to) {
    fromOffsets.push_back(b.getIndexAttr(from));
    fromStrides.push_back(b.getIndexAttr(stride));
    sizes.push_back(b.getIndexAttr(size));
    addTarget(b, to, size);
    shape.push_back(size);
    empty |= size <= 0;
  }
  void addTarget(Builder &b, int64_t to, int64_t size) {
    toOffsets.push_back(b.getIndexAttr(to));
    toSizes.push_back(b.getIndexAttr(size));
    toStrides.push_back(b.getIndexAttr(1));
  }
};
} // namespace

/// Copies the elements of phase `phase` (all of them where `phases` is 1).
static Value copyPhase(OpBuilder &builder, Location loc, Value input,
                       Value target, ArrayRef<InputWindow> windows,
                       int64_t phase, int64_t phases,
                       function_ref<Value(Value)> transform) {
  auto type = cast<RankedTensorType>(input.getType());
  Slices slices;
  for (int64_t d : {0, 1})
    slices.add(builder, 0, 1, type.getDimSize(d), 0);
  for (auto [i, window] : llvm::enumerate(windows)) {
    int64_t step = i + 1 == windows.size() ? phases : 1;
    int64_t first = step == 1 ? 0 : phase;
    int64_t skipped = std::max<int64_t>(
        0, llvm::divideCeilSigned(window.padLow - first, step));
    int64_t from = first + skipped * step - window.padLow;
    // Elements that the source has, and that the kernel reads.
    int64_t end = std::min(type.getDimSize(i + 2), window.size - window.padLow);
    int64_t size = llvm::divideCeilSigned(end - from, step);
    if (step > 1 || phases > 1)
      if (i + 1 == windows.size())
        slices.addTarget(builder, phase, 1);
    slices.add(builder, from, step, std::max<int64_t>(size, 0), skipped);
  }
  if (slices.empty)
    return target;
  auto sliceType = RankedTensorType::get(slices.shape, type.getElementType());
  Value slice = tensor::ExtractSliceOp::create(builder, loc, sliceType, input,
                                               slices.fromOffsets, slices.sizes,
                                               slices.fromStrides);
  if (transform)
    slice = transform(slice);
  return tensor::InsertSliceOp::create(builder, loc, slice, target,
                                       slices.toOffsets, slices.toSizes,
                                       slices.toStrides);
}

Value layOutInput(OpBuilder &builder, Location loc, Value input,
                  ArrayRef<InputWindow> windows, int64_t phases,
                  function_ref<Value(Value)> transform) {
  auto type = cast<RankedTensorType>(input.getType());
  SmallVector<int64_t> shape{type.getDimSize(0), type.getDimSize(1)};
  bool padded = phases > 1;
  for (auto [i, window] : llvm::enumerate(windows)) {
    shape.push_back(window.size);
    padded |= window.padLow > 0 || window.size > type.getDimSize(i + 2);
  }
  if (!padded)
    return input;
  if (phases > 1) {
    shape.back() = phases;
    shape.push_back(llvm::divideCeil(windows.back().size, phases));
  }
  Value result = createZeros(
      builder, loc, RankedTensorType::get(shape, type.getElementType()));
  for (int64_t phase = 0; phase < phases; ++phase)
    result = copyPhase(builder, loc, input, result, windows, phase, phases,
                       transform);
  return result;
}

Value reshape(OpBuilder &builder, Location loc, Value value,
              ArrayRef<int64_t> shape) {
  auto type = cast<RankedTensorType>(value.getType());
  if (type.getShape() == shape)
    return value;
  SmallVector<ReassociationIndices> all(1);
  if (type.getRank() != 1) {
    if (type.getRank() > 0)
      llvm::append_range(all[0], llvm::seq<int64_t>(0, type.getRank()));
    else
      all.clear();
    type =
        RankedTensorType::get({type.getNumElements()}, type.getElementType());
    value =
        all.empty()
            ? tensor::ExpandShapeOp::create(builder, loc, type, value, all)
                  .getResult()
            : tensor::CollapseShapeOp::create(builder, loc, type, value, all)
                  .getResult();
  }
  if (shape.size() == 1)
    return value;
  all.assign(shape.empty() ? 0 : 1, {});
  if (!shape.empty())
    llvm::append_range(
        all[0], llvm::seq<int64_t>(0, static_cast<int64_t>(shape.size())));
  auto wanted = RankedTensorType::get(shape, type.getElementType());
  if (shape.empty())
    return tensor::CollapseShapeOp::create(builder, loc, wanted, value, all);
  return tensor::ExpandShapeOp::create(builder, loc, wanted, value, all);
}

} // namespace kiln::cpu
