//===- PadOps.cpp - Padding from ONNX ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "NodeImporter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

#include "llvm/ADT/StringSwitch.h"

using namespace mlir;

namespace kiln::onnx_import {

namespace {
enum class PadMode { Constant, Reflect, Edge, Wrap };
} // namespace

/// The entry that position `at` (possibly outside) of `size` entries shows.
static int64_t mirrored(PadMode mode, int64_t at, int64_t size) {
  if (mode == PadMode::Edge)
    return std::clamp<int64_t>(at, 0, size - 1);
  int64_t period =
      mode == PadMode::Wrap ? size : std::max<int64_t>(2 * size - 2, 1);
  at = ((at % period) + period) % period;
  return at < size ? at : period - at;
}

/// Low and high padding of each dimension, from whichever place the opset has
/// it in.
static FailureOr<SmallVector<int64_t>> readPads(NodeImporter &node) {
  auto given = node.intsFrom(node.opset() < 2 ? "paddings" : "pads", 1);
  auto axes = node.intsFrom("axes", 3);
  if (failed(given) || failed(axes))
    return failure();
  int64_t rank = node.rank(0);
  SmallVector<int64_t> dims =
      *axes ? **axes : llvm::to_vector(llvm::seq<int64_t>(0, rank));
  if (!*given || (*given)->size() != 2 * dims.size())
    return node.error(ErrorCode::BadAttribute)
           << "pads must hold a low and a high padding for each of "
           << dims.size() << " dimensions";
  if (failed(node.normalizeAxes(dims, rank)))
    return failure();
  SmallVector<int64_t> pads(2 * rank, 0);
  constexpr int64_t kMax = (int64_t{1} << 31) - 1;
  for (auto [i, dim] : llvm::enumerate(dims)) {
    int64_t axis = *node.normalizeAxis(dim, rank);
    pads[axis] = (**given)[i];
    pads[axis + rank] = (**given)[i + dims.size()];
    int64_t size = node.shape(0)[axis];
    int64_t low = pads[axis], high = pads[axis + rank];
    if (std::max(low, high) > kMax || std::min(low, high) < -kMax ||
        size + std::min<int64_t>(low, 0) + std::min<int64_t>(high, 0) < 0)
      return node.error(ErrorCode::BadShape)
             << "pads " << low << " and " << high << " do not fit dimension "
             << axis << " of size " << size;
  }
  return pads;
}

/// Pads by a value that is known at run time alone: each element of the result
/// comes from the input or is that value.
static Value padByOperand(NodeImporter &node, Value input,
                          ArrayRef<int64_t> low, ArrayRef<int64_t> shape,
                          Value filler) {
  OpBuilder &builder = node.builder();
  filler = createReshape(builder, node.loc(), filler, {});
  SmallVector<int64_t> sizes(shapeOf(input));
  Type type = elementTypeOf(input);
  input = toSignless(builder, node.loc(), input);
  // Nothing of the input is left.
  if (llvm::is_contained(sizes, 0))
    return createBroadcast(builder, node.loc(), filler, shape);
  return createElementwise(
      builder, node.loc(), shape, type, filler,
      [&](OpBuilder &b, Location loc, ValueRange args) -> Value {
        auto number = [&](int64_t value) -> Value {
          return arith::ConstantIndexOp::create(b, loc, value);
        };
        SmallVector<Value> position;
        Value isInside = arith::ConstantIntOp::create(b, loc, 1, 1);
        for (auto [dim, size] : llvm::enumerate(sizes)) {
          Value at = linalg::IndexOp::create(b, loc, dim);
          at = arith::SubIOp::create(b, loc, at, number(low[dim]));
          // Unsigned: what lies before the input is large.
          Value isIn = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ult,
                                             at, number(size));
          isInside = arith::AndIOp::create(b, loc, isInside, isIn);
          at = arith::MaxSIOp::create(b, loc, at, number(0));
          position.push_back(
              arith::MinSIOp::create(b, loc, at, number(size - 1)));
        }
        Value element = tensor::ExtractOp::create(b, loc, input, position);
        return arith::SelectOp::create(b, loc, isInside, element, args[0]);
      });
}

/// Pads by constant_value: an attribute, a constant or any tensor of one
/// element.
static LogicalResult padByValue(NodeImporter &node, Value input,
                                ArrayRef<int64_t> low, ArrayRef<int64_t> high,
                                ArrayRef<int64_t> shape) {
  OpBuilder &b = node.builder();
  double number = node.opset() < 11 ? node.getFloat("value", 0.0f) : 0.0;
  if (node.opset() >= 11 && node.hasInput(2)) {
    if (node.type(2).getNumElements() != 1 ||
        node.elementType(2) != node.elementType(0))
      return node.error(ErrorCode::BadModel)
             << "constant_value must be one number of the input's element "
                "type, not of shape "
             << shapeText(node.shape(2));
    if (!node.host(2))
      return node.setResult(
          0, padByOperand(node, input, low, shape, node.value(2)));
    number = node.host(2)->toDoubles().front();
  }
  return node.setResult(0, createPad(b, node.loc(), input, low, high, number));
}

