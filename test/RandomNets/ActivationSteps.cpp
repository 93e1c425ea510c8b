//===- ActivationSteps.cpp - Activations, by name and written out ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Steps.h"

#include "kiln/Dialect/NN/IR/NN.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

#include <limits>

using namespace mlir;

namespace kiln::test {

using Maker = Value (*)(NetBuilder &net, Value x);

/// An activation without attributes.
template <typename Op> static Value plain(NetBuilder &net, Value x) {
  return Op::create(net.builder, net.name(Op::getOperationName().substr(3)), x);
}

static Value clip(NetBuilder &net, Value x) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  double low = net.random.choose({0.0, 0.0, -1.0, -0.3, -kInfinity});
  double high = net.random.choose({6.0, 1.0, 0.7, kInfinity});
  return nn::ClipOp::create(net.builder, net.name("clip"), x, APFloat(low),
                            APFloat(high));
}

static Value leakyRelu(NetBuilder &net, Value x) {
  double alpha = net.random.choose({0.01, 0.125, -0.3, 1.5});
  return nn::LeakyReluOp::create(net.builder, net.name("leaky_relu"), x,
                                 APFloat(alpha));
}

static Value prelu(NetBuilder &net, Value x) {
  if (shapeOf(x).size() < 2)
    return plain<nn::ReluOp>(net, x);
  int64_t slopes = net.random.chance(80) ? shapeOf(x)[1] : 1;
  Value slope = net.constant(slopes, -1, 1, elementTypeOf(x));
  return nn::PReluOp::create(net.builder, net.name("prelu"), x, slope);
}

template <typename Op> static Value withAlpha(NetBuilder &net, Value x) {
  double alpha = net.random.choose({1.0, 0.5, 1.7});
  return Op::create(net.builder, net.name(Op::getOperationName().substr(3)), x,
                    APFloat(alpha));
}

static Value selu(NetBuilder &net, Value x) {
  return nn::SeluOp::create(net.builder, net.name("selu"), x, APFloat(1.67326),
                            APFloat(1.0507));
}

static Value hardSigmoid(NetBuilder &net, Value x) {
  return nn::HardSigmoidOp::create(net.builder, net.name("hard_sigmoid"), x,
                                   APFloat(net.random.choose({0.2, 1.0 / 6})),
                                   APFloat(0.5));
}

static Value gelu(NetBuilder &net, Value x) {
  auto form = net.random.choose({nn::GeluForm::Erf, nn::GeluForm::Tanh});
  return nn::GeluOp::create(net.builder, net.name("gelu"), x, form);
}

/// x * f(x): silu, mish and hard swish as files have them.
static Value timesItself(NetBuilder &net, Value x) {
  Value gate;
  switch (net.random.pick(0, 2)) {
  case 0:
    gate = plain<nn::SigmoidOp>(net, x);
    break;
  case 1:
    gate = plain<nn::TanhOp>(net, plain<nn::SoftplusOp>(net, x));
    break;
  default:
    gate = nn::HardSigmoidOp::create(net.builder, net.name("gate"), x,
                                     APFloat(1.0 / 6), APFloat(0.5));
  }
  return net.binary(BinaryKind::Mul, x, gate);
}

/// relu6 and the like by maximum and minimum in one payload.
static Value clipWrittenOut(NetBuilder &net, Value x) {
  return net.elementwise(
      "minmax", x, [&](OpBuilder &b, Location loc, ValueRange args) {
        Type type = args[0].getType();
        Value low = createScalar(b, loc, BinaryKind::Max, args[0],
                                 createNumber(b, loc, type, 0));
        return createScalar(b, loc, BinaryKind::Min, low,
                            createNumber(b, loc, type, 6));
      });
}

/// x >= 0 ? x : slope * x.
static Value leakyWrittenOut(NetBuilder &net, Value x) {
  return net.elementwise(
      "select", x, [&](OpBuilder &b, Location loc, ValueRange args) -> Value {
        Type type = args[0].getType();
        Value zero = createNumber(b, loc, type, 0);
        Value isPositive =
            createScalar(b, loc, BinaryKind::GreaterOrEqual, args[0], zero);
        Value scaled = createScalar(b, loc, BinaryKind::Mul, args[0],
                                    createNumber(b, loc, type, 0.25));
        return arith::SelectOp::create(b, loc, isPositive, args[0], scaled);
      });
}

/// x / 2 * (1 + erf(x / sqrt 2)), each operation a loop of its own.
static Value geluWrittenOut(NetBuilder &net, Value x) {
  Type type = elementTypeOf(x);
  auto by = [&](BinaryKind kind, Value value, double number) {
    return net.binary(kind, value, net.constant({}, ArrayRef(number), type));
  };
  Value erf =
      net.elementwise("erf", by(BinaryKind::Div, x, std::sqrt(2.0)),
                      [](OpBuilder &b, Location loc, ValueRange args) {
                        return createScalar(b, loc, UnaryKind::Erf, args[0]);
                      });
  Value product = net.binary(BinaryKind::Mul, x, by(BinaryKind::Add, erf, 1));
  return by(BinaryKind::Mul, product, 0.5);
}

Value makeActivation(NetBuilder &net, Value x) {
  static constexpr Maker makers[] = {plain<nn::ReluOp>,
                                     plain<nn::ReluOp>,
                                     plain<nn::SigmoidOp>,
                                     plain<nn::TanhOp>,
                                     plain<nn::SoftplusOp>,
                                     plain<nn::SoftsignOp>,
                                     plain<nn::SiluOp>,
                                     plain<nn::HardSwishOp>,
                                     plain<nn::MishOp>,
                                     withAlpha<nn::EluOp>,
                                     withAlpha<nn::CeluOp>,
                                     clip,
                                     leakyRelu,
                                     prelu,
                                     prelu,
                                     selu,
                                     hardSigmoid,
                                     gelu,
                                     timesItself,
                                     clipWrittenOut,
                                     leakyWrittenOut,
                                     geluWrittenOut};
  return net.random.chooseFrom(ArrayRef<Maker>(makers))(net, x);
}

Value makeSoftmax(NetBuilder &net, Value x, int64_t axis) {
  if (net.random.chance(70))
    return nn::SoftmaxOp::create(net.builder, net.name("softmax"), x, axis);
  return nn::LogSoftmaxOp::create(net.builder, net.name("log_softmax"), x,
                                  axis);
}

Value bounded(NetBuilder &net, Value x) { return plain<nn::TanhOp>(net, x); }

static void activation(NetBuilder &net) {
  net.add(makeActivation(net, net.source()));
}

static void softmax(NetBuilder &net) {
  Value x = net.source([](Value value) { return !shapeOf(value).empty(); });
  if (!x)
    return;
  int64_t axis =
      net.random.pick(0, static_cast<int64_t>(shapeOf(x).size()) - 1);
  // Softmax over one element is constant.
  if (shapeOf(x)[axis] > 1)
    net.add(makeSoftmax(net, x, axis));
}

ArrayRef<Step> activationSteps() {
  static constexpr Step steps[] = {{16, activation}, {3, softmax}};
  return steps;
}

} // namespace kiln::test
