//===- PoolingOps.cpp - Shapes of pooling and resizing ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Window.h"
#include "kiln/Dialect/NN/IR/NN.h"

#include <cmath>

using namespace mlir;
using namespace kiln::nn;

/// The two windowed poolings have the same attributes and constraints.
template <typename Adaptor>
static FailureOr<RankedTensorType>
inferPool(StringRef name, std::optional<Location> loc, Adaptor op) {
  auto fail = [&](int constraint, const Twine &message) {
    return constraintError(
        loc, "(" + name + "-C" + Twine(constraint) + ") " + message,
        op.getInput().getType());
  };
  auto input = cast<RankedTensorType>(op.getInput().getType());
  int64_t rank = input.getRank();
  if (rank < 3 || rank > 5)
    return fail(1, "expects an input of rank 3 to 5, got " + Twine(rank));
  for (ArrayRef<int64_t> list :
       {op.getKernel(), op.getStrides(), op.getDilations(), op.getPadLow(),
        op.getPadHigh()})
    if (static_cast<int64_t>(list.size()) != rank - 2)
      return fail(2, "expects one kernel size, stride, dilation, low and high "
                     "padding for each of " +
                         Twine(rank - 2) + " spatial dimensions");
  if (!allWithin(op.getKernel(), 1) || !allWithin(op.getStrides(), 1) ||
      !allWithin(op.getDilations(), 1) || !allWithin(op.getPadLow(), 0) ||
      !allWithin(op.getPadHigh(), 0))
    return fail(3, "expects kernel, strides and dilations of at least 1 and "
                   "padding of at least 0, all below 2^31");

  SmallVector<int64_t> shape(input.getShape());
  for (int64_t i = 0; i < rank - 2; ++i) {
    WindowDim window = {shape[i + 2],       op.getKernel()[i],
                        op.getStrides()[i], op.getDilations()[i],
                        op.getPadLow()[i],  op.getPadHigh()[i]};
    int64_t extent = dilatedKernel(window);
    if (window.padLow >= extent || window.padHigh >= extent)
      return fail(4, "expects padding smaller than the dilated kernel (" +
                         Twine(extent) + ") along spatial dimension " +
                         Twine(i));
    if (ShapedType::isDynamic(window.size))
      continue;
    // The taps of a dilated window may lie on both sides of a short input.
    if ((window.padLow || window.padHigh) && window.dilation > window.size)
      return fail(4, "expects a dilation (" + Twine(window.dilation) +
                         ") of at most the input's size (" +
                         Twine(window.size) +
                         ") along padded spatial "
                         "dimension " +
                         Twine(i));
    int64_t size = window.size > kMaxExtent
                       ? 0
                       : windowResultSize(window, op.getCeilMode());
    if (size < 1)
      return fail(5, "expects the dilated kernel (" + Twine(extent) +
                         ") to fit into the padded input along spatial "
                         "dimension " +
                         Twine(i));
    shape[i + 2] = size;
  }
  return RankedTensorType::get(shape, input.getElementType());
}

LogicalResult MaxPoolOp::inferReturnTypes(MLIRContext *,
                                          std::optional<Location> loc,
                                          Adaptor adaptor,
                                          SmallVectorImpl<Type> &types) {
  FailureOr<RankedTensorType> type = inferPool("max_pool", loc, adaptor);
  if (succeeded(type))
    types.push_back(*type);
  return type;
}

LogicalResult AveragePoolOp::inferReturnTypes(MLIRContext *,
                                              std::optional<Location> loc,
                                              Adaptor adaptor,
                                              SmallVectorImpl<Type> &types) {
  FailureOr<RankedTensorType> type = inferPool("average_pool", loc, adaptor);
  if (succeeded(type))
    types.push_back(*type);
  return type;
}

static LogicalResult inferGlobalPool(StringRef name,
                                     std::optional<Location> loc, Value value,
                                     SmallVectorImpl<Type> &types) {
  auto input = cast<RankedTensorType>(value.getType());
  if (input.getRank() < 3)
    return constraintError(
        loc, "(" + name + "-C1) expects an input of rank 3 or more", input);
  if (llvm::is_contained(input.getShape().drop_front(2), 0))
    return constraintError(
        loc, "(" + name + "-C2) expects no spatial dimension of size 0", input);
  SmallVector<int64_t> shape(input.getRank(), 1);
  llvm::copy(input.getShape().take_front(2), shape.begin());
  types.push_back(RankedTensorType::get(shape, input.getElementType()));
  return success();
}

