//===- RandomNet.cpp - Random nets for property tests ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Support/RandomNet.h"
#include "Transforms/NetWriter.h"

#include <algorithm>
#include <cmath>
#include <random>

namespace kiln::test {

namespace {
class Generator {
public:
  Generator(uint64_t seed, const RandomNetOptions &options)
      : options(options), random(seed * 2654435761U + 1),
        writer(makeInputShape(), seed) {}

  RandomNet run();

private:
  /// Uniform in [low, high]. std::uniform_int_distribution differs between
  /// libraries, and seeds would not travel.
  int64_t pick(int64_t low, int64_t high) {
    return low + static_cast<int64_t>(random() %
                                      static_cast<uint64_t>(high - low + 1));
  }
  bool chance(int64_t percent) { return pick(1, 100) <= percent; }
  template <typename T> const T &choose(const std::vector<T> &from) {
    return from[pick(0, static_cast<int64_t>(from.size()) - 1)];
  }

  std::vector<int64_t> makeInputShape();
  WindowSpec makeWindow(const Value &x, bool isPool);
  int64_t divisorOf(int64_t number);
  std::string newName(const char *prefix) {
    return prefix + std::to_string(++names);
  }

  void add(Value value) { values.push_back(std::move(value)); }
  /// Mostly the last value; at times an older one, which then has two users.
  Value source() { return chance(75) ? values.back() : choose(values); }

  void step();
  void conv();
  void convTranspose();
  void sharedWeights();
  void batchNorm();
  void trainingBatchNorm();
  void perChannel();
  void activation();
  void pool();
  void join();
  void resize();
  void shuffle();
  void pad();
  void head();

