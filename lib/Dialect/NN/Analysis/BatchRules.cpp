//===- BatchRules.cpp - How each operation treats the batch ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// An operation without a rule is refused: what is not known is not assumed.
//===----------------------------------------------------------------------===//

#include "BatchRules.h"

#include "kiln/Dialect/NN/IR/NN.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace kiln::nn {

bool OpPair::hasBatchedSource() const {
  auto isBatched = [](const MaybeAxis &axis) { return axis.has_value(); };
  return llvm::any_of(operands, isBatched) ||
         llvm::any_of(captured, [](const auto &entry) {
           return entry.second.has_value();
         });
}

bool isShapeAttribute(Operation *op, StringRef name) {
  if (isa<linalg::LinalgOp>(op))
    return name == "indexing_maps";
  if (isa<tensor::ExtractSliceOp, tensor::InsertSliceOp>(op))
    return name == "static_sizes";
  return isa<arith::ConstantOp>(op) && name == "value";
}

/// Operand 0 holds images and all else is shared by them; the result has as
/// many rows for each image, in the same dimension.
static std::string checkImagewise(const OpPair &pair) {
  const MaybeAxis &input = pair.operands.front();
  for (const MaybeAxis &other : llvm::drop_begin(pair.operands))
    if (other)
      return "takes weights or parameters that differ between images";
  for (const MaybeAxis &result : pair.results)
    if (result != input)
      return "changes how many rows an image has";
  return "";
}

/// As above, along dimension 0: the others are channels and positions.
static std::string checkLayer(const OpPair &pair) {
  const MaybeAxis &input = pair.operands.front();
  if (input && input->dim != 0)
    return "takes the batch in dimension " + std::to_string(input->dim) +
           ", where it expects channels or positions";
  return checkImagewise(pair);
}

/// As above where `axis` is the one dimension that is not taken alone.
static std::string checkAlong(const OpPair &pair, int64_t axis) {
  const MaybeAxis &input = pair.operands.front();
  if (input && input->dim == axis)
    return "works along the batch (axis " + std::to_string(axis) + ")";
  return checkImagewise(pair);
}

static std::string checkElementwise(const OpPair &pair) {
  for (const MaybeAxis &operand : pair.operands)
    if (operand != pair.results.front())
      return "mixes operands that carry the batch differently";
  return "";
}

static std::string checkConstant(const OpPair &pair) {
  Attribute one = cast<arith::ConstantOp>(pair.one).getValue();
  Attribute several = cast<arith::ConstantOp>(pair.several).getValue();
  if (!pair.results.front())
    return isSame(one, several) ? ""
                                : "is a constant that depends on the batch";
  auto oneValue = dyn_cast<SplatElementsAttr>(one);
  auto severalValue = dyn_cast<SplatElementsAttr>(several);
  bool isEqual = oneValue && severalValue &&
                 oneValue.getRawData() == severalValue.getRawData();
  return isEqual ? "" : "is a constant whose size depends on the batch";
}

static std::string checkConcat(const OpPair &pair) {
  int64_t dim = cast<tensor::ConcatOp>(pair.several).getDim();
  for (const MaybeAxis &operand : pair.operands)
    if (operand && operand->dim == dim)
      return "concatenates along the batch";
  return checkElementwise(pair);
}

static std::string checkPad(const OpPair &pair) {
  auto pad = cast<tensor::PadOp>(pair.several);
  for (const MaybeAxis &operand : llvm::drop_begin(pair.operands))
    if (operand)
      return "pads by amounts computed from an image";
  if (llvm::any_of(pair.captured, [](auto &entry) { return entry.second; }))
    return "pads with a value computed from an image";
  const MaybeAxis &source = pair.operands.front();
  if (source && (pad.getStaticLow()[source->dim] != 0 ||
                 pad.getStaticHigh()[source->dim] != 0))
    return "pads along the batch";
  return pair.results.front() == source ? "" : "changes the batch";
}