LogicalResult GlobalAveragePoolOp::inferReturnTypes(
    MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
    SmallVectorImpl<Type> &types) {
  return inferGlobalPool("global_average_pool", loc, adaptor.getInput(), types);
}

LogicalResult GlobalMaxPoolOp::inferReturnTypes(MLIRContext *,
                                                std::optional<Location> loc,
                                                Adaptor adaptor,
                                                SmallVectorImpl<Type> &types) {
  return inferGlobalPool("global_max_pool", loc, adaptor.getInput(), types);
}

/// (resize-C6) and (resize-C7): what is wrong, or nothing.
static std::string checkFilters(ResizeOp::Adaptor op, size_t spatial) {
  bool crops = op.getCoordinates() == Coordinates::TfCropAndResize;
  std::optional<ArrayRef<double>> roi = op.getRoi();
  if (roi.has_value() != crops ||
      (roi && (roi->size() != 2 * spatial ||
               !llvm::all_of(*roi, [](double v) { return std::isfinite(v); }))))
    return "(resize-C6) expects a roi with tf_crop_and_resize alone, of two "
           "finite entries for each spatial dimension";
  if (!op.getAntialias())
    return "";
  if (op.getMode() == ResizeMode::Nearest)
    return "(resize-C7) expects no antialias with nearest";
  double reach = op.getMode() == ResizeMode::Linear ? 1 : 2;
  for (auto [size, scale] : llvm::zip_equal(op.getSizes(), op.getScales())) {
    double weights = 2 * (reach / std::min(scale, 1.0) + 1);
    if (weights * static_cast<double>(size) > 0x1p24)
      return "(resize-C7) expects antialias filters of at most 2^24 weights "
             "for each dimension";
  }
  return "";
}

LogicalResult ResizeOp::inferReturnTypes(MLIRContext *,
                                         std::optional<Location> loc,
                                         Adaptor adaptor,
                                         SmallVectorImpl<Type> &types) {
  auto input = cast<RankedTensorType>(adaptor.getInput().getType());
  auto fail = [&](const Twine &message) {
    return constraintError(loc, message, input);
  };
  int64_t rank = input.getRank();
  if (rank < 3 || rank > 5)
    return fail("(resize-C1) expects an input of rank 3 to 5");
  ArrayRef<int64_t> sizes = adaptor.getSizes();
  ArrayRef<double> scales = adaptor.getScales();
  if (static_cast<int64_t>(sizes.size()) != rank - 2 ||
      sizes.size() != scales.size())
    return fail("(resize-C2) expects one size and one scale for each of " +
                Twine(rank - 2) + " spatial dimensions, got " +
                Twine(sizes.size()) + " and " + Twine(scales.size()));
  // Each position along a dimension stands in the compiled net.
  constexpr int64_t kMaxSize = int64_t{1} << 24;
  if (!llvm::all_of(sizes, [](int64_t s) { return s >= 1 && s <= kMaxSize; }) ||
      !llvm::all_of(scales, [](double s) { return std::isfinite(s) && s > 0; }))
    return fail("(resize-C3) expects sizes of at least 1, at most 2^24, and "
                "finite positive scales");
  if (llvm::is_contained(input.getShape().drop_front(2), 0))
    return fail("(resize-C4) expects no spatial dimension of size 0");
  if (!adaptor.getCubicCoefficient().isFinite())
    return fail("(resize-C5) expects a finite cubic coefficient");
  if (std::string complaint = checkFilters(adaptor, sizes.size());
      !complaint.empty())
    return fail(complaint);
  SmallVector<int64_t> shape(input.getShape().take_front(2));
  llvm::append_range(shape, sizes);
  types.push_back(RankedTensorType::get(shape, input.getElementType()));
  return success();
}

LogicalResult ChannelShuffleOp::verify() {
  RankedTensorType type = getInput().getType();
  if (type.getRank() < 2 || type.isDynamicDim(1))
    return emitOpError("(channel_shuffle-C1) expects an input of rank 2 or "
                       "more with a static channel count, got ")
           << type;
  auto groups = static_cast<int64_t>(getGroups());
  if (groups < 1 || type.getDimSize(1) % groups != 0)
    return emitOpError("(channel_shuffle-C2) expects groups (")
           << groups << ") to be at least 1 and to divide the channels ("
           << type.getDimSize(1) << ")";
  return success();
}
