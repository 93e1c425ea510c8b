//===- GridOps.cpp - Sampling by grids from ONNX ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Sampling.h"

#include "kiln/Dialect/NN/Utils/Constants.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"

#include "llvm/ADT/StringSwitch.h"

using namespace mlir;

namespace kiln::onnx_import {

//===----------------------------------------------------------------------===//
// GridSample
//===----------------------------------------------------------------------===//

/// Opset 16 had names of two dimensions: bilinear, bicubic.
static std::optional<Interpolation> readInterpolation(NodeImporter &node) {
  using Switch = llvm::StringSwitch<std::optional<Interpolation>>;
  if (node.opset() < 20)
    return Switch(node.getString("mode", "bilinear"))
        .Case("nearest", Interpolation::Nearest)
        .Case("bilinear", Interpolation::Linear)
        .Case("bicubic", Interpolation::Cubic)
        .Default(std::nullopt);
  return Switch(node.getString("mode", "linear"))
      .Case("nearest", Interpolation::Nearest)
      .Case("linear", Interpolation::Linear)
      .Case("cubic", Interpolation::Cubic)
      .Default(std::nullopt);
}

static FailureOr<SamplingMode> readSamplingMode(NodeImporter &node) {
  auto interpolation = readInterpolation(node);
  StringRef padding = node.getString("padding_mode", "zeros");
  auto outside = llvm::StringSwitch<std::optional<Outside>>(padding)
                     .Case("zeros", Outside::Zeros)
                     .Case("border", Outside::Border)
                     .Case("reflection", Outside::Reflection)
                     .Default(std::nullopt);
  if (!interpolation)
    return node.error(ErrorCode::BadAttribute)
           << "mode " << quoted(node.getString("mode", ""))
           << " is not known at this opset";
  if (!outside)
    return node.error(ErrorCode::BadAttribute)
           << "padding_mode " << quoted(padding) << " is not known";
  return SamplingMode{*interpolation, *outside,
                      node.getInt("align_corners", 0) != 0};
}

/// The grid is [N, out..., spatial dimensions].
static LogicalResult checkGrid(NodeImporter &node) {
  int64_t rank = node.rank(0), spatial = rank - 2;
  bool fits = rank >= 3 && node.rank(1) == rank &&
              node.shape(1).back() == spatial &&
              node.shape(1).front() == node.shape(0).front();
  if (!fits || (node.opset() < 20 && rank != 4))
    return node.error(ErrorCode::BadShape)
           << "input " << shapeText(node.shape(0)) << " and grid "
           << shapeText(node.shape(1)) << " do not fit: Nx...x"
           << std::max<int64_t>(spatial, 1) << " is needed"
           << (node.opset() < 20 ? ", and rank 4 at this opset" : "");
  if (spatial > 3)
    return node.unsupported("more than 3 spatial dimensions are not taken");
  if (!isa<FloatType>(node.elementType(1)))
    return node.error(ErrorCode::BadModel) << "the grid must be of floats";
  return checkSampled(node, 2);
}

/// Component `i` of a tensor's last dimension: [N, 1, rest...].
static Value componentOf(NodeImporter &node, Value tensor, int64_t i) {
  SmallVector<int64_t> sizes(shapeOf(tensor));
  SmallVector<int64_t> offsets(sizes.size(), 0), strides(sizes.size(), 1);
  sizes.back() = 1;
  offsets.back() = i;
  OpBuilder &b = node.builder();
  Value part = createSlice(b, node.loc(), tensor, offsets, sizes, strides);
  sizes.pop_back();
  sizes.insert(sizes.begin() + 1, 1);
  return createReshape(b, node.loc(), part, sizes);
}

/// From [-1, 1] to elements: -1 and 1 are the centres of the outermost elements
/// with `alignsCorners`, else their outer edges.
static Value toElements(ScalarMath &m, Value x, int64_t size,
                        bool alignsCorners) {
  auto length = static_cast<double>(size);
  Value moved = m.add(m.convert(x), m.number(1));
  if (alignsCorners)
    return m.mul(m.mul(moved, m.number(0.5)), m.number(length - 1));
  Value twice = m.sub(m.mul(moved, m.number(length)), m.number(1));
  return m.mul(twice, m.number(0.5));
}

static LogicalResult importGridSample(NodeImporter &node) {
  FailureOr<SamplingMode> mode = readSamplingMode(node);
  if (failed(mode) || failed(checkGrid(node)))
    return failure();
  ArrayRef<int64_t> spatial = node.shape(0).drop_front(2);
  SmallVector<int64_t> shape(node.shape(0).take_front(2));
  llvm::append_range(shape, node.shape(1).drop_front().drop_back());
  if (failed(node.checkSize(shape)))
    return failure();
  // The grid's first component belongs to the last dimension.
  Value input = node.value(0), grid = node.value(1);
  SmallVector<Value> coordinates;
  for (int64_t i = spatial.size() - 1; i >= 0; --i)
    coordinates.push_back(componentOf(node, grid, i));
  Type element = node.elementType(0);
  Type type = arithmeticType(element, node.elementType(1));
  return node.setResult(
      0,
      createElementwise(
          node.builder(), node.loc(), shape, element, coordinates,
          [&](OpBuilder &b, Location loc, ValueRange args) -> Value {
            ScalarMath m(b, loc, type);
            SmallVector<Neighbours> axes;
            for (auto [x, size] : llvm::zip_equal(args, spatial))
              axes.push_back(neighboursAt(
                  m, toElements(m, x, size, mode->alignsCorners), size, *mode));
            Value position[] = {linalg::IndexOp::create(b, loc, 0),
                                linalg::IndexOp::create(b, loc, 1)};
            Value sum = interpolate(m, input, position, axes);
            return type == element ? sum : createCast(b, loc, sum, element);
          }));
}

//===----------------------------------------------------------------------===//
// AffineGrid
//===----------------------------------------------------------------------===//

/// The coordinates in [-1, 1] of a dimension's elements, as GridSample takes
/// them. One element alone lies in the middle.
static SmallVector<double> normalCoordinates(int64_t size, bool alignsCorners) {
  SmallVector<double> result;
  auto length = static_cast<double>(size);
  for (int64_t i = 0; i < size; ++i) {
    auto at = static_cast<double>(i);
    if (alignsCorners)
      result.push_back(size == 1 ? 0 : 2 * at / (length - 1) - 1);
    else
      result.push_back((2 * at + 1) / length - 1);
  }
  return result;
}

/// Column `k` of theta, [N, spatial], beside the grid: [N, 1..., spatial].
static Value columnOf(NodeImporter &node, int64_t k) {
  int64_t batch = node.shape(0)[0], spatial = node.shape(0)[1];
  OpBuilder &b = node.builder();
  Value column = createSlice(b, node.loc(), node.value(0), {0, 0, k},
                             {batch, spatial, 1}, {1, 1, 1});
  SmallVector<int64_t> shape(spatial + 2, 1);
  shape.front() = batch;
  shape.back() = spatial;
  return createReshape(b, node.loc(), column, shape);
}

static LogicalResult importAffineGrid(NodeImporter &node) {
  FailureOr<SmallVector<int64_t>> size = node.constantInts(1, "size");
  if (failed(size))
    return failure();
  auto spatial = static_cast<int64_t>(size->size()) - 2;
  if (node.rank(0) != 3 || (spatial != 2 && spatial != 3) ||
      node.shape(0)[0] != size->front() || node.shape(0)[1] != spatial ||
      node.shape(0)[2] != spatial + 1)
    return node.error(ErrorCode::BadShape)
           << "theta " << shapeText(node.shape(0)) << " and size "
           << shapeText(*size)
           << " do not fit: Nx2x3 and NxCxHxW, or Nx3x4 and NxCxDxHxW, do";
  auto type = dyn_cast<FloatType>(node.elementType(0));
  if (!type)
    return node.unsupported("element types other than floats are not taken");
  for (int64_t length : ArrayRef(*size).drop_front(2))
    if (length < 0 || length > kMaxSampledSize)
      return node.error(ErrorCode::BadShape)
             << "size " << shapeText(*size)
             << " cannot be sampled: spatial sizes must lie in [0, 2^24]";
  SmallVector<int64_t> shape(*size);
  shape.erase(shape.begin() + 1);
  shape.push_back(spatial);
  if (failed(node.checkSize(shape)))
    return failure();

  // theta's columns belong to x, y (, z) and the constant.
  OpBuilder &b = node.builder();
  bool alignsCorners = node.getInt("align_corners", 0) != 0;
  SmallVector<Value> operands = {columnOf(node, spatial)};
  for (int64_t k = 0; k < spatial; ++k) {
    int64_t dim = spatial - k;
    SmallVector<int64_t> along(spatial + 2, 1);
    along[dim] = shape[dim];
    operands.push_back(columnOf(node, k));
    operands.push_back(
        nn::createConstant(b, node.loc(), RankedTensorType::get(along, type),
                           normalCoordinates(shape[dim], alignsCorners)));
  }
  return node.setResult(
      0, createElementwise(b, node.loc(), shape, type, operands,
                           [](OpBuilder &inner, Location loc, ValueRange args) {
                             Value sum = args[0];
                             for (size_t i = 1; i < args.size(); i += 2)
                               sum = createScalar(
                                   inner, loc, BinaryKind::Add, sum,
                                   createScalar(inner, loc, BinaryKind::Mul,
                                                args[i], args[i + 1]));
                             return sum;
                           }));
}

ArrayRef<Operator> gridOperators() {
  static const Operator operators[] = {
      {"AffineGrid", 20, kLatest, 2, 2, 1, "align_corners:i", importAffineGrid,
       "floats", "size must be constant"},
      {"GridSample", 16, kLatest, 2, 2, 1,
       "align_corners:i mode:s padding_mode:s", importGridSample,
       "floats 1:floats",
       "at most 3 spatial dimensions, of at most 2^24 elements"},
  };
  return operators;
}

} // namespace kiln::onnx_import
