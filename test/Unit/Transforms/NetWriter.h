//===- NetWriter.h - Small nets with random parameters, as IR ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_TEST_UNIT_TRANSFORMS_NETWRITER_H
#define KILN_TEST_UNIT_TRANSFORMS_NETWRITER_H

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace kiln::test {

/// An SSA value of the net being written.
struct Value {
  std::string name;
  std::vector<int64_t> shape;
  std::string type() const;
};

/// Attributes of a window; lists shorter than the kernel are filled up with
/// their default (stride and dilation 1, padding 0).
struct WindowSpec {
  std::vector<int64_t> kernel;
  std::vector<int64_t> strides = {}, dilations = {}, padLow = {}, padHigh = {};
  int64_t groups = 1;
  bool bias = true;
  std::string name = "";
  double magnitude = 1;           ///< of the greatest weight
  const Value *weights = nullptr; ///< used instead of new ones
};

struct BatchNormSpec {
  std::string name = "bn";
  bool positive = false;  ///< scale above 0 everywhere
  bool zeroShift = false; ///< offset and mean 0
  double epsilon = 1e-5;
};

/// Writes a net of one input, `%x`, whose parameters come from a generator
/// with a fixed seed: never ones, zeros or squares.
class NetWriter {
public:
  explicit NetWriter(std::vector<int64_t> inputShape, uint64_t seed = 1);

  Value input() const { return {"%x", inputShape}; }
  Value constant(std::vector<int64_t> shape, double low, double high);

  Value conv(const Value &x, int64_t outputs, WindowSpec spec);
  Value convTranspose(const Value &x, int64_t outputs, WindowSpec spec);
  Value linear(const Value &x, int64_t outputs, bool bias = true,
               std::string name = "");
  Value batchNorm(const Value &x, const BatchNormSpec &spec = {});
  Value maxPool(const Value &x, WindowSpec spec);
  Value averagePool(const Value &x, WindowSpec spec, bool countPadding);
  Value globalAveragePool(const Value &x);
  /// `attributes` in braces, or empty; the result has the input's type.
  Value unary(const std::string &op, const Value &x,
              const std::string &attributes = "");
  Value prelu(const Value &x);
  Value resize(const Value &x, const std::string &mode,
               std::vector<int64_t> sizes, const std::string &more = "",
               const std::string &coordinates = "half_pixel");
  Value concat(const std::vector<Value> &inputs, int64_t dim);
  Value pad(const Value &x, std::vector<int64_t> low, std::vector<int64_t> high,
            double value);
  Value transpose(const Value &x, std::vector<int64_t> permutation);
  /// `groups` such as "[[0], [1, 2, 3]]".
  Value collapse(const Value &x, const std::string &groups,
                 std::vector<int64_t> shape);
  Value expand(const Value &x, const std::string &groups,
               std::vector<int64_t> shape);
  /// `arith.addf` and the like of two values; `map` gives the second one's
  /// indices ("(a, b, c) -> (0, b, 0)"), empty for the same as the first's.
  Value binary(const std::string &op, const Value &a, const Value &b,
               const std::string &map = "");
  /// An operation spelled out, `%0` and so on not replaced.
  /// With more than one result, the value's name is that of all of them.
  Value raw(const std::string &text, std::vector<int64_t> shape,
            const std::string &name = "", int64_t results = 1);

  std::string finish(const std::vector<Value> &outputs) const;

private:
  Value emit(const std::string &text, std::vector<int64_t> shape,
             const std::string &name, int64_t results = 1);
  double random(double low, double high);
  std::string windowAttributes(const WindowSpec &spec, size_t rank,
                               bool withKernel) const;

  std::vector<int64_t> inputShape;
  std::mt19937_64 generator;
  std::string body;
  int64_t count = 0;
};

} // namespace kiln::test

#endif // KILN_TEST_UNIT_TRANSFORMS_NETWRITER_H