/// A slice that takes all of the batch, and of the rest what the other takes.
static std::string checkSlice(OffsetSizeAndStrideOpInterface one,
                              OffsetSizeAndStrideOpInterface several,
                              ShapedType whole, const MaybeAxis &axis) {
  ArrayRef<int64_t> sizes = several.getStaticSizes();
  if (static_cast<int64_t>(sizes.size()) != whole.getRank())
    return "changes the rank";
  for (int64_t i = 0; i < whole.getRank(); ++i) {
    if (!axis || axis->dim != i) {
      if (one.getStaticSizes()[i] != sizes[i])
        return "takes a slice whose size depends on the batch";
      continue;
    }
    if (several.getStaticOffsets()[i] != 0 ||
        several.getStaticStrides()[i] != 1 || sizes[i] != whole.getDimSize(i))
      return "takes some images out of the batch";
  }
  return "";
}

static std::string checkExtractSlice(const OpPair &pair) {
  auto slice = cast<tensor::ExtractSliceOp>(pair.several);
  std::string reason = checkSlice(cast<tensor::ExtractSliceOp>(pair.one), slice,
                                  slice.getSourceType(), pair.operands.front());
  if (!reason.empty())
    return reason;
  return slice.getType().getRank() == slice.getSourceType().getRank()
             ? checkImagewise(pair)
             : "changes the rank";
}

static std::string checkInsertSlice(const OpPair &pair) {
  auto slice = cast<tensor::InsertSliceOp>(pair.several);
  std::string reason = checkSlice(cast<tensor::InsertSliceOp>(pair.one), slice,
                                  slice.getDestType(), pair.results.front());
  if (!reason.empty())
    return reason;
  if (slice.getSourceType().getRank() != slice.getDestType().getRank())
    return "changes the rank";
  for (const MaybeAxis &other : llvm::drop_begin(pair.operands, 2))
    if (other)
      return "inserts at a place computed from an image";
  return pair.operands[0] == pair.results.front() &&
                 pair.operands[1] == pair.results.front()
             ? ""
             : "mixes operands that carry the batch differently";
}

static std::string checkTraining(const OpPair &) {
  return "normalises by the statistics of the whole batch; --mode=eval uses "
         "those of the file";
}

std::string checkRule(const OpPair &pair) {
  Operation *op = pair.several;
  if (isa<linalg::LinalgOp>(op))
    return checkLoops(pair);
  if (isa<tensor::EmptyOp>(op))
    return ""; // nothing is read of it before it is written
  if (isa<arith::ConstantOp>(op))
    return checkConstant(pair);
  // From here on, what sees no image gives none.
  if (!pair.hasBatchedSource())
    return llvm::none_of(pair.results, [](auto &axis) { return axis; })
               ? ""
               : "makes a tensor whose size depends on the batch";
  return TypeSwitch<Operation *, std::string>(op)
      .Case<ConvOp, ConvTransposeOp, LinearOp, MaxPoolOp, AveragePoolOp,
            GlobalAveragePoolOp, GlobalMaxPoolOp, ResizeOp,
            BatchNormInferenceOp, ChannelShuffleOp, PReluOp>(
          [&](auto) { return checkLayer(pair); })
      .Case<SoftmaxOp, LogSoftmaxOp, ChannelAffineOp>(
          [&](auto op) { return checkAlong(pair, op.getAxis()); })
      .Case([&](BatchNormTrainingOp) { return checkTraining(pair); })
      .Case([&](tensor::ConcatOp) { return checkConcat(pair); })
      .Case([&](tensor::PadOp) { return checkPad(pair); })
      .Case([&](tensor::ExtractSliceOp) { return checkExtractSlice(pair); })
      .Case([&](tensor::InsertSliceOp) { return checkInsertSlice(pair); })
      .Default([&](Operation *other) -> std::string {
        return isElementwise(other)
                   ? checkElementwise(pair)
                   : "is an operation that is not known to keep images apart";
      });
}

} // namespace kiln::nn
