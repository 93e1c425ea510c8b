//===- TensorSteps.cpp - Concatenation, padding, slices, reshapes, transposes
//---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Steps.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace kiln::test {

Value makeTranspose(NetBuilder &net, Value x, ArrayRef<int64_t> permutation) {
  return onnx_import::createTranspose(net.builder, net.name("transpose"), x,
                                      permutation);
}

Value makeConcat(NetBuilder &net, ValueRange inputs, int64_t dim) {
  return tensor::ConcatOp::create(net.builder, net.name("concat"), dim, inputs);
}

Value makeMatmul(NetBuilder &net, Value a, Value b) {
  return onnx_import::createMatmul(net.builder, net.name("matmul"), a, b);
}

static int64_t rankOf(Value value) {
  return static_cast<int64_t>(shapeOf(value).size());
}

static Value sourceOfRank(NetBuilder &net, int64_t least) {
  return net.source([&](Value value) { return rankOf(value) >= least; });
}

/// Values of one type that differ from `x` along `dim` alone; `x` is one.
static SmallVector<Value> concatPartners(NetBuilder &net, Value x,
                                         int64_t dim) {
  SmallVector<Value> partners;
  for (Value value : net.values()) {
    if (rankOf(value) != rankOf(x) || elementTypeOf(value) != elementTypeOf(x))
      continue;
    SmallVector<int64_t> shape(shapeOf(value));
    shape[dim] = shapeOf(x)[dim];
    if (ArrayRef(shape) == shapeOf(x))
      partners.push_back(value);
  }
  return partners;
}

static void concat(NetBuilder &net) {
  Value x = sourceOfRank(net, 1);
  if (!x)
    return;
  int64_t dim = rankOf(x) > 1 && net.random.chance(70)
                    ? 1
                    : net.random.pick(0, rankOf(x) - 1);
  SmallVector<Value> partners = concatPartners(net, x, dim);
  SmallVector<Value> inputs = {x};
  for (int64_t i = 0, n = net.random.pick(1, 2); i < n; ++i)
    inputs.insert(net.random.chance(50) ? inputs.begin() : inputs.end(),
                  net.random.chooseFrom(partners));
  net.add(makeConcat(net, inputs, dim));
}

static void pad(NetBuilder &net) {
  Value x = sourceOfRank(net, 1);
  if (!x)
    return;
  SmallVector<int64_t> low(rankOf(x), 0), high(rankOf(x), 0);
  for (int64_t i = rankOf(x) > 2 && net.random.chance(80) ? 2 : 0;
       i < rankOf(x); ++i) {
    low[i] = net.random.pick(0, 2);
    high[i] = net.random.pick(0, 1);
  }
  net.add(onnx_import::createPad(net.builder, net.name("pad"), x, low, high,
                                 net.random.choose({0.0, 0.0, 0.5})));
}

namespace {
struct Slice {
  SmallVector<int64_t> offsets, sizes, strides;
};
} // namespace

/// A part of each dimension, or all of it.
static Slice pickSlice(Random &random, ArrayRef<int64_t> shape) {
  Slice slice;
  for (int64_t dim : shape) {
    bool whole = random.chance(50);
    int64_t stride = !whole && random.chance(30) ? 2 : 1;
    int64_t offset = whole ? 0 : random.pick(0, dim - 1);
    int64_t most = (dim - offset - 1) / stride + 1;
    slice.offsets.push_back(offset);
    slice.strides.push_back(stride);
    slice.sizes.push_back(whole ? dim : random.pick((most + 1) / 2, most));
  }
  return slice;
}

static void slice(NetBuilder &net) {
  Value x = sourceOfRank(net, 1);
  if (!x)
    return;
  Slice part = pickSlice(net.random, shapeOf(x));
  net.add(onnx_import::createSlice(net.builder, net.name("slice"), x,
                                   part.offsets, part.sizes, part.strides));
}

