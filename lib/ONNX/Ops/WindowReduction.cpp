//===- WindowReduction.cpp - Sliding windows as linalg.generic ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "WindowReduction.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"

using namespace mlir;

namespace kiln::onnx_import {

FailureOr<PoolWindow> readPoolWindow(NodeImporter &node) {
  int64_t rank = node.rank(0);
  if (rank < 3)
    return node.error(ErrorCode::BadShape)
           << "input " << shapeText(node.shape(0))
           << " must have rank 3 or more";
  ArrayRef<int64_t> spatial = node.shape(0).drop_front(2);
  PoolWindow window;
  window.kernel = llvm::to_vector(node.getInts("kernel_shape"));
  FailureOr<WindowAttributes> attributes =
      readWindow(node, spatial, window.kernel);
  if (failed(attributes))
    return failure();
  static_cast<WindowAttributes &>(window) = std::move(*attributes);
  window.resultShape = llvm::to_vector(node.shape(0).take_front(2));
  SmallVector<int64_t> padded = window.resultShape;
  bool roundsUp = node.getInt("ceil_mode", 0) != 0;
  for (auto [i, size] : llvm::enumerate(spatial)) {
    int64_t stride = window.strides[i], low = window.padLow[i];
    int64_t extent = window.dilations[i] * (window.kernel[i] - 1) + 1;
    int64_t room = size + low + window.padHigh[i] - extent;
    if (room < 0 || size < 1)
      return node.error(ErrorCode::BadShape)
             << "the dilated kernel (" << extent
             << ") does not fit into the padded input along spatial dimension "
             << i;
    int64_t count = (roundsUp ? room + stride - 1 : room) / stride + 1;
    // A last window that starts in the high padding holds no element.
    if (roundsUp && (count - 1) * stride >= size + low)
      --count;
    window.resultShape.push_back(count);
    // With ceil_mode the last window may end beyond what the node asks for.
    int64_t reach = (count - 1) * stride + extent;
    window.padHigh[i] = std::max<int64_t>(reach - low - size, 0);
    padded.push_back(size + low + window.padHigh[i]);
  }
  if (failed(node.checkSize(window.resultShape)) ||
      failed(node.checkSize(padded)))
    return failure();
  return window;
}

static Value padInput(NodeImporter &node, const PoolWindow &window, Value input,
                      double padding) {
  SmallVector<int64_t> low = {0, 0}, high = {0, 0};
  llvm::append_range(low, window.padLow);
  llvm::append_range(high, window.padHigh);
  return createPad(node.builder(), node.loc(), input, low, high, padding);
}

Value createWindowReduction(NodeImporter &node, const PoolWindow &window,
                            Value input, double padding, ValueRange others,
                            Value init, BodyFn body) {
  OpBuilder &builder = node.builder();
  auto spatial = static_cast<unsigned>(window.kernel.size());
  unsigned loops = 2 + 2 * spatial;
  SmallVector<AffineExpr> out, taps;
  for (unsigned i = 0; i < 2 + spatial; ++i)
    out.push_back(builder.getAffineDimExpr(i));
  SmallVector<AffineExpr> in = out;
  for (unsigned i = 0; i < spatial; ++i) {
    taps.push_back(builder.getAffineDimExpr(2 + spatial + i));
    in[2 + i] = out[2 + i] * window.strides[i] + taps[i] * window.dilations[i];
  }
  auto map = [&](ArrayRef<AffineExpr> results) {
    return AffineMap::get(loops, 0, results, builder.getContext());
  };
  // Only its shape counts: it gives the extents of the taps' loops.
  Value extents =
      createEmpty(builder, node.loc(), window.kernel, elementTypeOf(input));
  SmallVector<Value> operands = {padInput(node, window, input, padding),
                                 extents};
  SmallVector<AffineMap> maps = {map(in), map(taps)};
  for (Value other : others) {
    operands.push_back(other);
    maps.push_back(map(out));
  }
  maps.push_back(map(out));
  SmallVector<utils::IteratorType> kinds(loops, utils::IteratorType::reduction);
  std::fill_n(kinds.begin(), 2 + spatial, utils::IteratorType::parallel);
  return linalg::GenericOp::create(
             builder, node.loc(), TypeRange{init.getType()}, operands, init,
             maps, kinds,
             [&](OpBuilder &inner, Location loc, ValueRange args) {
               SmallVector<Value> elements = {args[0]};
               llvm::append_range(elements, args.drop_front(2));
               linalg::YieldOp::create(inner, loc, body(inner, loc, elements));
             })
      .getResult(0);
}

} // namespace kiln::onnx_import
