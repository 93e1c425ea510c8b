//===- LowerConvolution.cpp - From convolutions to contractions ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ContractionBuilder.h"
#include "Lowerings.h"
#include "Operands.h"
#include "kiln/Dialect/NN/Utils/Constants.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace kiln::cpu {
namespace {

/// What the rows and the columns of a register tile are.
enum class Algorithm {
  /// Rows are output channels, columns the pixels of an output line; weights
  /// are broadcast.
  PixelVectors,
  /// Rows are pixels, columns output channels; input elements are broadcast.
  /// For short lines: the result is scattered.
  ChannelVectors,
  /// Rows are output lines, columns pixels, one output channel at a time.
  Depthwise,
};

/// One convolution on its way to a contraction. `position` is where an output
/// element lies, by loop variables.
class ConvolutionLowering {
public:
  ConvolutionLowering(OpBuilder &builder, nn::ConvOp conv,
                      const TargetDescription &target)
      : builder(builder), loc(conv.getLoc()), conv(conv), target(target),
        prologue(builder, conv, 1), epilogue(builder, conv, conv.getBias(), 1),
        input(prologue.getSource()), isTransformed(prologue.isEmpty()),
        resultType(conv.getType()), strides(conv.getStrides()),
        contraction{builder, conv.getLoc(), {}, 0, 0, {}, {}, nullptr, 0} {
    auto weights = cast<RankedTensorType>(conv.getWeights().getType());
    outChannels = weights.getDimSize(0) / conv.getGroups();
    inChannels = weights.getDimSize(1);
    kernel.assign(weights.getShape().begin() + 2, weights.getShape().end());
    spatial.assign(resultType.getShape().begin() + 2,
                   resultType.getShape().end());
  }

  Value lower();

private:
  bool isPointwise();
  Value transform(Value part);
  bool canFlatten() const;
  void flatten();
  void subsample();
  void choosePlan();
  void addLoops();
  ContractionBuilder::Operand inputOperand();
  ContractionBuilder::Operand weightsOperand();
  ContractionBuilder::Operand packedWeights();
  SmallVector<ContractionBuilder::Operand> extraOperands();
  void chooseOrder();
  void chooseUnrolling();

  OpBuilder &builder;
  Location loc;
  nn::ConvOp conv;
  const TargetDescription &target;
  Prologue prologue;
  Epilogue epilogue;
  Value input;
  /// The input has been through the prologue.
  bool isTransformed;
  RankedTensorType resultType;
  SmallVector<int64_t> strides, kernel, spatial;
  int64_t outChannels, inChannels, phases = 1;
  bool flattened = false;
  Algorithm algorithm = Algorithm::PixelVectors;
  ContractionBuilder contraction;

  AffineExpr batch, group, channel, inChannel;
  SmallVector<AffineExpr> pixel, tap;
};

} // namespace

bool ConvolutionLowering::isPointwise() {
  auto isZero = [](int64_t pad) { return pad == 0; };
  return llvm::all_of(kernel, [](int64_t size) { return size == 1; }) &&
         llvm::all_of(conv.getPadLow(), isZero) &&
         llvm::all_of(conv.getPadHigh(), isZero);
}

Value ConvolutionLowering::transform(Value part) {
  if (prologue.isEmpty())
    return part;
  isTransformed = true;
  return prologue.apply(builder, part);
}

/// A 1x1 convolution with strides is one without on every stride-th element.
/// Flattening copies these: the prologue goes with that.
void ConvolutionLowering::subsample() {
  auto type = cast<RankedTensorType>(input.getType());
  SmallVector<int64_t> shape{type.getDimSize(0), type.getDimSize(1)};
  llvm::append_range(shape, spatial);
  SmallVector<OpFoldResult> offsets(shape.size(), builder.getIndexAttr(0));
  SmallVector<OpFoldResult> steps(2, builder.getIndexAttr(1)), sizes;
  for (int64_t &stride : strides) {
    steps.push_back(builder.getIndexAttr(stride));
    stride = 1;
  }
  for (int64_t size : shape)
    sizes.push_back(builder.getIndexAttr(size));
  auto sliced = RankedTensorType::get(shape, type.getElementType());
  if (sliced == type)
    return;
  input = tensor::ExtractSliceOp::create(builder, loc, sliced, input, offsets,
                                         sizes, steps);
  if (canFlatten())
    input = transform(input);
}