/// Two parts of one dimension, both of which are used later.
static void split(NetBuilder &net) {
  Value x = net.source(
      [](Value value) { return rankOf(value) >= 2 && shapeOf(value)[1] >= 2; });
  if (!x)
    return;
  SmallVector<int64_t> offsets(rankOf(x), 0), strides(rankOf(x), 1);
  SmallVector<int64_t> sizes(shapeOf(x));
  int64_t channels = sizes[1], first = net.random.pick(1, channels - 1);
  sizes[1] = first;
  net.add(onnx_import::createSlice(net.builder, net.name("split"), x, offsets,
                                   sizes, strides));
  offsets[1] = first;
  sizes[1] = channels - first;
  net.add(onnx_import::createSlice(net.builder, net.name("split"), x, offsets,
                                   sizes, strides));
}

/// A part of `x` replaced by a transformed copy of that part.
static void insert(NetBuilder &net) {
  Value x = sourceOfRank(net, 1);
  if (!x)
    return;
  OpBuilder &b = net.builder;
  Slice part = pickSlice(net.random, shapeOf(x));
  if (ArrayRef(part.sizes) == shapeOf(x))
    return;
  Value piece = onnx_import::createSlice(b, net.name("slice"), x, part.offsets,
                                         part.sizes, part.strides);
  piece = makeActivation(net, piece);
  net.add(tensor::InsertSliceOp::create(
      b, net.name("insert"), piece, x,
      getAsIndexOpFoldResult(b.getContext(), part.offsets),
      getAsIndexOpFoldResult(b.getContext(), part.sizes),
      getAsIndexOpFoldResult(b.getContext(), part.strides)));
}

/// Another shape of 1 to 5 dimensions with as many elements.
static void reshape(NetBuilder &net) {
  Value x = sourceOfRank(net, 1);
  if (!x)
    return;
  SmallVector<int64_t> shape;
  int64_t left = sizeOf(shapeOf(x));
  for (int64_t i = 1, rank = net.random.pick(1, 5); i < rank; ++i) {
    shape.push_back(divisorOf(net.random, left));
    left /= shape.back();
  }
  shape.push_back(left);
  net.add(createReshape(net.builder, net.name("reshape"), x, shape));
}

/// Sizes of 1 added or taken away.
static void squeeze(NetBuilder &net) {
  Value x = sourceOfRank(net, 2);
  if (!x)
    return;
  SmallVector<int64_t> shape(shapeOf(x));
  int64_t at = net.random.pick(0, rankOf(x) - 1);
  if (shape[at] == 1)
    shape.erase(shape.begin() + at);
  else if (shape.size() < 5)
    shape.insert(shape.begin() + at, 1);
  net.add(createReshape(net.builder, net.name("squeeze"), x, shape));
}

static void transpose(NetBuilder &net) {
  Value x = sourceOfRank(net, 2);
  if (!x)
    return;
  SmallVector<int64_t> permutation =
      llvm::to_vector(llvm::seq<int64_t>(0, rankOf(x)));
  for (int64_t i = rankOf(x) - 1; i > 0; --i)
    std::swap(permutation[i], permutation[net.random.pick(0, i)]);
  net.add(makeTranspose(net, x, permutation));
}

/// Entries of one dimension by constant indices, some of them twice.
static void take(NetBuilder &net) {
  Value x = sourceOfRank(net, 1);
  if (!x)
    return;
  int64_t axis = net.random.pick(0, rankOf(x) - 1);
  int64_t size = shapeOf(x)[axis];
  SmallVector<int64_t> indices(
      net.random.pick(1, std::min<int64_t>(size + 1, 7)));
  for (int64_t &index : indices)
    index = net.random.pick(0, size - 1);
  net.add(
      onnx_import::createTake(net.builder, net.name("take"), x, axis, indices));
}

ArrayRef<Step> tensorSteps() {
  static constexpr Step steps[] = {{8, concat},  {4, pad},       {4, slice},
                                   {3, split},   {2, insert},    {4, reshape},
                                   {2, squeeze}, {4, transpose}, {2, take}};
  return steps;
}

} // namespace kiln::test
