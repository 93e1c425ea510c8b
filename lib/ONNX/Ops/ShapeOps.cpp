//===- ShapeOps.cpp - Reshapes and transposes from ONNX ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "NodeImporter.h"

#include <numeric>

using namespace mlir;

namespace kiln::onnx_import {

/// Input 0 with another shape of as many elements.
static LogicalResult reshapeTo(NodeImporter &node, ArrayRef<int64_t> shape) {
  std::optional<int64_t> count = elementCount({shape.data(), shape.size()});
  if (count != node.type(0).getNumElements())
    return node.error(ErrorCode::BadShape)
           << "an input of shape " << shapeText(node.shape(0))
           << " cannot become " << shapeText(shape);
  if (TensorRef known = node.host(0))
    return node.setResult(0, reshapeHost(*known, shape));
  return node.setResult(
      0, createReshape(node.builder(), node.loc(), node.value(0), shape));
}

/// 0 copies the input's size (unless `allowzero`), one -1 takes what is left.
static LogicalResult importReshape(NodeImporter &node) {
  auto wanted = node.intsFrom("shape", 1);
  if (failed(wanted))
    return failure();
  if (!*wanted)
    return node.error(ErrorCode::BadModel) << "has no shape";
  SmallVector<int64_t> shape = **wanted;
  bool allowsZero = node.getInt("allowzero", 0) != 0;
  std::optional<size_t> open;
  int64_t known = 1;
  for (auto [i, size] : llvm::enumerate(shape)) {
    if (size == 0 && !allowsZero) {
      if (i >= node.shape(0).size())
        return node.error(ErrorCode::BadShape)
               << "shape " << shapeText(shape) << " copies dimension " << i
               << " of an input of shape " << shapeText(node.shape(0));
      size = node.shape(0)[i];
    }
    if (size < -1 || (size == -1 && open))
      return node.error(ErrorCode::BadShape)
             << "shape " << shapeText(shape)
             << " has a negative size, or -1 twice";
    if (size == -1)
      open = i;
    else if (llvm::MulOverflow(known, size, known))
      return node.error(ErrorCode::BadShape)
             << "shape " << shapeText(shape) << " is too large";
  }
  if (open && known == 0)
    return node.error(ErrorCode::BadShape)
           << "shape " << shapeText(shape) << " leaves -1 undefined";
  if (open)
    shape[*open] = node.type(0).getNumElements() / known;
  return reshapeTo(node, shape);
}

static LogicalResult importFlatten(NodeImporter &node) {
  int64_t axis = node.getInt("axis", 1), rank = node.rank(0);
  if (axis < -rank || axis > rank)
    return node.error(ErrorCode::BadAttribute)
           << "axis " << axis << " is out of range for rank " << rank;
  axis = axis < 0 ? axis + rank : axis;
  int64_t rows = 1, columns = 1;
  for (auto [i, size] : llvm::enumerate(node.shape(0)))
    (static_cast<int64_t>(i) < axis ? rows : columns) *= size;
  return reshapeTo(node, {rows, columns});
}

static LogicalResult importSqueeze(NodeImporter &node) {
  auto axes = node.intsFrom("axes", 1);
  if (failed(axes))
    return failure();
  ArrayRef<int64_t> input = node.shape(0);
  SmallVector<int64_t> shape;
  if (!*axes) {
    llvm::copy_if(input, std::back_inserter(shape),
                  [](int64_t size) { return size != 1; });
    return reshapeTo(node, shape);
  }
  auto normal = node.normalizeAxes(**axes, node.rank(0));
  if (failed(normal))
    return failure();
  for (auto [i, size] : llvm::enumerate(input)) {
    if (!llvm::is_contained(*normal, static_cast<int64_t>(i)))
      shape.push_back(size);
    else if (size != 1)
      return node.error(ErrorCode::BadShape)
             << "dimension " << i << " of " << shapeText(input)
             << " is not 1 and cannot be squeezed";
  }
  return reshapeTo(node, shape);
}

static LogicalResult importUnsqueeze(NodeImporter &node) {
  auto axes = node.intsFrom("axes", 1);
  if (failed(axes))
    return failure();
  if (!*axes)
    return node.error(ErrorCode::BadModel) << "has no axes";
  int64_t rank = node.rank(0) + static_cast<int64_t>((*axes)->size());
  auto normal = node.normalizeAxes(**axes, rank);
  if (failed(normal))
    return failure();
  SmallVector<int64_t> shape(node.shape(0));
  for (int64_t axis : *normal) // sorted: each index is final
    shape.insert(shape.begin() + axis, 1);
  return reshapeTo(node, shape);
}

static LogicalResult importTranspose(NodeImporter &node) {
  SmallVector<int64_t> permutation(node.getInts("perm"));
  if (!node.hasAttr("perm")) {
    permutation.resize(node.rank(0));
    std::iota(permutation.rbegin(), permutation.rend(), 0);
  }
  SmallVector<int64_t> sorted = permutation;
  llvm::sort(sorted);
  if (!llvm::equal(sorted, llvm::seq<int64_t>(0, node.rank(0))))
    return node.error(ErrorCode::BadAttribute)
           << "perm is no permutation of the " << node.rank(0)
           << " dimensions of the input";
  if (TensorRef known = node.host(0))
    return node.setResult(0, transposeHost(*known, permutation));
  return node.setResult(0, createTranspose(node.builder(), node.loc(),
                                           node.value(0), permutation));
}

static LogicalResult importExpand(NodeImporter &node) {
  FailureOr<SmallVector<int64_t>> wanted = node.constantInts(1, "shape");
  if (failed(wanted))
    return failure();
  auto shape = broadcastShapes(node.shape(0), *wanted);
  if (!shape || failed(node.checkSize(*shape)))
    return node.error(ErrorCode::BadShape)
           << "an input of shape " << shapeText(node.shape(0))
           << " does not broadcast to " << shapeText(*wanted);
  if (TensorRef known = node.host(0))
    return node.setResult(0, broadcastHost(*known, *shape));
  return node.setResult(
      0, createBroadcast(node.builder(), node.loc(), node.value(0), *shape));
}

/// Repeats each dimension: [a, b] becomes [1, a, 1, b], is broadcast to
/// [r, a, s, b], and collapses to [r * a, s * b].
static LogicalResult importTile(NodeImporter &node) {
  FailureOr<SmallVector<int64_t>> repeats = node.constantInts(1, "repeats");
  if (failed(repeats))
    return failure();
  ArrayRef<int64_t> input = node.shape(0);
  if (repeats->size() != input.size())
    return node.error(ErrorCode::BadShape)
           << repeats->size() << " repeats for an input of shape "
           << shapeText(input);
  SmallVector<int64_t> split, spread, shape;
  for (auto [size, count] : llvm::zip_equal(input, *repeats)) {
    int64_t product;
    if (count < 0 || llvm::MulOverflow(size, count, product))
      return node.error(ErrorCode::BadShape)
             << "repeats " << shapeText(*repeats)
             << " are negative or too large";
    split.append({1, size});
    spread.append({count, size});
    shape.push_back(product);
  }
  if (failed(node.checkSize(spread)))
    return failure();
  if (TensorRef known = node.host(0))
    return node.setResult(
        0,
        reshapeHost(broadcastHost(reshapeHost(*known, split), spread), shape));
  OpBuilder &b = node.builder();
  Value parts = createReshape(b, node.loc(), node.value(0), split);
  Value full = createBroadcast(b, node.loc(), parts, spread);
  return node.setResult(0, createReshape(b, node.loc(), full, shape));
}

//===----------------------------------------------------------------------===//
// Depth and space
//===----------------------------------------------------------------------===//

static LogicalResult checkBlocks(NodeImporter &node, int64_t block) {
  if (node.rank(0) == 4 && block >= 1 && block < (1 << 15))
    return success();
  return node.error(ErrorCode::BadShape)
         << "blocksize " << block << " and an input of shape "
         << shapeText(node.shape(0)) << "; rank 4 and 1 or more are needed";
}

static LogicalResult permuteParts(NodeImporter &node, ArrayRef<int64_t> parts,
                                  ArrayRef<int64_t> permutation,
                                  ArrayRef<int64_t> shape) {
  OpBuilder &b = node.builder();
  Value split = createReshape(b, node.loc(), node.value(0), parts);
  Value moved = createTranspose(b, node.loc(), split, permutation);
  return node.setResult(0, createReshape(b, node.loc(), moved, shape));
}

static LogicalResult importDepthToSpace(NodeImporter &node) {
  int64_t block = node.getInt("blocksize", 0);
  StringRef mode = node.getString("mode", "DCR");
  if (failed(checkBlocks(node, block)))
    return failure();
  if (mode != "DCR" && mode != "CRD")
    return node.error(ErrorCode::BadAttribute)
           << "mode is " << quoted(mode) << ", not DCR or CRD";
  ArrayRef<int64_t> s = node.shape(0);
  if (s[1] % (block * block) != 0)
    return node.error(ErrorCode::BadShape)
           << "blocksize " << block << " does not divide " << s[1]
           << " channels";
  int64_t depth = s[1] / (block * block);
  int64_t shape[] = {s[0], depth, s[2] * block, s[3] * block};
  if (mode == "DCR")
    return permuteParts(node, {s[0], block, block, depth, s[2], s[3]},
                        {0, 3, 4, 1, 5, 2}, shape);
  return permuteParts(node, {s[0], depth, block, block, s[2], s[3]},
                      {0, 1, 4, 2, 5, 3}, shape);
}

static LogicalResult importSpaceToDepth(NodeImporter &node) {
  int64_t block = node.getInt("blocksize", 0);
  if (failed(checkBlocks(node, block)))
    return failure();
  ArrayRef<int64_t> s = node.shape(0);
  if (s[2] % block != 0 || s[3] % block != 0)
    return node.error(ErrorCode::BadShape)
           << "blocksize " << block << " does not divide " << s[2] << "x"
           << s[3];
  int64_t rows = s[2] / block, columns = s[3] / block;
  return permuteParts(node, {s[0], s[1], rows, block, columns, block},
                      {0, 3, 5, 1, 2, 4},
                      {s[0], s[1] * block * block, rows, columns});
}

ArrayRef<Operator> shapeOperators() {
  static const Operator operators[] = {
      {"DepthToSpace", 1, 10, 1, 1, 1, "blocksize:i!", importDepthToSpace,
       "any"},
      {"DepthToSpace", 11, kLatest, 1, 1, 1, "blocksize:i! mode:s",
       importDepthToSpace, "any"},
      {"Expand", 8, kLatest, 2, 2, 1, "", importExpand, "any",
       "a shape that is not constant"},
      {"Flatten", 1, kLatest, 1, 1, 1, "axis:i", importFlatten, "any"},
      {"Reshape", 1, 4, 1, 1, 1, "shape:I!", importReshape, "any",
       "a shape that is not constant"},
      {"Reshape", 5, 13, 2, 2, 1, "", importReshape, "any",
       "a shape that is not constant"},
      {"Reshape", 14, kLatest, 2, 2, 1, "allowzero:i", importReshape, "any",
       "a shape that is not constant"},
      {"SpaceToDepth", 1, kLatest, 1, 1, 1, "blocksize:i!", importSpaceToDepth,
       "any"},
      {"Squeeze", 1, 12, 1, 1, 1, "axes:I", importSqueeze, "any",
       "axes that are not constant"},
      {"Squeeze", 13, kLatest, 1, 2, 1, "", importSqueeze, "any",
       "axes that are not constant"},
      {"Tile", 6, kLatest, 2, 2, 1, "", importTile, "any",
       "repeats that are not constant"},
      {"Transpose", 1, kLatest, 1, 1, 1, "perm:I", importTranspose, "any"},
      {"Unsqueeze", 1, 12, 1, 1, 1, "axes:I!", importUnsqueeze, "any",
       "axes that are not constant"},
      {"Unsqueeze", 13, kLatest, 2, 2, 1, "", importUnsqueeze, "any",
       "axes that are not constant"},
  };
  return operators;
}

} // namespace kiln::onnx_import
