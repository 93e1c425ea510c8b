//===- PadOps.cpp - Padding from ONNX ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "NodeImporter.h"

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

static FailureOr<double> readPadValue(NodeImporter &node) {
  if (node.opset() < 11)
    return node.getFloat("value", 0.0f);
  return node.hasInput(2) ? node.constantNumber(2, "constant_value")
                          : FailureOr<double>(0.0);
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
  FailureOr<double> number = readPadValue(node);
  if (failed(pads) || failed(number))
    return failure();
  if (node.elementType(0).isUnsignedInteger())
    return node.unsupported("unsigned element types are not taken");

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
  Value value = createSlice(b, node.loc(), node.value(0), offsets, sizes,
                            SmallVector<int64_t>(rank, 1));
  if (*mode == PadMode::Constant)
    return node.setResult(0,
                          createPad(b, node.loc(), value, low, high, *number));
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

ArrayRef<Operator> padOperators() {
  static const Operator operators[] = {
      {"Pad", 1, 1, 1, 1, 1, "mode:s paddings:I! value:f", importPad},
      {"Pad", 2, 10, 1, 1, 1, "mode:s pads:I! value:f", importPad},
      {"Pad", 11, 17, 2, 3, 1, "mode:s", importPad},
      {"Pad", 18, kLatest, 2, 4, 1, "mode:s", importPad},
  };
  return operators;
}

} // namespace kiln::onnx_import
