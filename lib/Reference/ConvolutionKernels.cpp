//===- ConvolutionKernels.cpp - Convolutions and linear layers ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Kernels.h"
#include "Windows.h"

using namespace mlir;

namespace kiln::reference {

/// Output positions whose windows are gathered at a time, and how many of them
/// one block of registers holds.
static constexpr int64_t kTile = 64;
static constexpr int64_t kLanes = 8;

namespace {
/// A convolution of either kind, as a product: for each group, the weights
/// `[outputs, depth]` times the gathered windows `[depth, positions]`, with
/// depth running over the group's input channels and the taps.
struct Contraction {
  Windows windows;
  int64_t batch;
  int64_t groups;
  int64_t channels; // input channels a group
  int64_t outputs;  // output channels a group
  const double *input;
  ArrayRef<double> weights; // [groups, outputs, channels, taps]
  const double *bias;       // null where absent

  int64_t depth() const { return channels * windows.taps(); }
};
} // namespace

/// columns[block][depth][lane]: the windows of `count` positions.
static void gather(const double *channel, const Contraction &conv,
                   ArrayRef<int64_t> offsets, int64_t count,
                   MutableArrayRef<double> columns) {
  int64_t taps = conv.windows.taps(), plane = conv.windows.inputSize();
  int64_t depth = conv.depth();
  for (int64_t c = 0; c < conv.channels; ++c, channel += plane)
    for (int64_t tap = 0; tap < taps; ++tap)
      for (int64_t i = 0; i < count; ++i) {
        int64_t offset = offsets[tap * count + i];
        int64_t row = (i / kLanes) * depth + c * taps + tap;
        columns[row * kLanes + i % kLanes] = offset < 0 ? 0.0 : channel[offset];
      }
}

/// sums[row][lane] = weights of `Rows` output channels times one block.
template <int Rows>
static void multiply(const double *weights, int64_t depth, const double *block,
                     double (&sums)[2][kLanes]) {
  double local[Rows][kLanes] = {};
  for (int64_t k = 0; k < depth; ++k)
    for (int row = 0; row < Rows; ++row)
      for (int64_t lane = 0; lane < kLanes; ++lane)
        local[row][lane] += weights[row * depth + k] * block[k * kLanes + lane];
  for (int row = 0; row < Rows; ++row)
    std::copy_n(local[row], kLanes, sums[row]);
}

/// The tile's outputs of one group: `result` is at the group's first channel
/// and the tile's first position.
static void contractTile(const Contraction &conv, int64_t group,
                         ArrayRef<double> columns, int64_t count,
                         double *result) {
  int64_t depth = conv.depth(), positions = conv.windows.positions();
  for (int64_t o = 0; o < conv.outputs; o += 2) {
    int64_t rows = std::min<int64_t>(2, conv.outputs - o);
    const double *weights =
        conv.weights.data() + (group * conv.outputs + o) * depth;
    for (int64_t begin = 0; begin < count; begin += kLanes) {
      const double *block = columns.data() + begin * depth;
      double sums[2][kLanes];
      if (rows == 2)
        multiply<2>(weights, depth, block, sums);
      else
        multiply<1>(weights, depth, block, sums);
      for (int64_t row = 0; row < rows; ++row) {
        double bias =
            conv.bias ? conv.bias[group * conv.outputs + o + row] : 0.0;
        for (int64_t i = begin; i < std::min(count, begin + kLanes); ++i)
          result[(o + row) * positions + i] = sums[row][i - begin] + bias;
      }
    }
  }
}

static Outcome contract(Operation *op, const Contraction &conv) {
  SmallVector<int64_t> shape = {conv.batch, conv.groups * conv.outputs};
  llvm::append_range(shape, conv.windows.outputShape());
  FailureOr<Tensor> result = allocate(op, shape);
  if (failed(result))
    return failure();
  int64_t positions = conv.windows.positions();
  int64_t plane = conv.windows.inputSize();
  std::vector<double> columns(conv.depth() * kTile);
  SmallVector<int64_t> offsets;
  for (int64_t begin = 0; begin < positions; begin += kTile) {
    int64_t count = std::min(kTile, positions - begin);
    conv.windows.sources(begin, count, offsets);
    for (int64_t image = 0; image < conv.batch; ++image)
      for (int64_t group = 0; group < conv.groups; ++group) {
        int64_t index = image * conv.groups + group;
        gather(conv.input + index * conv.channels * plane, conv, offsets, count,
               columns);
        contractTile(conv, group, columns, count,
                     result->data.data() + index * conv.outputs * positions +
                         begin);
      }
  }
  return single(std::move(*result));
}

/// What the two kinds have in common; checks what only dynamic shapes leave
/// open. `outputs` is the whole number of output channels.
template <typename Op>
static LogicalResult prepare(Op op, const Environment &env, int64_t channels,
                             int64_t outputs, Contraction &conv) {
  const Tensor &input = env.get(op.getInput());
  const Tensor &weights = env.get(op.getWeights());
  auto groups = static_cast<int64_t>(op.getGroups());
  bool fits = input.shape[1] == channels && channels % groups == 0 &&
              outputs % groups == 0 &&
              llvm::all_of(llvm::drop_begin(weights.shape, 2),
                           [](int64_t kernel) { return kernel >= 1; });
  if (Value bias = op.getBias()) {
    fits &= env.get(bias).size() == outputs;
    conv.bias = env.get(bias).data.data();
  }
  if (!fits) {
    shapeError(op) << "input [" << ArrayRef(input.shape) << "], weights ["
                   << ArrayRef(weights.shape) << "], bias and " << groups
                   << " groups do not fit";
    return failure();
  }
  conv.batch = input.shape[0];
  conv.groups = groups;
  conv.channels = channels / groups;
  conv.outputs = outputs / groups;
  conv.input = input.data.data();
  conv.weights = weights.data;
  for (int64_t i = 0; i < input.rank() - 2; ++i)
    conv.windows.dims.push_back({input.shape[i + 2], 0, weights.shape[i + 2],
                                 op.getStrides()[i], op.getDilations()[i],
                                 op.getPadLow()[i], op.getPadHigh()[i]});
  return success();
}

Outcome evaluate(nn::ConvOp op, const Environment &env) {
  const Tensor &weights = env.get(op.getWeights());
  auto groups = static_cast<int64_t>(op.getGroups());
  Contraction conv = {};
  if (failed(
          prepare(op, env, weights.shape[1] * groups, weights.shape[0], conv)))
    return failure();
  for (Window &dim : conv.windows.dims) {
    int64_t room = dim.input + dim.padLow + dim.padHigh -
                   (dim.dilation * (dim.kernel - 1) + 1);
    if (room < 0) {
      shapeError(op) << "the dilated kernel does not fit into the padded input";
      return failure();
    }
    dim.output = room / dim.stride + 1;
  }
  return contract(op, conv);
}

/// [groups * channels, outputs, taps] to [groups, outputs, channels, taps].
static std::vector<double> swapChannels(const Contraction &conv) {
  std::vector<double> swapped(conv.weights.size());
  int64_t taps = conv.windows.taps(), target = 0;
  for (int64_t g = 0; g < conv.groups; ++g)
    for (int64_t o = 0; o < conv.outputs; ++o)
      for (int64_t c = 0; c < conv.channels; ++c)
        for (int64_t tap = 0; tap < taps; ++tap)
          swapped[target++] =
              conv.weights[((g * conv.channels + c) * conv.outputs + o) * taps +
                           tap];
  return swapped;
}

Outcome evaluate(nn::ConvTransposeOp op, const Environment &env) {
  const Tensor &weights = env.get(op.getWeights());
  auto groups = static_cast<int64_t>(op.getGroups());
  Contraction conv = {};
  if (failed(
          prepare(op, env, weights.shape[0], weights.shape[1] * groups, conv)))
    return failure();
  conv.windows.isTransposed = true;
  for (auto [i, dim] : llvm::enumerate(conv.windows.dims)) {
    dim.output = (dim.input - 1) * dim.stride +
                 dim.dilation * (dim.kernel - 1) + 1 +
                 op.getOutputPadding()[i] - dim.padLow - dim.padHigh;
    if (dim.output < 0) {
      shapeError(op) << "the result would have a negative size";
      return failure();
    }
  }
  std::vector<double> swapped = swapChannels(conv);
  conv.weights = swapped;
  return contract(op, conv);
}

Outcome evaluate(nn::LinearOp op, const Environment &env) {
  const Tensor &input = env.get(op.getInput());
  const Tensor &weights = env.get(op.getWeights());
  const Tensor *bias = op.getBias() ? &env.get(op.getBias()) : nullptr;
  int64_t outputs = weights.shape[0], depth = weights.shape[1];
  if (input.shape.back() != depth || (bias && bias->size() != outputs)) {
    shapeError(op) << "input [" << ArrayRef(input.shape) << "], weights ["
                   << ArrayRef(weights.shape) << "] and bias do not fit";
    return failure();
  }
  std::vector<int64_t> shape = input.shape;
  shape.back() = outputs;
  FailureOr<Tensor> result = allocate(op, shape);
  if (failed(result))
    return failure();
  for (int64_t i = 0; i < result->size(); ++i) {
    int64_t o = i % outputs;
    const double *row = input.data.data() + i / outputs * depth;
    double sum = 0;
    for (int64_t k = 0; k < depth; ++k)
      sum += row[k] * weights.data[o * depth + k];
    result->data[i] = bias ? sum + bias->data[o] : sum;
  }
  return single(std::move(*result));
}

} // namespace kiln::reference