static SmallVector<ReassociationIndices> spatialTogether(int64_t rank) {
  SmallVector<ReassociationIndices> groups{{0}, {1}, {}};
  llvm::append_range(groups[2], llvm::seq<int64_t>(2, rank));
  return groups;
}

/// The spatial dimensions become one if everything that the epilogue reads can
/// follow.
bool ConvolutionLowering::canFlatten() const {
  return spatial.size() > 1 &&
         llvm::all_of(epilogue.getExtras(), [](const Epilogue::Extra &extra) {
           AffineMap map = extra.map;
           return map.isIdentity() ||
                  llvm::all_of(map.getResults(), [&](AffineExpr expr) {
                    return expr.isSymbolicOrConstant() ||
                           (isa<AffineDimExpr>(expr) &&
                            cast<AffineDimExpr>(expr).getPosition() < 2);
                  });
         });
}

void ConvolutionLowering::flatten() {
  flattened = true;
  input = tensor::CollapseShapeOp::create(
      builder, loc, input, spatialTogether(resultType.getRank()));
  spatial.assign({llvm::product_of(spatial)});
  kernel.assign({1});
  strides.assign({1});
}

void ConvolutionLowering::choosePlan() {
  int64_t line = spatial.back();
  TileProblem common;
  common.bitWidth = resultType.getElementTypeBitWidth();
  common.reduction = inChannels * llvm::product_of(kernel);
  common.repeats = resultType.getDimSize(0) * conv.getGroups() *
                   llvm::product_of(ArrayRef(spatial).drop_back());

  TileProblem pixels = common;
  pixels.rows = outChannels;
  pixels.columns = line;
  contraction.tile = chooseTile(target, pixels);

  TileProblem depthwise = common;
  depthwise.rows = spatial.size() > 1 ? spatial[spatial.size() - 2] : 1;
  depthwise.columns = line;
  depthwise.repeats = common.repeats * outChannels / depthwise.rows;
  depthwise.rowsShareScalars = true;
  RegisterTile tile = chooseTile(target, depthwise);
  if (outChannels <= 4 && tile.cycles < contraction.tile.cycles) {
    algorithm = Algorithm::Depthwise;
    contraction.tile = tile;
  }

  if (!nn::getConstant(conv.getWeights()))
    return; // cannot be packed
  TileProblem channels = common;
  channels.rows = line;
  channels.columns = outChannels;
  channels.scatters = llvm::product_of(spatial) > 1;
  tile = chooseTile(target, channels);
  if (tile.cycles < contraction.tile.cycles) {
    algorithm = Algorithm::ChannelVectors;
    contraction.tile = tile;
  }
}

void ConvolutionLowering::addLoops() {
  batch = contraction.addParallel(resultType.getDimSize(0));
  group = contraction.addParallel(conv.getGroups());
  bool depthwise = algorithm == Algorithm::Depthwise;
  if (depthwise)
    channel = contraction.addParallel(outChannels);
  if (depthwise && spatial.size() == 1)
    contraction.addParallel(1); // the one row
  for (int64_t size : ArrayRef(spatial).drop_back())
    pixel.push_back(contraction.addParallel(size));
  if (algorithm == Algorithm::PixelVectors)
    channel = contraction.addParallel(outChannels);
  pixel.push_back(contraction.addParallel(spatial.back()));
  if (algorithm == Algorithm::ChannelVectors)
    channel = contraction.addParallel(outChannels);
  // With input elements broadcast, neighbouring taps use the same elements.
  // Were they innermost, LLVM would unroll them, keep those elements in
  // registers and spill the sums.
  bool tapsOutside = algorithm == Algorithm::ChannelVectors;
  if (!tapsOutside)
    inChannel = contraction.addReduction(inChannels);
  for (int64_t size : kernel)
    tap.push_back(contraction.addReduction(size));
  if (tapsOutside)
    inChannel = contraction.addReduction(inChannels);
}

