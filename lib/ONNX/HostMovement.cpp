//===- HostMovement.cpp - Moving elements of known tensors ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "HostOps.h"

#include "llvm/ADT/STLExtras.h"

#include <cassert>
#include <cstring>
#include <limits>

using namespace llvm;

namespace kiln::onnx_import {

SmallVector<int64_t> stridesOf(ArrayRef<int64_t> shape) {
  SmallVector<int64_t> strides(shape.size(), 1);
  for (size_t i = shape.size(); i-- > 1;)
    strides[i - 1] = strides[i] * std::max<int64_t>(shape[i], 1);
  return strides;
}

std::optional<SmallVector<int64_t>> broadcastShapes(ArrayRef<int64_t> a,
                                                    ArrayRef<int64_t> b) {
  if (a.size() < b.size())
    std::swap(a, b);
  SmallVector<int64_t> shape(a);
  size_t shift = a.size() - b.size();
  for (auto [i, size] : llvm::enumerate(b)) {
    int64_t &out = shape[shift + i];
    if (out == 1)
      out = size;
    else if (size != 1 && size != out)
      return std::nullopt;
  }
  return shape;
}

HostTensor copyStrided(const HostTensor &source, ArrayRef<int64_t> shape,
                       ArrayRef<int64_t> strides, int64_t offset) {
  HostTensor result =
      HostTensor::zeros(source.type, {shape.begin(), shape.end()});
  size_t width = elementSize(source.type);
  SmallVector<int64_t> index(shape.size(), 0);
  std::byte *out = result.data.data();
  for (int64_t i = 0, e = result.size(); i < e; ++i) {
    std::memcpy(out + i * width, source.data.data() + offset * width, width);
    for (size_t d = shape.size(); d-- > 0;) {
      offset += strides[d];
      if (++index[d] < shape[d])
        break;
      offset -= strides[d] * shape[d];
      index[d] = 0;
    }
  }
  return result;
}

HostTensor reshapeHost(const HostTensor &source, ArrayRef<int64_t> shape) {
  assert(elementCount({shape.data(), shape.size()}) == source.size());
  HostTensor result = source;
  result.shape.assign(shape.begin(), shape.end());
  return result;
}

HostTensor transposeHost(const HostTensor &source,
                         ArrayRef<int64_t> permutation) {
  SmallVector<int64_t> from = stridesOf(source.shape), shape, strides;
  for (int64_t dim : permutation) {
    shape.push_back(source.shape[dim]);
    strides.push_back(from[dim]);
  }
  return copyStrided(source, shape, strides);
}

HostTensor broadcastHost(const HostTensor &source, ArrayRef<int64_t> shape) {
  SmallVector<int64_t> from = stridesOf(source.shape);
  SmallVector<int64_t> strides(shape.size(), 0);
  size_t shift = shape.size() - source.shape.size();
  for (auto [i, size] : llvm::enumerate(source.shape))
    if (size != 1)
      strides[shift + i] = from[i];
  return copyStrided(source, shape, strides);
}

HostTensor takeHost(const HostTensor &source, int64_t axis,
                    ArrayRef<int64_t> indices) {
  std::vector<int64_t> shape = source.shape;
  shape[axis] = static_cast<int64_t>(indices.size());
  HostTensor result = HostTensor::zeros(source.type, shape);
  // Elements after the axis are contiguous and move as one block.
  size_t block = elementSize(source.type);
  for (int64_t size : ArrayRef(shape).drop_front(axis + 1))
    block *= static_cast<size_t>(size);
  if (result.data.empty())
    return result;
  size_t outer = result.data.size() / (block * indices.size());
  size_t row = block * static_cast<size_t>(source.shape[axis]);
  std::byte *out = result.data.data();
  for (size_t i = 0; i < outer; ++i)
    for (int64_t index : indices) {
      std::memcpy(out, source.data.data() + i * row + index * block, block);
      out += block;
    }
  return result;
}

HostTensor concatHost(ArrayRef<const HostTensor *> sources, int64_t axis) {
  std::vector<int64_t> shape = sources.front()->shape;
  shape[axis] = 0;
  for (const HostTensor *source : sources)
    shape[axis] += source->shape[axis];
  HostTensor result = HostTensor::zeros(sources.front()->type, shape);
  size_t outer = 1;
  for (int64_t size : ArrayRef(shape).take_front(axis))
    outer *= static_cast<size_t>(size);
  std::byte *out = result.data.data();
  for (size_t i = 0; i < outer && !result.data.empty(); ++i)
    for (const HostTensor *source : sources) {
      size_t block = source->data.size() / outer;
      if (block)
        std::memcpy(out, source->data.data() + i * block, block);
      out += block;
    }
  return result;
}

std::optional<SmallVector<int64_t>> readInts(const HostTensor &tensor) {
  SmallVector<int64_t> values;
  auto read = [&](auto zero) {
    for (auto value : tensor.as<decltype(zero)>())
      values.push_back(static_cast<int64_t>(value));
  };
  switch (tensor.type) {
  case ElementType::I8:
    read(int8_t());
    break;
  case ElementType::Bool:
  case ElementType::U8:
    read(uint8_t());
    break;
  case ElementType::I16:
    read(int16_t());
    break;
  case ElementType::U16:
    read(uint16_t());
    break;
  case ElementType::I32:
    read(int32_t());
    break;
  case ElementType::U32:
    read(uint32_t());
    break;
  case ElementType::I64:
    read(int64_t());
    break;
  case ElementType::U64:
    read(uint64_t());
    if (llvm::any_of(values, [](int64_t v) { return v < 0; }))
      return std::nullopt;
    break;
  default:
    return std::nullopt;
  }
  return values;
}

} // namespace kiln::onnx_import
