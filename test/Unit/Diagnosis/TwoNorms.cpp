//===- TwoNorms.cpp - A net with two batch normalisations ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TwoNorms.h"

#include <sstream>

namespace kiln::test {

HostTensor pattern(std::vector<int64_t> shape, uint64_t seed) {
  std::vector<double> values;
  uint64_t state = seed * 7919 + 17;
  for (int64_t i = 0, e = *elementCount(shape); i < e; ++i) {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    values.push_back(static_cast<double>((state >> 40) % 3001) / 1000 - 1.5);
  }
  return HostTensor::fromDoubles(ElementType::F32, std::move(shape), values);
}

/// `%name = arith.constant dense<"...">` of f32 values.
static std::string constant(const std::string &name, const HostTensor &tensor) {
  std::ostringstream text;
  text << "    %" << name << " = arith.constant dense<\"0x" << std::hex;
  text.fill('0');
  for (std::byte byte : tensor.data) {
    text.width(2);
    text << std::to_integer<int>(byte);
  }
  text << std::dec << "\"> : tensor<";
  for (int64_t dim : tensor.shape)
    text << dim << 'x';
  text << "f32>\n";
  return text.str();
}

static std::string vectorOf(const std::string &name,
                            std::vector<double> values) {
  auto size = static_cast<int64_t>(values.size());
  return constant(name,
                  HostTensor::fromDoubles(ElementType::F32, {size}, values));
}

std::string twoNorms(double bias) {
  return "func.func @net(%x: tensor<3x2x7x5xf32> {nn.name = \"image\"})\n"
         "    -> (tensor<3x3x7x5xf32> {nn.name = \"y\"}) {\n" +
         constant("w1", pattern({5, 2, 3, 3}, 1)) +
         vectorOf("b1", {bias, bias + 1, bias - 2, bias + 0.5, bias}) +
         vectorOf("s1", {1.5, -0.75, 0.5, -2, 0.25}) +
         vectorOf("o1", {0.1, -0.2, 0.3, 0.4, -0.5}) +
         vectorOf("m1", {bias + 1, bias, bias - 3, bias + 0.75, bias - 1}) +
         vectorOf("v1", {7, 3, 11, 2.5, 19}) +
         constant("w2", pattern({3, 5, 1, 1}, 2)) +
         vectorOf("s2", {-1.25, 0.5, 2}) + vectorOf("o2", {0.7, -0.1, 0.2}) +
         vectorOf("m2", {0.5, -0.25, 1}) + vectorOf("v2", {2, 0.5, 1.5}) + R"(
    %c1 = nn.conv %x, %w1, %b1 {strides = array<i64: 1, 1>, pad_low = array<i64: 1, 1>,
        pad_high = array<i64: 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64}
      : (tensor<3x2x7x5xf32>, tensor<5x2x3x3xf32>, tensor<5xf32>) -> tensor<3x5x7x5xf32>
    %n1 = nn.batch_norm_inference %c1, %s1, %o1, %m1, %v1 {epsilon = 1.0e-03 : f64}
      : (tensor<3x5x7x5xf32>, tensor<5xf32>, tensor<5xf32>, tensor<5xf32>, tensor<5xf32>)
      -> tensor<3x5x7x5xf32> loc("first")
    %r = nn.relu %n1 : tensor<3x5x7x5xf32>
    %c2 = nn.conv %r, %w2 {strides = array<i64: 1, 1>, pad_low = array<i64: 0, 0>,
        pad_high = array<i64: 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64}
      : (tensor<3x5x7x5xf32>, tensor<3x5x1x1xf32>) -> tensor<3x3x7x5xf32>
    %y, %m, %v = nn.batch_norm_training %c2, %s2, %o2 running(%m2, %v2)
        {epsilon = 1.0e-05 : f64, momentum = 2.5e-01 : f64, tracks_statistics}
      : (tensor<3x3x7x5xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>)
      -> (tensor<3x3x7x5xf32>, tensor<3xf32>, tensor<3xf32>) loc("second")
    return %y : tensor<3x3x7x5xf32>
}
)";
}

} // namespace kiln::test