ContractionBuilder::Operand ConvolutionLowering::inputOperand() {
  // Scalars are read with any stride, vectors side by side.
  phases = algorithm == Algorithm::ChannelVectors ? 1 : strides.back();
  SmallVector<InputWindow> windows;
  ContractionBuilder::Operand operand;
  operand.position = {batch, group * inChannels + inChannel};
  for (auto [i, size] : llvm::enumerate(kernel)) {
    int64_t dilation = flattened ? 1 : conv.getDilations()[i];
    int64_t padLow = flattened ? 0 : conv.getPadLow()[i];
    int64_t read = (spatial[i] - 1) * strides[i] + (size - 1) * dilation + 1;
    windows.push_back({padLow, read});
    AffineExpr reach = tap[i] * dilation;
    if (phases > 1 && i + 1 == kernel.size()) {
      operand.position.push_back(reach % phases);
      operand.position.push_back(pixel[i] + reach.floorDiv(phases));
    } else {
      operand.position.push_back(pixel[i] * strides[i] + reach);
    }
  }
  operand.value = layOutInput(builder, loc, input, windows, phases,
                              [&](Value part) { return transform(part); });
  return operand;
}

ContractionBuilder::Operand ConvolutionLowering::weightsOperand() {
  Value weights = conv.getWeights();
  AffineExpr out = group * outChannels + channel;
  ContractionBuilder::Operand operand{weights, {out, inChannel}};
  llvm::append_range(operand.position, tap);
  // Flattening leaves one of the kernel's dimensions, all of size 1.
  operand.position.resize(cast<RankedTensorType>(weights.getType()).getRank(),
                          builder.getAffineConstantExpr(0));
  if (algorithm == Algorithm::Depthwise || !nn::getConstant(weights))
    return operand;
  return packedWeights();
}

/// Constant weights in the order in which the kernel reads them: blocks of as
/// many output channels as it uses at once, innermost.
ContractionBuilder::Operand ConvolutionLowering::packedWeights() {
  bool tapsOutside = algorithm == Algorithm::ChannelVectors;
  int64_t block = tapsOutside ? contraction.tile.lanes : contraction.tile.rows;
  int64_t rank = kernel.size();
  SmallVector<int64_t> shape{static_cast<int64_t>(conv.getGroups()),
                             llvm::divideCeilSigned(outChannels, block)};
  ContractionBuilder::Operand operand;
  operand.position = {group, channel.floorDiv(block)};
  if (!tapsOutside) {
    shape.push_back(inChannels);
    operand.position.push_back(inChannel);
  }
  int64_t firstTap = shape.size();
  llvm::append_range(shape, kernel);
  llvm::append_range(operand.position, tap);
  int64_t inDim = tapsOutside ? firstTap + rank : 2;
  if (tapsOutside) {
    shape.push_back(inChannels);
    operand.position.push_back(inChannel);
  }
  shape.push_back(block);
  operand.position.push_back(channel % block);
  operand.value = repackConstant(
      builder, conv.getWeights(), shape, [&](ArrayRef<int64_t> index) {
        int64_t o = index[1] * block + index.back();
        if (o >= outChannels)
          return int64_t{-1};
        int64_t from = (index[0] * outChannels + o) * inChannels + index[inDim];
        for (int64_t i = 0; i < rank; ++i)
          from = from * kernel[i] + index[firstTap + i];
        return from;
      });
  return operand;
}

