//===- ActivationKernels.cpp - Activations ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Kernels.h"

#include "llvm/ADT/TypeSwitch.h"

#include <cmath>
#include <limits>

using namespace mlir;

namespace kiln::reference {

/// `function` of each element of the one operand.
template <typename Function>
static Results apply(Operation *op, const Environment &env, Function function) {
  Tensor result = env.get(op->getOperand(0));
  for (double &value : result.data)
    value = function(value);
  return single(std::move(result));
}

static double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

/// log(1 + exp(x)) without overflow.
static double softplus(double x) {
  return x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x));
}

/// NaN stays NaN.
static double clamp(double x, double low, double high) {
  return x < low ? low : x > high ? high : x;
}

static double elu(double x, double alpha) {
  return x > 0 ? x : alpha * std::expm1(x);
}

static double celu(double x, double alpha) {
  double below = alpha * std::expm1(x / alpha);
  return std::isnan(x) ? x : std::max(x, 0.0) + std::min(below, 0.0);
}

/// `erfc` instead of `1 + erf`, which cancels far below zero.
static double geluErf(double x) {
  return x / 2 * std::erfc(-x / std::sqrt(2.0));
}

static double geluTanh(double x) {
  double inner = std::sqrt(2 / std::acos(-1.0)) * (x + 0.044715 * x * x * x);
  return x / 2 * (1 + std::tanh(inner));
}

/// Calls `row` with a pointer to the first element of each line along `axis`,
/// the line's length and its stride.
template <typename Visitor>
static void visitLines(Tensor &tensor, int64_t axis, Visitor visit) {
  ArrayRef<int64_t> shape(tensor.shape);
  int64_t outer = product(shape.take_front(axis)), size = shape[axis];
  int64_t inner = product(shape.drop_front(axis + 1));
  for (int64_t o = 0; o < outer; ++o)
    for (int64_t i = 0; i < inner; ++i)
      visit(tensor.data.data() + o * size * inner + i, size, inner);
}

/// Subtracts the line's maximum and returns the sum of the exponentials.
static double shiftAndSum(double *line, int64_t size, int64_t stride) {
  double maximum = -std::numeric_limits<double>::infinity(), sum = 0;
  for (int64_t k = 0; k < size; ++k)
    maximum = std::max(maximum, line[k * stride]);
  for (int64_t k = 0; k < size; ++k)
    sum += std::exp(line[k * stride] -= maximum);
  return sum;
}

static Results softmax(nn::SoftmaxOp op, const Environment &env) {
  Tensor result = env.get(op.getInput());
  visitLines(result, static_cast<int64_t>(op.getAxis()),
             [](double *line, int64_t size, int64_t stride) {
               double sum = shiftAndSum(line, size, stride);
               for (int64_t k = 0; k < size; ++k)
                 line[k * stride] = std::exp(line[k * stride]) / sum;
             });
  return single(std::move(result));
}

static Results logSoftmax(nn::LogSoftmaxOp op, const Environment &env) {
  Tensor result = env.get(op.getInput());
  visitLines(result, static_cast<int64_t>(op.getAxis()),
             [](double *line, int64_t size, int64_t stride) {
               double sum = shiftAndSum(line, size, stride);
               for (int64_t k = 0; k < size; ++k)
                 line[k * stride] -= std::log(sum);
             });
  return single(std::move(result));
}

static Outcome prelu(nn::PReluOp op, const Environment &env) {
  Tensor result = env.get(op.getInput());
  const Tensor &slope = env.get(op.getSlope());
  int64_t channels = result.shape[1];
  if (slope.size() != 1 && slope.size() != channels) {
    shapeError(op) << "expects 1 or " << channels << " slopes, got "
                   << slope.size();
    return failure();
  }
  int64_t inner = product(ArrayRef(result.shape).drop_front(2));
  for (int64_t i = 0; i < result.size(); ++i)
    if (double &x = result.data[i]; x < 0)
      x *= slope.data[slope.size() == 1 ? 0 : i / inner % channels];
  return single(std::move(result));
}

/// Activations without attributes.
static double (*plainFunction(Operation *op))(double) {
  using Function = double (*)(double);
  return TypeSwitch<Operation *, Function>(op)
      .Case<nn::ReluOp>([](auto) -> Function {
        return [](double x) { return x <= 0 ? 0.0 : x; };
      })
      .Case<nn::SigmoidOp>([](auto) -> Function { return sigmoid; })
      .Case<nn::TanhOp>([](auto) -> Function {
        return [](double x) { return std::tanh(x); };
      })
      .Case<nn::SoftplusOp>([](auto) -> Function { return softplus; })
      .Case<nn::SoftsignOp>([](auto) -> Function {
        return [](double x) { return x / (1 + std::abs(x)); };
      })
      .Case<nn::SiluOp>([](auto) -> Function {
        return [](double x) { return x * sigmoid(x); };
      })
      .Case<nn::HardSwishOp>([](auto) -> Function {
        return [](double x) { return x * clamp(x / 6 + 0.5, 0, 1); };
      })
      .Case<nn::MishOp>([](auto) -> Function {
        return [](double x) { return x * std::tanh(softplus(x)); };
      })
      .Default([](Operation *) -> Function { return nullptr; });
}

std::optional<Outcome> evaluateActivation(Operation *op,
                                          const Environment &env) {
  if (auto function = plainFunction(op))
    return apply(op, env, function);
  using Maybe = std::optional<Outcome>;
  return TypeSwitch<Operation *, Maybe>(op)
      .Case<nn::ClipOp>([&](auto clip) -> Maybe {
        double low = clip.getMinimum().convertToDouble();
        double high = clip.getMaximum().convertToDouble();
        return apply(op, env, [=](double x) { return clamp(x, low, high); });
      })
      .Case<nn::LeakyReluOp>([&](auto leaky) -> Maybe {
        double alpha = leaky.getAlpha().convertToDouble();
        return apply(op, env, [=](double x) { return x < 0 ? alpha * x : x; });
      })
      .Case<nn::EluOp>([&](auto eluOp) -> Maybe {
        double alpha = eluOp.getAlpha().convertToDouble();
        return apply(op, env, [=](double x) { return elu(x, alpha); });
      })
      .Case<nn::SeluOp>([&](auto selu) -> Maybe {
        double alpha = selu.getAlpha().convertToDouble();
        double gamma = selu.getGamma().convertToDouble();
        return apply(op, env, [=](double x) { return gamma * elu(x, alpha); });
      })
      .Case<nn::CeluOp>([&](auto celuOp) -> Maybe {
        double alpha = celuOp.getAlpha().convertToDouble();
        return apply(op, env, [=](double x) { return celu(x, alpha); });
      })
      .Case<nn::HardSigmoidOp>([&](auto hard) -> Maybe {
        double alpha = hard.getAlpha().convertToDouble();
        double beta = hard.getBeta().convertToDouble();
        return apply(op, env,
                     [=](double x) { return clamp(alpha * x + beta, 0, 1); });
      })
      .Case<nn::GeluOp>([&](auto gelu) -> Maybe {
        return apply(op, env,
                     gelu.getForm() == nn::GeluForm::Erf ? geluErf : geluTanh);
      })
      .Case<nn::SoftmaxOp>([&](auto s) -> Maybe { return softmax(s, env); })
      .Case<nn::LogSoftmaxOp>(
          [&](auto s) -> Maybe { return logSoftmax(s, env); })
      .Case<nn::PReluOp>([&](auto p) -> Maybe { return prelu(p, env); })
      .Default([](Operation *) -> Maybe { return std::nullopt; });
}

} // namespace kiln::reference
