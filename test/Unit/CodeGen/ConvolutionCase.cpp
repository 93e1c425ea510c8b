//===- ConvolutionCase.cpp - A convolution to compile and compare ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ConvolutionCase.h"

namespace kiln::test {

/// Weights as text: numbers that no two neighbours share.
std::string denseText(const std::vector<int64_t> &shape, int64_t seed) {
  Tensor values = pattern(shape, seed);
  std::string text;
  std::vector<size_t> block(shape.size(), 1);
  for (size_t d = shape.size() - 1; d-- > 0;)
    block[d] = block[d + 1] * shape[d + 1];
  block.insert(block.begin(), block.front() * shape.front());
  for (size_t i = 0; i < values.data.size(); ++i) {
    if (i)
      text += ", ";
    for (size_t d = 0; d < shape.size(); ++d)
      if (i % block[d] == 0)
        text += "[";
    char number[32];
    std::snprintf(number, sizeof number, "%.6e", values.data[i]);
    text += number;
    for (size_t d = 0; d < shape.size(); ++d)
      if ((i + 1) % block[d] == 0)
        text += "]";
  }
  return "dense<" + text + ">";
}

std::string typeText(const std::vector<int64_t> &shape) {
  std::string text = "tensor<";
  for (int64_t size : shape)
    text += std::to_string(size) + "x";
  return text + "f32>";
}

std::string arrayText(const std::vector<int64_t> &values) {
  std::string text = "array<i64: ";
  for (size_t i = 0; i < values.size(); ++i)
    text += (i ? ", " : "") + std::to_string(values[i]);
  return text + ">";
}

std::vector<int64_t> Conv::inputShape() const {
  std::vector<int64_t> shape{batch, groups * in};
  shape.insert(shape.end(), size.begin(), size.end());
  return shape;
}

std::vector<int64_t> Conv::outputShape() const {
  std::vector<int64_t> shape{batch, groups * out};
  for (size_t i = 0; i < size.size(); ++i) {
    int64_t reach = dilations[i] * (kernel[i] - 1);
    shape.push_back(
        transposed ? (size[i] - 1) * strides[i] + reach + 1 + extra[i] -
                         low[i] - high[i]
                   : (size[i] + low[i] + high[i] - reach - 1) / strides[i] + 1);
  }
  return shape;
}

bool Conv::isValid() const {
  for (size_t i = 0; i < size.size(); ++i)
    if (!transposed &&
        size[i] + low[i] + high[i] < dilations[i] * (kernel[i] - 1) + 1)
      return false;
  for (int64_t extent : outputShape())
    if (extent < 1)
      return false;
  return true;
}

/// A scale and shift of both signs, and an activation that does not leave a
/// shifted zero as it is.
std::string Conv::prologueText(const std::string &x) const {
  if (!prologue || !fused)
    return "";
  std::string scale, shift;
  for (int64_t c = 0; c < groups * in; ++c) {
    scale += (c ? ", " : "") + std::to_string(c % 3 == 1 ? -0.75 : 0.5 + c);
    shift += (c ? ", " : "") +
             std::to_string(0.25 * static_cast<double>(c % 5) - 0.375);
  }
  return "%a = nn.channel_affine %x {scale = array<f64: " + scale +
         ">, shift = array<f64: " + shift + ">, axis = 1 : i64} : " + x +
         "\n%t = nn.leaky_relu %a {alpha = -0.5 : f64} : " + x + "\n";
}

std::string Conv::text() const {
  std::vector<int64_t> weights = transposed
                                     ? std::vector<int64_t>{groups * in, out}
                                     : std::vector<int64_t>{groups * out, in};
  weights.insert(weights.end(), kernel.begin(), kernel.end());
  std::string x = typeText(inputShape()), y = typeText(outputShape());
  std::string w = typeText(weights), b = typeText({groups * out});
  std::string op =
      prologueText(x) + "%1 = nn." +
      std::string(transposed ? "conv_transpose" : "conv") +
      (prologue && fused ? " %t" : " %x") + ", %w" + (bias ? ", %b" : "") +
      " {strides = " + arrayText(strides) +
      ", dilations = " + arrayText(dilations) +
      ", pad_low = " + arrayText(low) + ", pad_high = " + arrayText(high) +
      ", groups = " + std::to_string(groups) + " : i64" +
      (transposed ? ", output_padding = " + arrayText(extra) : "") + "} : (" +
      x + ", " + w + (bias ? ", " + b : "") + ") -> " + y + "\n";
  std::string text = "func.func @net(%x: " + x + ", %r: " + y + ") -> " + y +
                     " {\n%w = arith.constant " + denseText(weights, 3) +
                     " : " + w + "\n%b = arith.constant " +
                     denseText({groups * out}, 5) + " : " + b + "\n";
  if (!fused)
    return text + op + "return %1 : " + y + "\n}";
  std::string map = "affine_map<(d0, d1";
  for (size_t i = 0; i < size.size(); ++i)
    map += ", d" + std::to_string(i + 2);
  map += ") -> (d0, d1";
  for (size_t i = 0; i < size.size(); ++i)
    map += ", d" + std::to_string(i + 2);
  map += ")>";
  std::string parallel = "\"parallel\", \"parallel\"";
  for (size_t i = 0; i < size.size(); ++i)
    parallel += ", \"parallel\"";
  return text + "%0 = nn.fused {\n" + op + "%e = tensor.empty() : " + y +
         "\n%2 = linalg.generic {indexing_maps = [" + map + ", " + map + ", " +
         map + "], iterator_types = [" + parallel + "]} ins(%1, %r : " + y +
         ", " + y + ") outs(%e : " + y +
         ") {\n^bb0(%p: f32, %q: f32, %o: f32):\n%s = arith.addf %p, %q : "
         "f32\nlinalg.yield %s : f32\n} -> " +
         y + "\n%3 = " + activation + " : " + y + "\nnn.yield %3 : " + y +
         "\n} : " + y + "\nreturn %0 : " + y + "\n}";
}

void Conv::check() const {
  std::string code = text();
  SCOPED_TRACE(code.substr(0, 120) + code.substr(code.find("%1 = nn.")));
  expectCompiledNear(code,
                     {pattern(inputShape(), 11), pattern(outputShape(), 13)});
}

} // namespace kiln::test