static LogicalResult importPad(NodeImporter &node) {
  StringRef text = node.getString("mode", "constant");
  auto mode = llvm::StringSwitch<std::optional<PadMode>>(text)
                  .Case("constant", PadMode::Constant)
                  .Case("reflect", PadMode::Reflect)
                  .Case("edge", PadMode::Edge)
                  .Case("wrap", PadMode::Wrap)
                  .Default(std::nullopt);
  if (!mode)
    return node.error(ErrorCode::BadAttribute)
           << "mode is " << quoted(text)
           << "; constant, reflect, edge and wrap are known";
  FailureOr<SmallVector<int64_t>> pads = readPads(node);
  if (failed(pads))
    return failure();

  // Negative padding cuts entries off first.
  OpBuilder &b = node.builder();
  int64_t rank = node.rank(0);
  SmallVector<int64_t> offsets, sizes, low, high, shape;
  for (int64_t i = 0; i < rank; ++i) {
    int64_t before = (*pads)[i], after = (*pads)[i + rank];
    offsets.push_back(std::max<int64_t>(-before, 0));
    sizes.push_back(node.shape(0)[i] + std::min<int64_t>(before, 0) +
                    std::min<int64_t>(after, 0));
    low.push_back(std::max<int64_t>(before, 0));
    high.push_back(std::max<int64_t>(after, 0));
    shape.push_back(sizes.back() + low.back() + high.back());
    if (*mode != PadMode::Constant && sizes.back() == 0 && shape.back() != 0)
      return node.error(ErrorCode::BadShape)
             << "dimension " << i << " is empty and has nothing to repeat";
  }
  if (failed(node.checkSize(shape)))
    return failure();
  // Without elements there is nothing to repeat, however far.
  if (llvm::is_contained(shape, 0))
    return node.setResult(
        0, createEmpty(b, node.loc(), shape, node.elementType(0)));
  Value value = createSlice(b, node.loc(), node.value(0), offsets, sizes,
                            SmallVector<int64_t>(rank, 1));
  if (*mode == PadMode::Constant)
    return padByValue(node, value, low, high, shape);
  for (int64_t i = 0; i < rank; ++i) {
    if (shape[i] == sizes[i])
      continue;
    SmallVector<int64_t> indices;
    for (int64_t k = -low[i]; k < sizes[i] + high[i]; ++k)
      indices.push_back(mirrored(*mode, k, sizes[i]));
    value = createTake(b, node.loc(), value, i, indices);
  }
  return node.setResult(0, value);
}

//===----------------------------------------------------------------------===//
// CenterCropPad
//===----------------------------------------------------------------------===//

/// Dimensions that are too large lose entries, those that are too small get
/// zeros, as many on both sides; an odd one at the end.
static LogicalResult importCenterCropPad(NodeImporter &node) {
  FailureOr<SmallVector<int64_t>> wanted = node.constantInts(1, "shape");
  if (failed(wanted))
    return failure();
  int64_t rank = node.rank(0);
  SmallVector<int64_t> axes =
      node.hasAttr("axes") ? llvm::to_vector(node.getInts("axes"))
                           : llvm::to_vector(llvm::seq<int64_t>(0, rank));
  if (failed(node.normalizeAxes(axes, rank)))
    return failure();
  if (axes.size() != wanted->size())
    return node.error(ErrorCode::BadAttribute)
           << "shape has " << wanted->size() << " entries for " << axes.size()
           << " dimensions";
  SmallVector<int64_t> shape(node.shape(0)), sizes = shape;
  SmallVector<int64_t> offsets(rank, 0), low(rank, 0), high(rank, 0);
  for (auto [axis, size] : llvm::zip_equal(axes, *wanted)) {
    int64_t dim = axis < 0 ? axis + rank : axis;
    shape[dim] = size;
    if (failed(node.checkSize(shape)))
      return failure();
    int64_t missing = size - sizes[dim];
    offsets[dim] = std::max<int64_t>(-missing, 0) / 2;
    sizes[dim] = std::min(sizes[dim], size);
    low[dim] = std::max<int64_t>(missing, 0) / 2;
    high[dim] = std::max<int64_t>(missing, 0) - low[dim];
  }
  Value cut = createSlice(node.builder(), node.loc(), node.value(0), offsets,
                          sizes, SmallVector<int64_t>(rank, 1));
  return node.setResult(
      0, createPad(node.builder(), node.loc(), cut, low, high, 0));
}

ArrayRef<Operator> padOperators() {
  static const Operator operators[] = {
      {"CenterCropPad", 18, kLatest, 2, 2, 1, "axes:I", importCenterCropPad,
       "any", "a shape that is not constant"},
      {"Pad", 1, 1, 1, 1, 1, "mode:s paddings:I! value:f", importPad, "any",
       "pads that are not constant"},
      {"Pad", 2, 10, 1, 1, 1, "mode:s pads:I! value:f", importPad, "any",
       "pads that are not constant"},
      {"Pad", 11, 17, 2, 3, 1, "mode:s", importPad, "any",
       "pads that are not constant"},
      {"Pad", 18, kLatest, 2, 4, 1, "mode:s", importPad, "any",
       "pads that are not constant"},
  };
  return operators;
}

} // namespace kiln::onnx_import
