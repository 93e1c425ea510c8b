//===- RaiseActivations.cpp - Activations written out ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ElementwiseMatch.h"
#include "kiln/Dialect/NN/Transforms/Passes.h"

#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/Iterators.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include <cmath>

namespace kiln::nn {
#define GEN_PASS_DEF_NNRAISEACTIVATIONS
#include "kiln/Dialect/NN/Transforms/Passes.h.inc"
} // namespace kiln::nn

using namespace mlir;
using namespace kiln::nn;

namespace {
/// A value as `coefficient * factors[0] * factors[1] * ...`.
struct Product {
  double coefficient = 1;
  SmallVector<Value> factors;
};

/// `scale * source + shift`, the same everywhere.
struct UniformAffine {
  double scale = 1;
  double shift = 0;
  Value source;
};
} // namespace

/// Constants in a file are f32: 1/6 there is not 1/6 here.
static bool isAbout(double value, double wanted) {
  return static_cast<float>(value) == static_cast<float>(wanted);
}

static std::optional<UniformAffine> matchUniform(Value value) {
  auto op = value.getDefiningOp<linalg::GenericOp>();
  Value source;
  std::optional<Affine> affine =
      op ? matchAffine(op, source) : std::optional<Affine>();
  if (!affine || !affine->isUniform())
    return std::nullopt;
  return UniformAffine{affine->scale.front(), affine->shift.front(), source};
}

static void collectFactors(Value value, Product &product, int depth = 0) {
  ValueRange inputs;
  std::optional<UniformAffine> affine = matchUniform(value);
  if (affine && affine->shift == 0 && depth < 4) {
    product.coefficient *= affine->scale;
    return collectFactors(affine->source, product, depth + 1);
  }
  Operation *payload = matchPayload(value, inputs);
  if (payload && isa<arith::MulFOp>(payload) && depth < 4) {
    collectFactors(inputs[0], product, depth + 1);
    collectFactors(inputs[1], product, depth + 1);
    return;
  }
  product.factors.push_back(value);
}

/// `clip(x + 3, 0, 6)`: the source x.
static Value matchClippedShift(Value value) {
  auto clip = value.getDefiningOp<ClipOp>();
  if (!clip || clip.getMinimum().convertToDouble() != 0 ||
      clip.getMaximum().convertToDouble() != 6)
    return {};
  std::optional<UniformAffine> shifted = matchUniform(clip.getInput());
  return shifted && shifted->scale == 1 && shifted->shift == 3 ? shifted->source
                                                               : Value();
}

/// `coefficient * factor` is `(1 + erf(x / sqrt(2))) / 2`.
static bool isGeluGate(Value factor, double coefficient, Value x) {
  std::optional<UniformAffine> outer = matchUniform(factor);
  ValueRange inputs;
  Operation *erf = outer ? matchPayload(outer->source, inputs) : nullptr;
  if (!erf || !isa<math::ErfOp>(erf))
    return false;
  std::optional<UniformAffine> inner = matchUniform(inputs[0]);
  return inner && inner->source == x && inner->shift == 0 &&
         isAbout(inner->scale, 1 / std::sqrt(2.0)) &&
         isAbout(outer->scale * coefficient, 0.5) &&
         isAbout(outer->shift * coefficient, 0.5);
}

/// Builds the activation that `coefficient * x * gate` is, if it is one.
static Value raiseGated(OpBuilder &builder, Location loc, double coefficient,
                        Value x, Value gate) {
  Type type = x.getType();
  if (auto sigmoid = gate.getDefiningOp<SigmoidOp>();
      sigmoid && sigmoid.getInput() == x && coefficient == 1)
    return SiluOp::create(builder, loc, type, x);
  if (auto hard = gate.getDefiningOp<HardSigmoidOp>();
      hard && hard.getInput() == x && coefficient == 1 &&
      isAbout(hard.getAlpha().convertToDouble(), 1.0 / 6) &&
      hard.getBeta().convertToDouble() == 0.5)
    return HardSwishOp::create(builder, loc, type, x);
  if (matchClippedShift(gate) == x && isAbout(coefficient, 1.0 / 6))
    return HardSwishOp::create(builder, loc, type, x);
  if (auto tanh = gate.getDefiningOp<TanhOp>(); tanh && coefficient == 1) {
    auto softplus = tanh.getInput().getDefiningOp<SoftplusOp>();
    if (softplus && softplus.getInput() == x)
      return MishOp::create(builder, loc, type, x);
  }
  if (isGeluGate(gate, coefficient, x))
    return GeluOp::create(builder, loc, type, x, GeluForm::Erf);
  return {};
}

static Value raise(OpBuilder &builder, linalg::GenericOp op) {
  Product product;
  collectFactors(op.getResult(0), product);
  Location loc = op.getLoc();
  if (product.factors.size() == 1) {
    Value x = matchClippedShift(product.factors[0]);
    if (!x || !isAbout(product.coefficient, 1.0 / 6))
      return {};
    return HardSigmoidOp::create(builder, loc, x.getType(), x,
                                 builder.getF64FloatAttr(1.0 / 6),
                                 builder.getF64FloatAttr(0.5));
  }
  if (product.factors.size() != 2)
    return {};
  if (Value raised = raiseGated(builder, loc, product.coefficient,
                                product.factors[0], product.factors[1]))
    return raised;
  return raiseGated(builder, loc, product.coefficient, product.factors[1],
                    product.factors[0]);
}

namespace {
class RaiseActivations final
    : public kiln::nn::impl::NNRaiseActivationsBase<RaiseActivations> {
  void runOnOperation() override {
    SmallVector<linalg::GenericOp> candidates;
    getOperation().walk([&](linalg::GenericOp op) {
      if (op.getNumResults() == 1 && isElementwise(op))
        candidates.push_back(op);
    });
    // The last operation of a written-out activation stands for all of it;
    // what it used goes with it where nothing else does.
    for (linalg::GenericOp op : llvm::reverse(candidates)) {
      if (op->use_empty())
        continue;
      OpBuilder builder(op);
      if (Value raised = raise(builder, op)) {
        op.getResult(0).replaceAllUsesWith(raised);
        ++numRaised;
      }
    }
    getOperation().walk<WalkOrder::PostOrder, ReverseIterator>(
        [](Operation *op) {
          if (isOpTriviallyDead(op))
            op->erase();
        });
  }
};
} // namespace
