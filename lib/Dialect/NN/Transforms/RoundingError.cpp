//===- RoundingError.cpp - What rounding the folded parameters costs ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RoundingError.h"

#include "kiln/Dialect/NN/Utils/Constants.h"

#include <cmath>
#include <random>

using namespace mlir;

namespace kiln::nn {

static constexpr int kPatches = 4;

namespace {
/// One random input window, the same for all output channels of a group.
struct Patch {
  int64_t position = 0;
  SmallVector<bool> inside;  ///< by tap
  SmallVector<double> input; ///< by input channel, tap
};

class Comparison {
public:
  Comparison(const RootLayout &layout, const RootParameters &original,
             const RootState &state, const FoldedParameters &folded, Type type)
      : layout(layout), original(original), state(state), type(type),
        stored(folded), exact(folded) {
    for (SmallVector<double> *values :
         {&stored.weights, &stored.bias, &stored.border})
      for (double &value : *values)
        value = roundToType(value, type);
  }

  RoundingError run(uint64_t seed);

private:
  Patch makePatch(std::mt19937_64 &random) const;
  double bound(int64_t o) const;
  double slack(int64_t o) const;
  double unfolded(int64_t o, const Patch &patch) const;
  double folded(int64_t o, const Patch &patch) const;

  /// Calls `fn(input channel, tap, weight index)` for what output `o` sums up.
  template <typename Fn> void forEachWeight(int64_t o, Fn fn) const {
    for (int64_t i = 0; i < layout.inputsPerGroup(); ++i)
      for (int64_t tap = 0; tap < layout.taps; ++tap)
        fn(layout.inputChannel(o, i), tap, layout.weightIndex(o, i, tap));
  }

  const RootLayout &layout;
  const RootParameters &original;
  const RootState &state;
  Type type;
  FoldedParameters stored;
  const FoldedParameters &exact;
};
} // namespace

Patch Comparison::makePatch(std::mt19937_64 &random) const {
  Patch patch;
  // Not std::uniform_real_distribution, whose values differ between libraries.
  for (int64_t i = 0; i < layout.inputs * layout.taps; ++i)
    patch.input.push_back(std::ldexp(static_cast<double>(random() >> 11), -52) -
                          1.0);
  // Where the border matters, also one that made the same constant everywhere
  // and went into the bias, a patch must lie at a real position.
  if (layout.isUnpadded() || state.input.isScaleOnly() ||
      layout.positions() == 0) {
    patch.inside.assign(layout.taps, true);
  } else {
    patch.position = static_cast<int64_t>(random() % layout.positions());
    patch.inside = layout.tapsInside(patch.position);
  }
  return patch;
}

double Comparison::bound(int64_t o) const {
  double unit = unitRoundoff(type), tiny = smallestSubnormal(type) / 2;
  double sum = 0, underflow = 0;
  auto add = [&](double value) {
    sum += std::fabs(value);
    if (value != 0)
      underflow += tiny;
  };
  forEachWeight(o, [&](int64_t, int64_t, int64_t w) { add(exact.weights[w]); });
  double bias = exact.border.empty() ? exact.bias[o] : 0;
  if (!exact.border.empty()) {
    int64_t positions = layout.positions();
    for (int64_t p = 0; p < positions; ++p)
      bias = std::max(bias, std::fabs(exact.border[o * positions + p]));
  }
  add(bias);
  return unit * sum + underflow;
}

/// Rounding of the f64 arithmetic of this comparison.
double Comparison::slack(int64_t o) const {
  double sum = std::fabs(original.bias[o]);
  int64_t terms = 4;
  forEachWeight(o, [&](int64_t c, int64_t, int64_t w) {
    ++terms;
    sum += std::fabs(original.weights[w]) *
           (std::fabs(state.input.scale[c]) + std::fabs(state.input.shift[c]));
  });
  sum =
      std::fabs(state.output.scale[o]) * sum + std::fabs(state.output.shift[o]);
  return std::ldexp(static_cast<double>(terms), -52) * sum;
}

double Comparison::unfolded(int64_t o, const Patch &patch) const {
  double sum = original.bias[o];
  forEachWeight(o, [&](int64_t c, int64_t tap, int64_t w) {
    if (patch.inside[tap])
      sum += original.weights[w] *
             (state.input.scale[c] * patch.input[c * layout.taps + tap] +
              state.input.shift[c]);
  });
  return state.output.scale[o] * sum + state.output.shift[o];
}

double Comparison::folded(int64_t o, const Patch &patch) const {
  double sum = stored.border.empty()
                   ? stored.bias[o]
                   : stored.border[o * layout.positions() + patch.position];
  forEachWeight(o, [&](int64_t c, int64_t tap, int64_t w) {
    if (patch.inside[tap])
      sum += stored.weights[w] * patch.input[c * layout.taps + tap];
  });
  return sum;
}

RoundingError Comparison::run(uint64_t seed) {
  RoundingError error;
  for (auto [before, after] : llvm::zip(original.weights, stored.weights))
    error.maxWeightChange =
        std::max(error.maxWeightChange, std::fabs(after - before));
  if (stored.border.empty())
    for (auto [before, after] : llvm::zip(original.bias, stored.bias))
      error.maxWeightChange =
          std::max(error.maxWeightChange, std::fabs(after - before));

  std::mt19937_64 random(seed);
  SmallVector<Patch> patches;
  for (int i = 0; i < kPatches; ++i)
    patches.push_back(makePatch(random));
  for (int64_t o = 0; o < layout.outputs; ++o) {
    double channelBound = bound(o), measured = 0;
    for (const Patch &patch : patches)
      measured =
          std::max(measured, std::fabs(folded(o, patch) - unfolded(o, patch)));
    error.bound = std::max(error.bound, channelBound);
    error.measured = std::max(error.measured, measured);
    // Negated, so that a NaN fails.
    if (!(measured <= channelBound + slack(o)))
      error.isWithinBound = false;
  }
  return error;
}

RoundingError measureRoundingError(const RootLayout &layout,
                                   const RootParameters &original,
                                   const RootState &state,
                                   const FoldedParameters &folded,
                                   Type elementType, uint64_t seed) {
  return Comparison(layout, original, state, folded, elementType).run(seed);
}

} // namespace kiln::nn
