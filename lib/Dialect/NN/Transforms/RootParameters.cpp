//===- RootParameters.cpp - Weights and bias with the affines on both sides
//---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RootParameters.h"

#include "kiln/Dialect/NN/Utils/Constants.h"

#include "llvm/ADT/STLExtras.h"
#include <cmath>

using namespace mlir;

namespace kiln::nn {

RootState RootState::identity(const RootLayout &layout) {
  return {Affine::identity(layout.inputs, layout.inputAxis),
          Affine::identity(layout.outputs, layout.outputAxis),
          {}};
}

std::optional<RootParameters> RootParameters::read(Operation *root,
                                                   const RootLayout &layout,
                                                   std::string &reason) {
  std::optional<SmallVector<double>> weights = readAsF64(rootWeights(root));
  if (!weights) {
    reason = "the weights are not constants";
    return std::nullopt;
  }
  RootParameters result = {std::move(*weights),
                           SmallVector<double>(layout.outputs, 0.0)};
  if (Value bias = rootBias(root)) {
    std::optional<SmallVector<double>> values = readAsF64(bias);
    if (!values) {
      reason = "the bias is not a constant";
      return std::nullopt;
    }
    result.bias = std::move(*values);
  }
  return result;
}

/// `sums[o * taps + tap]`: what a shift of the input adds to the output through
/// one tap.
static SmallVector<double> shiftThroughTaps(const RootLayout &layout,
                                            const RootParameters &parameters,
                                            const Affine &input) {
  SmallVector<double> sums(layout.outputs * layout.taps, 0.0);
  for (int64_t o = 0; o < layout.outputs; ++o)
    for (int64_t i = 0; i < layout.inputsPerGroup(); ++i)
      for (int64_t tap = 0; tap < layout.taps; ++tap)
        sums[o * layout.taps + tap] +=
            parameters.weights[layout.weightIndex(o, i, tap)] *
            input.shift[layout.inputChannel(o, i)];
  return sums;
}

static void foldWeights(const RootLayout &layout,
                        const RootParameters &parameters,
                        const RootState &state, FoldedParameters &result) {
  result.weights.resize(parameters.weights.size());
  for (int64_t o = 0; o < layout.outputs; ++o)
    for (int64_t i = 0; i < layout.inputsPerGroup(); ++i) {
      double scale =
          state.output.scale[o] * state.input.scale[layout.inputChannel(o, i)];
      for (int64_t tap = 0; tap < layout.taps; ++tap) {
        int64_t index = layout.weightIndex(o, i, tap);
        result.weights[index] = parameters.weights[index] * scale;
      }
    }
}

/// Fills `border`, or the bias where it turns out to be the same everywhere.
static void foldBorder(const RootLayout &layout,
                       const RootParameters &parameters, const RootState &state,
                       ArrayRef<double> sums, FoldedParameters &result) {
  int64_t positions = layout.positions();
  result.border.resize(layout.outputs * positions);
  for (int64_t p = 0; p < positions; ++p) {
    SmallVector<bool> inside = layout.tapsInside(p);
    for (int64_t o = 0; o < layout.outputs; ++o) {
      double sum = 0;
      for (int64_t tap = 0; tap < layout.taps; ++tap)
        if (inside[tap])
          sum += sums[o * layout.taps + tap];
      result.border[o * positions + p] =
          state.output.scale[o] * (parameters.bias[o] + sum) +
          state.output.shift[o];
    }
  }
  auto row = [&](int64_t o) {
    return ArrayRef<double>(result.border).slice(o * positions, positions);
  };
  if (positions == 0 ||
      !llvm::all_of(llvm::seq(layout.outputs),
                    [&](int64_t o) { return llvm::all_equal(row(o)); }))
    return;
  for (int64_t o = 0; o < layout.outputs; ++o)
    result.bias[o] = row(o).front();
  result.border.clear();
}

static bool checkRange(const FoldedParameters &result, Type elementType,
                       std::string &reason) {
  auto fits = [&](double v) { return fitsType(v, elementType); };
  std::string type;
  llvm::raw_string_ostream(type) << elementType;
  if (!llvm::all_of(result.weights, fits)) {
    reason = "a folded weight would exceed the range of " + type;
    return false;
  }
  if (!llvm::all_of(result.bias, fits) || !llvm::all_of(result.border, fits)) {
    reason = "a folded bias would exceed the range of " + type;
    return false;
  }
  return true;
}

/// Whether values that become subnormal or zero lose more than rounding does
/// in the layer as a whole: a narrow type (f16) would lose the layer.
static bool checkUnderflow(const RootLayout &layout,
                           const FoldedParameters &result, Type elementType,
                           std::string &reason) {
  double unit = unitRoundoff(elementType);
  double largestBound = 0, largestLoss = 0;
  for (int64_t o = 0; o < layout.outputs; ++o) {
    double bound = unit * std::fabs(result.bias[o]), loss = 0;
    for (int64_t i = 0; i < layout.inputsPerGroup(); ++i)
      for (int64_t tap = 0; tap < layout.taps; ++tap) {
        double value = result.weights[layout.weightIndex(o, i, tap)];
        bound += unit * std::fabs(value);
        double error = std::fabs(roundToType(value, elementType) - value);
        if (error > unit * std::fabs(value))
          loss += error;
      }
    largestBound = std::max(largestBound, bound);
    largestLoss = std::max(largestLoss, loss);
  }
  if (largestLoss <= largestBound)
    return true;
  reason = "the folded weights would underflow: they lose more than rounding "
           "does";
  return false;
}

std::optional<FoldedParameters>
foldParameters(const RootLayout &layout, const RootParameters &parameters,
               const RootState &state, Type elementType,
               int64_t maxBorderElements, std::string &reason) {
  FoldedParameters result;
  foldWeights(layout, parameters, state, result);
  SmallVector<double> sums = shiftThroughTaps(layout, parameters, state.input);
  result.bias.resize(layout.outputs);
  for (int64_t o = 0; o < layout.outputs; ++o) {
    double sum = 0;
    for (int64_t tap = 0; tap < layout.taps; ++tap)
      sum += sums[o * layout.taps + tap];
    result.bias[o] = state.output.scale[o] * (parameters.bias[o] + sum) +
                     state.output.shift[o];
  }
  bool sameEverywhere = layout.isUnpadded() || state.input.isScaleOnly();
  if (!sameEverywhere) {
    if (!layout.hasStaticSpatialSizes()) {
      reason = "its shift does not reach the zero padding, and the size of the "
               "border is not known";
      return std::nullopt;
    }
    int64_t positions = layout.positions();
    if (positions > maxBorderElements / std::max<int64_t>(layout.outputs, 1)) {
      reason = "its shift does not reach the zero padding, and a constant for "
               "each of " +
               std::to_string(positions) + " positions would be too large";
      return std::nullopt;
    }
    foldBorder(layout, parameters, state, sums, result);
  }
  if (!checkRange(result, elementType, reason) ||
      !checkUnderflow(layout, result, elementType, reason))
    return std::nullopt;
  return result;
}

} // namespace kiln::nn
