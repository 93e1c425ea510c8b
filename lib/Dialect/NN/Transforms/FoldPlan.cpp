//===- FoldPlan.cpp - Planning where an affine goes ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Ledger.h"
#include "MoveAffine.h"
#include "kiln/Dialect/NN/Utils/Constants.h"

#include "mlir/IR/Matchers.h"

using namespace mlir;

namespace kiln::nn {

/// Operations looked at for one affine.
static constexpr int64_t kMaxSteps = 512;

bool FoldPlan::fail(const Twine &why) {
  reason = why.str();
  return false;
}

bool FoldPlan::step() {
  return ++steps <= kMaxSteps || fail("too many operations lie between");
}

bool FoldPlan::enterRoot(Operation *root, const Affine &affine,
                         bool isForward) {
  RootLayout layout = RootLayout::of(root);
  int64_t axis = isForward ? layout.inputAxis : layout.outputAxis;
  int64_t channels = isForward ? layout.inputs : layout.outputs;
  std::string why;
  std::optional<RootParameters> parameters =
      RootParameters::read(root, layout, why);
  if (!parameters)
    return fail(why + " of " + describe(root));
  std::optional<Affine> aligned = alongAxis(affine, axis, channels);
  if (!aligned)
    return fail("its channels lie along dimension " + Twine(affine.axis) +
                ", those of " + describe(root) + " along dimension " +
                Twine(axis));

  const auto *planned = roots.find(root);
  const auto *decided = table.roots.find(root);
  RootState state = planned != roots.end() ? planned->second
                    : decided != table.roots.end()
                        ? decided->second
                        : RootState::identity(layout);
  Affine &side = isForward ? state.input : state.output;
  side = isForward ? compose(side, *aligned) : compose(*aligned, side);
  if (!side.isFinite())
    return fail("the composed scale or shift is not finite");
  Type elementType = getElementTypeOrSelf(rootWeights(root).getType());
  if (!foldParameters(layout, *parameters, state, elementType,
                      table.maxBorderElements, why))
    return fail(why + " in " + describe(root));
  roots[root] = std::move(state);
  return true;
}

bool FoldPlan::enterAffine(ChannelAffineOp op, const Affine &affine,
                           bool isForward) {
  auto *planned = affines.find(op.getOperation());
  Affine own = planned != affines.end() ? planned->second : Affine::of(op);
  std::optional<Affine> other = alongAxis(affine, own.axis, own.size());
  if (!other) {
    std::optional<Affine> spread = alongAxis(own, affine.axis, affine.size());
    if (!spread)
      return fail("its channels lie along dimension " + Twine(affine.axis) +
                  ", those of " + describe(op) + " along dimension " +
                  Twine(own.axis));
    own = std::move(*spread);
    other = affine;
  }
  Affine composed = isForward ? compose(own, *other) : compose(*other, own);
  if (!composed.isFinite())
    return fail("the composed scale or shift is not finite");
  affines[op.getOperation()] = std::move(composed);
  return true;
}

bool FoldPlan::crossPad(tensor::PadOp op, const Affine &affine,
                        bool isForward) {
  Value value = op.getConstantPaddingValue();
  FloatAttr attr;
  if (!value || !matchPattern(value, m_Constant(&attr)))
    return fail(describe(op) + " does not pad with a constant");
  if (!op.getLow().empty() || !op.getHigh().empty() ||
      op.getStaticLow()[affine.axis] || op.getStaticHigh()[affine.axis])
    return fail(describe(op) + " pads the channels");
  if (pads.contains(op.getOperation()))
    return fail("it reaches " + describe(op) + " in two ways");

  // Backward the border takes s * v + t; forward it holds s * v' + t = v. One
  // value serves all channels, so it must not depend on the channel.
  double old = attr.getValueAsDouble();
  std::optional<double> common;
  for (auto [s, t] : llvm::zip(affine.scale, affine.shift)) {
    double padded = isForward ? (old - t) / s : s * old + t;
    // Nothing times zero plus a shift of zero makes v = 0 from any v'.
    if (isForward && s == 0)
      return fail("a scale of 0 lies before " + describe(op));
    if (common && *common != padded)
      return fail("the border that " + describe(op) +
                  " adds would differ between channels");
    common = padded;
  }
  // Weights and bias carry the only rounding: the bound speaks of no other.
  if (common && roundToType(*common, attr.getType()) != *common)
    return fail("the border that " + describe(op) +
                " adds would have to be rounded");
  if (common && *common != old)
    pads[op.getOperation()] = *common;
  return true;
}

bool isPositivelyHomogeneous(Operation *op) {
  return isa<ReluOp, LeakyReluOp, PReluOp>(op);
}

} // namespace kiln::nn
