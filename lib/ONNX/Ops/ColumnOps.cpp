//===- ColumnOps.cpp - Col2Im from ONNX ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// The columns of a convolution are the elements under its window, one column
// for each position. Col2Im adds them up to an image.
//===----------------------------------------------------------------------===//

#include "WindowAttributes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace kiln::onnx_import {

namespace {
struct ColumnWindow : WindowAttributes {
  SmallVector<int64_t> image, kernel, positions;
};
} // namespace

static FailureOr<ColumnWindow> readColumns(NodeImporter &node) {
  FailureOr<SmallVector<int64_t>> image = node.constantInts(1, "image_shape");
  FailureOr<SmallVector<int64_t>> kernel = node.constantInts(2, "block_shape");
  if (failed(image) || failed(kernel))
    return failure();
  if (node.rank(0) != 3 || image->empty() || image->size() > 3 ||
      llvm::any_of(*image, [](int64_t size) { return size < 1; }))
    return node.error(ErrorCode::BadShape)
           << "columns " << shapeText(node.shape(0)) << " and image "
           << shapeText(*image)
           << ": rank 3 and 1 to 3 positive sizes are needed";
  FailureOr<WindowAttributes> attributes = readWindow(node, *image, *kernel);
  if (failed(attributes))
    return failure();
  ColumnWindow window{*attributes, *image, *kernel, {}};
  int64_t rows = node.shape(0)[1], columns = 1;
  for (auto [i, size] : llvm::enumerate(*image)) {
    int64_t room = size + window.padLow[i] + window.padHigh[i] -
                   (window.dilations[i] * ((*kernel)[i] - 1) + 1);
    if (room < 0)
      return node.error(ErrorCode::BadShape)
             << "the dilated block does not fit into the padded image along "
                "spatial dimension "
             << i;
    window.positions.push_back(room / window.strides[i] + 1);
    if (llvm::MulOverflow(columns, window.positions[i], columns))
      columns = -1;
    rows = rows % (*kernel)[i] == 0 ? rows / (*kernel)[i] : 0;
  }
  if (columns != node.shape(0)[2] || rows < 1)
    return node.error(ErrorCode::BadShape)
           << "columns of shape " << shapeText(node.shape(0))
           << " do not fit: the second dimension must be a multiple of the "
              "block's size, the third its number of positions, "
           << shapeText(window.positions);
  return window;
}

/// The window's position, along one dimension, whose tap lies on an element of
/// the image, and whether there is one.
static std::pair<Value, Value> positionOf(OpBuilder &b, Location loc,
                                          const ColumnWindow &window, size_t i,
                                          Value element, Value tap) {
  auto number = [&](int64_t value) -> Value {
    return arith::ConstantIndexOp::create(b, loc, value);
  };
  auto compare = [&](arith::CmpIPredicate kind, Value x, int64_t y) -> Value {
    return arith::CmpIOp::create(b, loc, kind, x, number(y));
  };
  // element + padLow = position * stride + tap * dilation
  Value moved =
      arith::AddIOp::create(b, loc, element, number(window.padLow[i]));
  Value shift = arith::MulIOp::create(b, loc, tap, number(window.dilations[i]));
  Value scaled = arith::SubIOp::create(b, loc, moved, shift);
  Value least = number(0), stride = number(window.strides[i]);
  Value isAfter = compare(arith::CmpIPredicate::sge, scaled, 0);
  scaled = arith::MaxSIOp::create(b, loc, scaled, least);
  Value position = arith::DivSIOp::create(b, loc, scaled, stride);
  Value rest = arith::RemSIOp::create(b, loc, scaled, stride);
  Value isWhole = compare(arith::CmpIPredicate::eq, rest, 0);
  Value isBefore =
      compare(arith::CmpIPredicate::slt, position, window.positions[i]);
  position =
      arith::MinSIOp::create(b, loc, position, number(window.positions[i] - 1));
  Value is = arith::AndIOp::create(b, loc, isAfter, isWhole);
  return {position, arith::AndIOp::create(b, loc, is, isBefore)};
}

/// The columns as [N, C, block..., positions...], added up to [N, C, image...].
static Value addColumns(NodeImporter &node, const ColumnWindow &window,
                        Value columns, ArrayRef<int64_t> shape) {
  OpBuilder &builder = node.builder();
  Type type = elementTypeOf(columns);
  auto spatial = static_cast<unsigned>(window.image.size());
  unsigned loops = 2 + 2 * spatial;
  AffineMap all = builder.getMultiDimIdentityMap(loops);
  AffineMap maps[] = {all.getMinorSubMap(spatial),
                      all.getMajorSubMap(2 + spatial)};
  SmallVector<utils::IteratorType> kinds(loops, utils::IteratorType::reduction);
  std::fill_n(kinds.begin(), 2 + spatial, utils::IteratorType::parallel);
  // Only its shape counts: it gives the extents of the taps' loops.
  Value extents = createEmpty(builder, node.loc(), window.kernel, type);
  Value init = createFilled(builder, node.loc(), shape, type, 0);
  auto body = [&](OpBuilder &b, Location loc, ValueRange args) {
    auto index = [&](unsigned dim) -> Value {
      return linalg::IndexOp::create(b, loc, dim);
    };
    SmallVector<Value> at = {index(0), index(1)}, positions;
    Value isThere;
    for (unsigned i = 0; i < spatial; ++i) {
      at.push_back(index(2 + spatial + i));
      auto [position, is] =
          positionOf(b, loc, window, i, index(2 + i), at.back());
      positions.push_back(position);
      isThere =
          isThere ? arith::AndIOp::create(b, loc, isThere, is).getResult() : is;
    }
    llvm::append_range(at, positions);
    Value element = tensor::ExtractOp::create(b, loc, columns, at);
    Value sum = arith::AddFOp::create(b, loc, args[1], element);
    linalg::YieldOp::create(
        b, loc,
        arith::SelectOp::create(b, loc, isThere, sum, args[1]).getResult());
  };
  return linalg::GenericOp::create(builder, node.loc(),
                                   TypeRange{init.getType()}, extents, init,
                                   maps, kinds, body)
      .getResult(0);
}

static LogicalResult importCol2Im(NodeImporter &node) {
  FailureOr<ColumnWindow> window = readColumns(node);
  if (failed(window))
    return failure();
  if (!isa<FloatType>(node.elementType(0)))
    return node.unsupported("element types other than floats are not taken");
  int64_t block = llvm::product_of(window->kernel);
  SmallVector<int64_t> shape = {node.shape(0)[0], node.shape(0)[1] / block};
  SmallVector<int64_t> split = shape;
  llvm::append_range(shape, window->image);
  llvm::append_range(split, window->kernel);
  llvm::append_range(split, window->positions);
  if (failed(node.checkSize(shape)))
    return failure();
  Value columns =
      createReshape(node.builder(), node.loc(), node.value(0), split);
  return node.setResult(0, addColumns(node, *window, columns, shape));
}

ArrayRef<Operator> columnOperators() {
  static const Operator operators[] = {
      {"Col2Im", 18, kLatest, 3, 3, 1, "dilations:I pads:I strides:I",
       importCol2Im, "floats",
       "image_shape and block_shape must be constant; 1 to 3 spatial "
       "dimensions"},
  };
  return operators;
}

} // namespace kiln::onnx_import