SmallVector<ContractionBuilder::Operand> ConvolutionLowering::extraOperands() {
  SmallVector<AffineExpr> position{batch, group * outChannels + channel};
  llvm::append_range(position, pixel);
  SmallVector<ContractionBuilder::Operand> operands;
  for (const Epilogue::Extra &extra : epilogue.getExtras()) {
    ContractionBuilder::Operand &operand =
        operands.emplace_back(ContractionBuilder::Operand{extra.value, {}});
    if (flattened && extra.map.isIdentity()) {
      operand.value = tensor::CollapseShapeOp::create(
          builder, loc, extra.value, spatialTogether(resultType.getRank()));
      operand.position = position;
      continue;
    }
    for (AffineExpr expr : extra.map.getResults())
      operand.position.push_back(expr.replaceDims(position));
  }
  return operands;
}

/// The larger of the operands is read once: its loops go outside. With a
/// prologue to come the loops of the input do, so that each part of it goes
/// through once.
void ConvolutionLowering::chooseOrder() {
  int64_t numParallel = contraction.sizes.size() - contraction.numReductions;
  int64_t row = numParallel - 2, column = numParallel - 1;
  int64_t weights =
      cast<RankedTensorType>(conv.getWeights().getType()).getNumElements();
  int64_t inputs = cast<RankedTensorType>(input.getType()).getNumElements();
  auto outer = llvm::seq<int64_t>(2, row);
  contraction.order = {0, 1};
  auto finish = [&](ArrayRef<int64_t> before, ArrayRef<int64_t> after) {
    llvm::append_range(contraction.order, before);
    llvm::append_range(contraction.order, outer);
    llvm::append_range(contraction.order, after);
  };
  if (algorithm == Algorithm::ChannelVectors && !isTransformed)
    finish({}, {row, column});
  else if (algorithm == Algorithm::ChannelVectors)
    finish({column}, {row});
  else if (algorithm == Algorithm::Depthwise)
    finish({}, {row, column});
  else if (weights > inputs && isTransformed)
    finish({row}, {column});
  else
    finish({}, {column, row});
}

/// Short reductions are unrolled as far as the code stays small; the taps that
/// choose a phase always are, since their position has no constant stride.
void ConvolutionLowering::chooseUnrolling() {
  static constexpr int64_t kMostSteps = 96;
  int64_t steps = contraction.tile.rows * contraction.tile.vectors;
  contraction.unrolled = phases > 1 ? 1 : 0;
  if (algorithm == Algorithm::ChannelVectors)
    return;
  int64_t unrolled = 0;
  for (int64_t size : llvm::reverse(kernel)) {
    steps *= size;
    if (steps > kMostSteps)
      break;
    contraction.unrolled = std::max(contraction.unrolled, ++unrolled);
  }
}

Value ConvolutionLowering::lower() {
  if (isPointwise()) {
    subsample();
    if (canFlatten())
      flatten();
  }
  choosePlan();
  addLoops();
  ContractionBuilder::Operand weights = weightsOperand();
  if (!weights.value)
    return {}; // a constant without contents
  ContractionBuilder::Operand inputs = inputOperand();
  chooseOrder();
  chooseUnrolling();
  SmallVector<ContractionBuilder::Operand> extras = extraOperands();
  SmallVector<AffineExpr> position{batch, group * outChannels + channel};
  llvm::append_range(position, pixel);
  SmallVector<int64_t> shape{resultType.getDimSize(0),
                             outChannels *
                                 static_cast<int64_t>(conv.getGroups())};
  llvm::append_range(shape, spatial);
  bool swap = algorithm == Algorithm::ChannelVectors;
  if (!isTransformed)
    contraction.prologue = &prologue;
  contraction.transformed = swap ? 0 : 1;
  Value result =
      contraction.create(swap ? inputs : weights, swap ? weights : inputs,
                         shape, position, extras, epilogue);
  if (!flattened)
    return result;
  return tensor::ExpandShapeOp::create(builder, loc, resultType, result,
                                       spatialTogether(resultType.getRank()));
}

Value lowerConvolution(OpBuilder &builder, nn::ConvOp conv,
                       const TargetDescription &target) {
  return ConvolutionLowering(builder, conv, target).lower();
}

} // namespace kiln::cpu
