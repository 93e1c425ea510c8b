//===- Elementwise.cpp - Arithmetic of elementwise operations ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "kiln/CodeGen/Elementwise.h"

#include "kiln/Dialect/NN/IR/NN.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/ADT/TypeSwitch.h"

#include <cmath>
#include <numbers>

using namespace mlir;

namespace kiln {
namespace {

/// Short names for the arithmetic of one element.
struct Arithmetic {
  OpBuilder &builder;
  Location loc;
  Type type;

  Value constant(double value) {
    auto element = cast<FloatType>(getElementTypeOrSelf(type));
    auto attr = cast<TypedAttr>(builder.getFloatAttr(element, value));
    if (auto vector = dyn_cast<VectorType>(type))
      attr = DenseElementsAttr::get(vector, Attribute(attr));
    return arith::ConstantOp::create(builder, loc, attr);
  }
  Value add(Value a, Value b) {
    return arith::AddFOp::create(builder, loc, a, b);
  }
  Value sub(Value a, Value b) {
    return arith::SubFOp::create(builder, loc, a, b);
  }
  Value mul(Value a, Value b) {
    return arith::MulFOp::create(builder, loc, a, b);
  }
  Value div(Value a, Value b) {
    return arith::DivFOp::create(builder, loc, a, b);
  }
  Value neg(Value a) { return arith::NegFOp::create(builder, loc, a); }
  Value fma(Value a, Value b, Value c) {
    return math::FmaOp::create(builder, loc, a, b, c);
  }
  Value compare(arith::CmpFPredicate predicate, Value a, Value b) {
    return arith::CmpFOp::create(builder, loc, predicate, a, b);
  }
  Value select(Value condition, Value a, Value b) {
    return arith::SelectOp::create(builder, loc, condition, a, b);
  }
  /// Ordered comparisons that take the second operand keep a NaN in `x`.
  Value atLeast(Value x, double bound) {
    Value limit = constant(bound);
    return select(compare(arith::CmpFPredicate::OLT, x, limit), limit, x);
  }
  Value atMost(Value x, double bound) {
    Value limit = constant(bound);
    return select(compare(arith::CmpFPredicate::OGT, x, limit), limit, x);
  }
  Value clamp(Value x, double low, double high) {
    return atMost(atLeast(x, low), high);
  }
  Value isPositive(Value x) {
    return compare(arith::CmpFPredicate::OGT, x, constant(0));
  }
  Value isNonNegative(Value x) {
    return compare(arith::CmpFPredicate::OGE, x, constant(0));
  }
  Value expm1(Value x) { return math::ExpM1Op::create(builder, loc, x); }
  Value tanh(Value x) { return math::TanhOp::create(builder, loc, x); }
  Value abs(Value x) { return math::AbsFOp::create(builder, loc, x); }
  Value sigmoid(Value x) {
    Value e = math::ExpOp::create(builder, loc, neg(x));
    return div(constant(1), add(constant(1), e));
  }
  /// max(x, 0) + log1p(exp(-|x|)): exp does not overflow.
  Value softplus(Value x) {
    Value e = math::ExpOp::create(builder, loc, neg(abs(x)));
    return add(atLeast(x, 0), math::Log1pOp::create(builder, loc, e));
  }
  Value gelu(Value x, nn::GeluForm form) {
    Value half = mul(constant(0.5), x), inner;
    if (form == nn::GeluForm::Erf) {
      inner = math::ErfOp::create(builder, loc,
                                  mul(x, constant(std::numbers::sqrt2 / 2)));
    } else {
      Value cube = mul(mul(x, x), x);
      inner = tanh(mul(constant(std::sqrt(2 * std::numbers::inv_pi)),
                       fma(constant(0.044715), cube, x)));
    }
    return mul(half, add(constant(1), inner));
  }
};

} // namespace

/// Activations made of comparisons and arithmetic.
static Value buildPiecewise(Arithmetic &a, Operation *op, ValueRange elements) {
  Value x = elements[0];
  auto leaky = [&](Value slope) {
    return a.select(a.isNonNegative(x), x, a.mul(slope, x));
  };
  return TypeSwitch<Operation *, Value>(op)
      .Case([&](nn::ReluOp) { return a.atLeast(x, 0); })
      .Case([&](nn::ClipOp clip) {
        return a.clamp(x, clip.getMinimum().convertToDouble(),
                       clip.getMaximum().convertToDouble());
      })
      .Case([&](nn::LeakyReluOp relu) {
        return leaky(a.constant(relu.getAlpha().convertToDouble()));
      })
      .Case([&](nn::PReluOp) { return leaky(elements[1]); })
      .Case([&](nn::ChannelAffineOp) {
        return a.fma(x, elements[1], elements[2]);
      })
      .Case([&](nn::HardSigmoidOp sigmoid) {
        Value line = a.fma(a.constant(sigmoid.getAlpha().convertToDouble()), x,
                           a.constant(sigmoid.getBeta().convertToDouble()));
        return a.clamp(line, 0, 1);
      })
      .Case([&](nn::HardSwishOp) {
        Value line = a.fma(x, a.constant(1.0 / 6), a.constant(0.5));
        return a.mul(x, a.clamp(line, 0, 1));
      })
      .Case([&](nn::SoftsignOp) {
        return a.div(x, a.add(a.constant(1), a.abs(x)));
      })
      .Default([](Operation *) { return Value(); });
}

static Value buildElu(Arithmetic &a, Value x, double positive,
                      double negative) {
  Value above = positive == 1 ? x : a.mul(a.constant(positive), x);
  Value below = a.mul(a.constant(negative), a.expm1(x));
  return a.select(a.isPositive(x), above, below);
}

static Value buildCelu(Arithmetic &a, Value x, double alpha) {
  Value e = a.expm1(a.div(x, a.constant(alpha)));
  return a.add(a.atLeast(x, 0), a.atMost(a.mul(a.constant(alpha), e), 0));
}

/// Activations that call mathematical functions.
static Value buildTranscendental(Arithmetic &a, Operation *op, Value x) {
  return TypeSwitch<Operation *, Value>(op)
      .Case([&](nn::EluOp elu) {
        return buildElu(a, x, 1, elu.getAlpha().convertToDouble());
      })
      .Case([&](nn::SeluOp selu) {
        double gamma = selu.getGamma().convertToDouble();
        return buildElu(a, x, gamma, gamma * selu.getAlpha().convertToDouble());
      })
      .Case([&](nn::CeluOp celu) {
        return buildCelu(a, x, celu.getAlpha().convertToDouble());
      })
      .Case([&](nn::SigmoidOp) { return a.sigmoid(x); })
      .Case([&](nn::TanhOp) { return a.tanh(x); })
      .Case([&](nn::SoftplusOp) { return a.softplus(x); })
      .Case([&](nn::SiluOp) { return a.mul(x, a.sigmoid(x)); })
      .Case([&](nn::MishOp) { return a.mul(x, a.tanh(a.softplus(x))); })
      .Case([&](nn::GeluOp gelu) { return a.gelu(x, gelu.getForm()); })
      .Default([](Operation *) { return Value(); });
}

Value buildElementwise(OpBuilder &builder, Operation *op, ValueRange elements) {
  Arithmetic arithmetic{builder, op->getLoc(), elements[0].getType()};
  if (Value value = buildPiecewise(arithmetic, op, elements))
    return value;
  return buildTranscendental(arithmetic, op, elements[0]);
}

/// Copies one scalar operation, its results and constants widened to vectors.
static void cloneWidened(OpBuilder &builder, Operation &op, IRMapping &mapping,
                         ArrayRef<int64_t> shape) {
  if (auto constant = dyn_cast<arith::ConstantOp>(op)) {
    auto type = VectorType::get(shape, constant.getType());
    mapping.map(
        constant.getResult(),
        arith::ConstantOp::create(
            builder, op.getLoc(),
            DenseElementsAttr::get(type, Attribute(constant.getValue())))
            .getResult());
    return;
  }
  // Values from outside (constants that folding has hoisted) are scalars.
  for (Value operand : op.getOperands()) {
    if (mapping.contains(operand))
      continue;
    auto type = VectorType::get(shape, operand.getType());
    mapping.map(operand, vector::BroadcastOp::create(builder, op.getLoc(), type,
                                                     operand));
  }
  Operation *copy = builder.clone(op, mapping);
  for (OpResult result : copy->getResults())
    result.setType(VectorType::get(shape, result.getType()));
}

bool canWiden(Block &block) {
  return llvm::all_of(block.without_terminator(), [](Operation &op) {
    return isa<arith::ConstantOp>(op) ||
           (OpTrait::hasElementwiseMappableTraits(&op) &&
            op.getNumRegions() == 0);
  });
}

Value cloneElementwiseBlock(OpBuilder &builder, Block &block,
                            ValueRange arguments,
                            ArrayRef<int64_t> vectorShape) {
  if (!vectorShape.empty() && !canWiden(block))
    return {};
  IRMapping mapping;
  mapping.map(block.getArguments(), arguments);
  for (Operation &op : block.without_terminator()) {
    if (vectorShape.empty())
      builder.clone(op, mapping);
    else
      cloneWidened(builder, op, mapping, vectorShape);
  }
  Value yielded = block.getTerminator()->getOperand(0);
  Value result = mapping.lookupOrDefault(yielded);
  if (vectorShape.empty() || mapping.contains(yielded))
    return result;
  return vector::BroadcastOp::create(
      builder, yielded.getLoc(),
      VectorType::get(vectorShape, yielded.getType()), result);
}

bool callsMath(Operation *op) {
  if (isa<nn::EluOp, nn::SeluOp, nn::CeluOp, nn::SigmoidOp, nn::TanhOp,
          nn::SoftplusOp, nn::SiluOp, nn::MishOp, nn::GeluOp>(op))
    return true;
  bool found = false;
  op->walk([&](Operation *inner) {
    found |= inner->getName().getDialectNamespace() ==
                 math::MathDialect::getDialectNamespace() &&
             !isa<math::AbsFOp, math::AbsIOp, math::FmaOp, math::SqrtOp,
                  math::FloorOp, math::CeilOp, math::RoundEvenOp>(inner);
  });
  return found;
}

} // namespace kiln
