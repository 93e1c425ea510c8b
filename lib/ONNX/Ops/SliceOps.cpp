//===- SliceOps.cpp - Slices and joins from ONNX ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "NodeImporter.h"

using namespace mlir;

namespace kiln::onnx_import {

static LogicalResult importConcat(NodeImporter &node) {
  int64_t rank = node.rank(0);
  FailureOr<int64_t> axis = node.normalizeAxis(node.getInt("axis", 1), rank);
  if (failed(axis))
    return failure();
  SmallVector<int64_t> shape(node.shape(0));
  shape[*axis] = 0;
  bool allKnown = true;
  for (size_t i = 0; i < node.numInputs(); ++i) {
    if (!node.hasInput(i))
      return node.error(ErrorCode::BadModel) << "input " << i << " is absent";
    SmallVector<int64_t> part(node.shape(i));
    bool fits = part.size() == shape.size() &&
                node.elementType(i) == node.elementType(0);
    if (fits) {
      int64_t size = std::exchange(part[*axis], shape[*axis]);
      fits =
          part == shape && !llvm::AddOverflow(shape[*axis], size, shape[*axis]);
    }
    if (!fits)
      return node.error(ErrorCode::BadShape)
             << "inputs of shapes " << shapeText(node.shape(0)) << " and "
             << shapeText(node.shape(i)) << " do not join along axis " << *axis
             << ", or differ in element type";
    allKnown &= node.host(i) != nullptr;
  }
  if (failed(node.checkSize(shape)))
    return failure();
  if (allKnown) {
    SmallVector<const HostTensor *> parts;
    for (size_t i = 0; i < node.numInputs(); ++i)
      parts.push_back(node.host(i).get());
    return node.setResult(0, concatHost(parts, *axis));
  }
  SmallVector<Value> values;
  for (size_t i = 0; i < node.numInputs(); ++i)
    values.push_back(node.value(i));
  if (values.size() == 1)
    return node.setResult(0, values[0]);
  return node.setResult(
      0, tensor::ConcatOp::create(node.builder(), node.loc(), *axis, values)
             .getResult());
}

/// Result `i`: entries [start, start + size) of input 0 along `axis`.
static LogicalResult setPart(NodeImporter &node, size_t i, int64_t axis,
                             int64_t start, int64_t size) {
  if (!node.hasOutput(i))
    return success();
  if (TensorRef known = node.host(0)) {
    auto indices = llvm::to_vector(llvm::seq<int64_t>(start, start + size));
    return node.setResult(i, takeHost(*known, axis, indices));
  }
  SmallVector<int64_t> offsets(node.rank(0), 0), strides(node.rank(0), 1);
  SmallVector<int64_t> sizes(node.shape(0));
  offsets[axis] = start;
  sizes[axis] = size;
  return node.setResult(i, createSlice(node.builder(), node.loc(),
                                       node.value(0), offsets, sizes, strides));
}

/// Sizes from the attribute or input; else equal parts, the last one smaller
/// where they do not divide (opset 18's num_outputs).
static LogicalResult importSplit(NodeImporter &node) {
  FailureOr<int64_t> axis =
      node.normalizeAxis(node.getInt("axis", 0), node.rank(0));
  auto given = node.intsFrom("split", 1);
  if (failed(axis) || failed(given))
    return failure();
  int64_t total = node.shape(0)[*axis];
  auto count = static_cast<int64_t>(node.numOutputs());
  if (node.getInt("num_outputs", count) != count)
    return node.error(ErrorCode::BadAttribute)
           << "num_outputs is " << node.getInt("num_outputs", count)
           << " where the node has " << count << " outputs";
  SmallVector<int64_t> sizes = given->value_or(SmallVector<int64_t>());
  if (!*given) {
    int64_t part = total / count + (total % count != 0);
    for (int64_t i = 0; i < count; ++i)
      sizes.push_back(std::clamp<int64_t>(total - i * part, 0, part));
    if (total % count != 0 && !node.hasAttr("num_outputs"))
      return node.error(ErrorCode::BadShape)
             << total << " entries do not split into " << count
             << " equal parts";
  }
  int64_t sum = 0;
  bool isValid = static_cast<int64_t>(sizes.size()) == count;
  for (int64_t size : sizes)
    isValid &= size >= 0 && size <= total && (sum += size) <= total;
  if (!isValid || sum != total)
    return node.error(ErrorCode::BadShape)
           << "split " << shapeText(sizes) << " into " << count
           << " outputs does not add up to " << total;
  int64_t start = 0;
  for (auto [i, size] : llvm::enumerate(sizes)) {
    if (failed(setPart(node, i, *axis, start, size)))
      return failure();
    start += size;
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Slice
//===----------------------------------------------------------------------===//

namespace {
struct SliceRange {
  int64_t start, count, step;
};
} // namespace

/// ONNX clamps starts and ends to the dimension, whatever their size.
static SliceRange clampRange(int64_t start, int64_t end, int64_t step,
                             int64_t size) {
  auto fromEnd = [&](int64_t at) { return at < 0 ? at + size : at; };
  if (step > 0) {
    start = std::clamp<int64_t>(fromEnd(start), 0, size);
    end = std::clamp<int64_t>(fromEnd(end), 0, size);
    return {start, end > start ? (end - start - 1) / step + 1 : 0, step};
  }
  start = std::clamp<int64_t>(fromEnd(start), size ? 0 : -1, size - 1);
  end = std::clamp<int64_t>(fromEnd(end), -1, size - 1);
  // A step below -size takes one entry, as -size does, and cannot overflow.
  step = std::max(step, -size - 1);
  return {start, start > end ? (start - end - 1) / -step + 1 : 0, step};
}

static LogicalResult applySlice(NodeImporter &node,
                                ArrayRef<SliceRange> ranges) {
  SmallVector<int64_t> offsets, sizes, steps;
  for (const SliceRange &range : ranges) {
    offsets.push_back(range.start);
    sizes.push_back(range.count);
    steps.push_back(range.step);
  }
  if (TensorRef known = node.host(0)) {
    SmallVector<int64_t> strides = stridesOf(known->shape);
    int64_t offset = 0;
    for (auto [i, range] : llvm::enumerate(ranges)) {
      offset += range.start * strides[i];
      strides[i] *= range.count > 1 ? range.step : 1;
    }
    return node.setResult(0, copyStrided(*known, sizes, strides, offset));
  }
  // Backward dimensions are gathered one by one, the others sliced at once.
  Value value = node.value(0);
  for (auto [i, range] : llvm::enumerate(ranges)) {
    if (range.step > 0)
      continue;
    SmallVector<int64_t> indices;
    for (int64_t k = 0; k < range.count; ++k)
      indices.push_back(range.start + k * range.step);
    value = createTake(node.builder(), node.loc(), value, i, indices);
    offsets[i] = 0;
    steps[i] = 1;
  }
  return node.setResult(
      0, createSlice(node.builder(), node.loc(), value, offsets, sizes, steps));
}

static LogicalResult importSlice(NodeImporter &node) {
  auto starts = node.intsFrom("starts", 1);
  auto ends = node.intsFrom("ends", 2);
  auto axes = node.intsFrom("axes", 3);
  auto steps = node.intsFrom("steps", 4);
  if (failed(starts) || failed(ends) || failed(axes) || failed(steps))
    return failure();
  if (!*starts || !*ends)
    return node.error(ErrorCode::BadModel) << "has no starts or ends";
  size_t count = (*starts)->size();
  if (!*axes)
    *axes = llvm::to_vector(llvm::seq<int64_t>(0, count));
  if (!*steps)
    *steps = SmallVector<int64_t>(count, 1);
  if ((*ends)->size() != count || (*axes)->size() != count ||
      (*steps)->size() != count)
    return node.error(ErrorCode::BadAttribute)
           << "starts, ends, axes and steps differ in length";
  if (failed(node.normalizeAxes(**axes, node.rank(0))))
    return failure();
  SmallVector<SliceRange> ranges;
  for (int64_t size : node.shape(0))
    ranges.push_back({0, size, 1});
  for (size_t i = 0; i < count; ++i) {
    int64_t step = (**steps)[i];
    int64_t axis = *node.normalizeAxis((**axes)[i], node.rank(0));
    if (step == 0)
      return node.error(ErrorCode::BadAttribute) << "a step is 0";
    ranges[axis] =
        clampRange((**starts)[i], (**ends)[i], step, node.shape(0)[axis]);
  }
  return applySlice(node, ranges);
}

ArrayRef<Operator> sliceOperators() {
  static const Operator operators[] = {
      {"Concat", 1, 3, 1, kVariadic, 1, "axis:i", importConcat, "any"},
      {"Concat", 4, kLatest, 1, kVariadic, 1, "axis:i!", importConcat, "any"},
      {"Slice", 1, 9, 1, 1, 1, "axes:I ends:I! starts:I!", importSlice, "any",
       "bounds that are not constant"},
      {"Slice", 10, kLatest, 3, 5, 1, "", importSlice, "any",
       "bounds that are not constant"},
      {"Split", 1, 1, 1, 2, kVariadic, "axis:i split:I", importSplit, "any",
       "parts that are not constant"},
      {"Split", 2, 12, 1, 1, kVariadic, "axis:i split:I", importSplit, "any",
       "parts that are not constant"},
      {"Split", 13, 17, 1, 2, kVariadic, "axis:i", importSplit, "any",
       "parts that are not constant"},
      {"Split", 18, kLatest, 1, 2, kVariadic, "axis:i num_outputs:i",
       importSplit, "any", "parts that are not constant"},
  };
  return operators;
}

} // namespace kiln::onnx_import