  RandomNetOptions options;
  std::mt19937_64 random;
  NetWriter writer;
  std::vector<Value> values;
  int64_t names = 0;
};
} // namespace

std::vector<int64_t> Generator::makeInputShape() {
  std::vector<int64_t> shape = {pick(1, 2), pick(2, 6)};
  int64_t rank = chance(70) ? 2 : chance(70) ? 1 : 3;
  for (int64_t i = 0; i < rank; ++i)
    shape.push_back(rank == 3 ? pick(3, 6) : pick(5, 12));
  return shape;
}

int64_t Generator::divisorOf(int64_t number) {
  std::vector<int64_t> divisors;
  for (int64_t d = 1; d <= number; ++d)
    if (number % d == 0)
      divisors.push_back(d);
  return choose(divisors);
}

/// A window that fits `x`; a pooling's padding is smaller than its kernel.
WindowSpec Generator::makeWindow(const Value &x, bool isPool) {
  WindowSpec spec;
  for (size_t i = 2; i < x.shape.size(); ++i) {
    int64_t kernel = std::min(pick(1, 3), x.shape[i]);
    int64_t dilation = chance(20) ? 2 : 1;
    if (dilation * (kernel - 1) + 1 > x.shape[i])
      dilation = 1;
    int64_t most = isPool ? kernel - 1 : 2;
    spec.kernel.push_back(kernel);
    spec.dilations.push_back(dilation);
    spec.strides.push_back(x.shape[i] > 4 ? pick(1, 2) : 1);
    spec.padLow.push_back(chance(50) ? pick(0, most) : 0);
    spec.padHigh.push_back(chance(50) ? pick(0, most) : 0);
  }
  return spec;
}

/// Uniform weights of this magnitude keep the variance of what they multiply.
static double magnitudeFor(int64_t channels, const WindowSpec &spec) {
  double fanIn =
      static_cast<double>(channels) / static_cast<double>(spec.groups);
  for (int64_t k : spec.kernel)
    fanIn *= static_cast<double>(k);
  return std::sqrt(3 / fanIn);
}

void Generator::conv() {
  Value x = source();
  WindowSpec spec = makeWindow(x, /*isPool=*/false);
  spec.groups = chance(40) ? divisorOf(x.shape[1]) : 1;
  spec.bias = chance(50);
  spec.name = newName("conv");
  spec.magnitude = magnitudeFor(x.shape[1], spec);
  int64_t outputs =
      spec.groups * pick(1, std::max<int64_t>(1, 8 / spec.groups));
  add(writer.conv(x, outputs, spec));
}

void Generator::convTranspose() {
  Value x = source();
  WindowSpec spec = makeWindow(x, /*isPool=*/false);
  for (size_t i = 0; i < spec.kernel.size(); ++i) {
    if (x.shape[i + 2] > 16)
      return;
    spec.padLow[i] = std::min(spec.padLow[i], spec.kernel[i] - 1);
    spec.padHigh[i] = 0;
  }
  spec.groups = chance(50) ? divisorOf(x.shape[1]) : 1;
  spec.bias = chance(50);
  spec.name = newName("deconv");
  spec.magnitude = magnitudeFor(x.shape[1], spec);
  add(writer.convTranspose(x, spec.groups * pick(1, 3), spec));
}

/// Two convolutions of one value by the same weights (F7), one of them
/// followed by BN; both results stay in use.
void Generator::sharedWeights() {
  Value x = source();
  WindowSpec spec = makeWindow(x, /*isPool=*/false);
  int64_t outputs = pick(1, 6);
  std::vector<int64_t> shape = {outputs, x.shape[1]};
  shape.insert(shape.end(), spec.kernel.begin(), spec.kernel.end());
  double magnitude = magnitudeFor(x.shape[1], spec);
  Value weights = writer.constant(shape, -magnitude, magnitude);
  spec.weights = &weights;
  spec.bias = chance(50);
  spec.name = newName("conv");
  Value a = writer.conv(x, outputs, spec);
  spec.name = newName("conv");
  Value b = writer.conv(x, outputs, spec);
  Value normalised = writer.batchNorm(a, {.name = newName("bn")});
  add(writer.binary("arith.addf", normalised, b));
}

void Generator::batchNorm() {
  BatchNormSpec spec;
  spec.name = newName("bn");
  spec.positive = chance(30);
  spec.zeroShift = chance(15);
  spec.epsilon = chance(50) ? 1e-5 : 1e-3;
  add(writer.batchNorm(source(), spec));
}

/// The epsilon of 0.25 bounds what a channel of equal values would amplify.
void Generator::trainingBatchNorm() {
  if (!options.trainingBatchNorm)
    return;
  Value x = source();
  Value scale = writer.constant({x.shape[1]}, -2, 2);
  Value offset = writer.constant({x.shape[1]}, -1, 1);
  std::string types = x.type() + ", " + scale.type() + ", " + offset.type();
  // The first of three results has the value's name.
  Value all = writer.raw(
      "nn.batch_norm_training " + x.name + ", " + scale.name + ", " +
          offset.name + " {epsilon = 2.5e-01 : f64} : (" + types + ") -> (" +
          x.type() + ", " + scale.type() + ", " + scale.type() + ")",
      x.shape, newName("train_bn"), /*results=*/3);
  add({all.name + "#0", x.shape});
}

/// Mul, Add or Sub by a constant per channel, [1, C, 1, ...] as ONNX has it.
void Generator::perChannel() {
  Value x = source();
  std::vector<int64_t> shape(x.shape.size(), 1);
  shape[1] = x.shape[1];
  Value constant = writer.constant(shape, -1.5, 1.5);
  std::string dims, indices;
  for (size_t i = 0; i < x.shape.size(); ++i) {
    dims += (i ? ", d" : "d") + std::to_string(i);
    indices += i == 1 ? ", d1" : i ? ", 0" : "0";
  }
  std::string op =
      choose<std::string>({"arith.mulf", "arith.addf", "arith.subf"});
  add(writer.binary(op, x, constant, "(" + dims + ") -> (" + indices + ")"));
}

void Generator::activation() {
  static const std::vector<std::pair<std::string, std::string>> kinds = {
      {"relu", ""},
      {"relu", ""},
      {"clip", "{minimum = 0.0 : f64, maximum = 6.0 : f64}"},
      {"leaky_relu", "{alpha = 1.25e-01 : f64}"},
      {"elu", "{alpha = 1.0 : f64}"},
      {"sigmoid", ""},
      {"tanh", ""},
      {"softplus", ""},
      {"silu", ""},
      {"hard_swish", ""},
      {"gelu", ""}};
  Value x = source();
  if (chance(10)) {
    add(writer.prelu(x));
    return;
  }
  const auto &[name, attributes] = choose(kinds);
  add(writer.unary(name, x, attributes));
}

void Generator::pool() {
  Value x = source();
  WindowSpec spec = makeWindow(x, /*isPool=*/true);
  add(chance(50) ? writer.maxPool(x, spec)
                 : writer.averagePool(x, spec, /*countPadding=*/chance(50)));
}

/// Adds two values of one shape, or joins two that differ in channels alone.
void Generator::join() {
  Value x = values.back();
  std::vector<Value> partners;
  for (const Value &value : values) {
    std::vector<int64_t> shape = value.shape;
    shape[1] = x.shape[1];
    if (shape == x.shape && value.shape[1] + x.shape[1] <= 16)
      partners.push_back(value);
  }
  if (partners.empty())
    return;
  Value other = choose(partners);
  if (other.shape == x.shape && chance(60))
    add(writer.binary("arith.addf", x, other));
  else
    add(writer.concat({other, x}, 1));
}

void Generator::resize() {
  Value x = source();
  std::vector<int64_t> sizes;
  for (size_t i = 2; i < x.shape.size(); ++i)
    sizes.push_back(std::min<int64_t>(14, x.shape[i] + pick(0, x.shape[i])));
  add(writer.resize(x, choose<std::string>({"nearest", "linear", "cubic"}),
                    sizes));
}

void Generator::shuffle() {
  Value x = source();
  int64_t groups = divisorOf(x.shape[1]);
  add(writer.unary("channel_shuffle", x,
                   "{groups = " + std::to_string(groups) + " : i64}"));
}

void Generator::pad() {
  Value x = source();
  std::vector<int64_t> low(x.shape.size(), 0), high(x.shape.size(), 0);
  for (size_t i = 2; i < x.shape.size(); ++i) {
    low[i] = pick(0, 2);
    high[i] = pick(0, 1);
  }
  add(writer.pad(x, low, high, chance(60) ? 0.0 : 0.5));
}

/// Flatten to [N, C * spatial], linear, and perhaps BN and ReLU. What follows
/// would need other shapes, so this comes last.
void Generator::head() {
  Value x = values.back();
  if (chance(40))
    x = writer.globalAveragePool(x);
  std::string groups = "[[0], [1";
  int64_t features = x.shape[1];
  for (size_t i = 2; i < x.shape.size(); ++i) {
    groups += ", " + std::to_string(i);
    features *= x.shape[i];
  }
  x = writer.collapse(x, groups + "]]", {x.shape[0], features});
  x = writer.linear(x, pick(1, 7), chance(50), newName("linear"));
  if (chance(50))
    x = writer.batchNorm(x, {.name = newName("bn")});
  if (chance(50))
    x = writer.unary("relu", x);
  add(x);
}

void Generator::step() {
  struct Choice {
    int64_t weight;
    void (Generator::*make)();
  };
  static constexpr Choice choices[] = {{24, &Generator::conv},
                                       {8, &Generator::convTranspose},
                                       {4, &Generator::sharedWeights},
                                       {24, &Generator::batchNorm},
                                       {2, &Generator::trainingBatchNorm},
                                       {8, &Generator::perChannel},
                                       {12, &Generator::activation},
                                       {8, &Generator::pool},
                                       {8, &Generator::join},
                                       {4, &Generator::resize},
                                       {4, &Generator::shuffle},
                                       {3, &Generator::pad}};
  int64_t total = 0;
  for (const Choice &choice : choices)
    total += choice.weight;
  int64_t ticket = pick(0, total - 1);
  for (const Choice &choice : choices) {
    if (ticket < choice.weight)
      return (this->*choice.make)();
    ticket -= choice.weight;
  }
}

RandomNet Generator::run() {
  values.push_back(writer.input());
  for (int64_t i = 0, n = pick(options.minSteps, options.maxSteps); i < n; ++i)
    step();
  std::vector<Value> outputs;
  if (chance(20))
    outputs.push_back(choose(values));
  if (chance(35))
    head();
  outputs.insert(outputs.begin(), values.back());
  return {writer.finish(outputs), writer.input().shape};
}

RandomNet makeRandomNet(uint64_t seed, const RandomNetOptions &options) {
  return Generator(seed, options).run();
}

} // namespace kiln::test
