//===- NetWriter.cpp - Small nets with random parameters, as IR ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "NetWriter.h"

#include <cmath>
#include <cstring>

namespace kiln::test {

static std::string join(const std::vector<int64_t> &values) {
  std::string text;
  for (int64_t v : values)
    text += (text.empty() ? "" : ", ") + std::to_string(v);
  return text;
}

static std::string array(const std::string &key, std::vector<int64_t> values,
                         size_t size, int64_t filler) {
  values.resize(std::max(size, values.size()), filler);
  return key + " = array<i64: " + join(values) + ">";
}

std::string Value::type() const {
  std::string text = "tensor<";
  for (int64_t d : shape)
    text += (d < 0 ? "?" : std::to_string(d)) + "x";
  return text + "f32>";
}

NetWriter::NetWriter(std::vector<int64_t> inputShape, uint64_t seed)
    : inputShape(std::move(inputShape)), generator(seed) {}

double NetWriter::random(double low, double high) {
  double unit = std::ldexp(static_cast<double>(generator() >> 11), -53);
  return low + (high - low) * unit;
}

Value NetWriter::emit(const std::string &text, std::vector<int64_t> shape,
                      const std::string &name, int64_t results) {
  Value result = {"%v" + std::to_string(count++), std::move(shape)};
  body += "  " + result.name;
  if (results > 1)
    body += ":" + std::to_string(results);
  body += " = " + text;
  if (!name.empty())
    body += " loc(\"" + name + "\")";
  body += "\n";
  return result;
}

Value NetWriter::raw(const std::string &text, std::vector<int64_t> shape,
                     const std::string &name, int64_t results) {
  return emit(text, std::move(shape), name, results);
}

Value NetWriter::constant(std::vector<int64_t> shape, double low, double high) {
  int64_t elements = 1;
  for (int64_t d : shape)
    elements *= d;
  std::string hex;
  for (int64_t i = 0; i < elements; ++i) {
    auto value = static_cast<float>(random(low, high));
    unsigned char bytes[sizeof(value)];
    std::memcpy(bytes, &value, sizeof(value));
    for (unsigned char byte : bytes) {
      hex += "0123456789ABCDEF"[byte >> 4];
      hex += "0123456789ABCDEF"[byte & 15];
    }
  }
  Value type = {"", shape};
  return emit("arith.constant dense<\"0x" + hex + "\"> : " + type.type(), shape,
              "");
}

std::string NetWriter::windowAttributes(const WindowSpec &spec, size_t rank,
                                        bool withKernel) const {
  std::string text =
      withKernel ? array("kernel", spec.kernel, rank, 1) + ", " : std::string();
  return text + array("strides", spec.strides, rank, 1) + ", " +
         array("dilations", spec.dilations, rank, 1) + ", " +
         array("pad_low", spec.padLow, rank, 0) + ", " +
         array("pad_high", spec.padHigh, rank, 0);
}

static int64_t get(const std::vector<int64_t> &values, size_t i,
                   int64_t filler) {
  return i < values.size() ? values[i] : filler;
}

static std::vector<int64_t> windowShape(const Value &x, int64_t channels,
                                        const WindowSpec &spec) {
  std::vector<int64_t> shape = {x.shape[0], channels};
  for (size_t i = 0; i < spec.kernel.size(); ++i) {
    int64_t size = x.shape[i + 2];
    shape.push_back(
        size < 0 ? -1
                 : (size + get(spec.padLow, i, 0) + get(spec.padHigh, i, 0) -
                    get(spec.dilations, i, 1) * (spec.kernel[i] - 1) - 1) /
                           get(spec.strides, i, 1) +
                       1);
  }
  return shape;
}

Value NetWriter::conv(const Value &x, int64_t outputs, WindowSpec spec) {
  std::vector<int64_t> weights = {outputs, x.shape[1] / spec.groups};
  weights.insert(weights.end(), spec.kernel.begin(), spec.kernel.end());
  Value w = spec.weights ? *spec.weights
                         : constant(weights, -spec.magnitude, spec.magnitude);
  Value result = {"", windowShape(x, outputs, spec)};
  std::string operands = x.name + ", " + w.name;
  std::string types = x.type() + ", " + w.type();
  if (spec.bias) {
    Value b = constant({outputs}, -2, 2);
    operands += ", " + b.name;
    types += ", " + b.type();
  }
  return emit("nn.conv " + operands + " {" +
                  windowAttributes(spec, spec.kernel.size(), false) +
                  ", groups = " + std::to_string(spec.groups) + " : i64} : (" +
                  types + ") -> " + result.type(),
              result.shape, spec.name);
}

Value NetWriter::convTranspose(const Value &x, int64_t outputs,
                               WindowSpec spec) {
  std::vector<int64_t> weights = {x.shape[1], outputs / spec.groups};
  weights.insert(weights.end(), spec.kernel.begin(), spec.kernel.end());
  Value w = spec.weights ? *spec.weights
                         : constant(weights, -spec.magnitude, spec.magnitude);
  Value result = {"", {x.shape[0], outputs}};
  for (size_t i = 0; i < spec.kernel.size(); ++i)
    result.shape.push_back((x.shape[i + 2] - 1) * get(spec.strides, i, 1) +
                           get(spec.dilations, i, 1) * (spec.kernel[i] - 1) +
                           1 - get(spec.padLow, i, 0) -
                           get(spec.padHigh, i, 0));
  std::string operands = x.name + ", " + w.name;
  std::string types = x.type() + ", " + w.type();
  if (spec.bias) {
    Value b = constant({outputs}, -2, 2);
    operands += ", " + b.name;
    types += ", " + b.type();
  }
  return emit("nn.conv_transpose " + operands + " {" +
                  windowAttributes(spec, spec.kernel.size(), false) + ", " +
                  array("output_padding", {}, spec.kernel.size(), 0) +
                  ", groups = " + std::to_string(spec.groups) + " : i64} : (" +
                  types + ") -> " + result.type(),
              result.shape, spec.name);
}

Value NetWriter::linear(const Value &x, int64_t outputs, bool bias,
                        std::string name) {
  Value w = constant({outputs, x.shape.back()}, -1, 1);
  std::string operands = x.name + ", " + w.name;
  std::string types = x.type() + ", " + w.type();
  if (bias) {
    Value b = constant({outputs}, -2, 2);
    operands += ", " + b.name;
    types += ", " + b.type();
  }
  Value result = {"", x.shape};
  result.shape.back() = outputs;
  return emit("nn.linear " + operands + " : (" + types + ") -> " +
                  result.type(),
              result.shape, name);
}

Value NetWriter::batchNorm(const Value &x, const BatchNormSpec &spec) {
  std::vector<int64_t> channels = {x.shape[1]};
  double shift = spec.zeroShift ? 0 : 2;
  Value scale = constant(channels, spec.positive ? 0.2 : -2, 2);
  Value offset = constant(channels, -shift, shift);
  Value mean = constant(channels, -shift, shift);
  Value variance = constant(channels, 0.1, 4);
  std::string text = "nn.batch_norm_inference " + x.name;
  std::string types = x.type();
  for (const Value &parameter : {scale, offset, mean, variance}) {
    text += ", " + parameter.name;
    types += ", " + parameter.type();
  }
  char epsilon[32];
  std::snprintf(epsilon, sizeof(epsilon), "%.6e", spec.epsilon);
  return emit(text + " {epsilon = " + epsilon + " : f64} : (" + types +
                  ") -> " + x.type(),
              x.shape, spec.name);
}

Value NetWriter::maxPool(const Value &x, WindowSpec spec) {
  Value result = {"", windowShape(x, x.shape[1], spec)};
  return emit("nn.max_pool " + x.name + " {" +
                  windowAttributes(spec, spec.kernel.size(), true) + "} : (" +
                  x.type() + ") -> " + result.type(),
              result.shape, spec.name);
}

Value NetWriter::averagePool(const Value &x, WindowSpec spec,
                             bool countPadding) {
  Value result = {"", windowShape(x, x.shape[1], spec)};
  return emit("nn.average_pool " + x.name + " {" +
                  windowAttributes(spec, spec.kernel.size(), true) +
                  (countPadding ? ", count_include_pad" : "") + "} : (" +
                  x.type() + ") -> " + result.type(),
              result.shape, spec.name);
}

Value NetWriter::globalAveragePool(const Value &x) {
  Value result = {"", {x.shape[0], x.shape[1]}};
  result.shape.resize(x.shape.size(), 1);
  return emit("nn.global_average_pool " + x.name + " : (" + x.type() + ") -> " +
                  result.type(),
              result.shape, "");
}

Value NetWriter::unary(const std::string &op, const Value &x,
                       const std::string &attributes) {
  return emit("nn." + op + " " + x.name + " " + attributes + " : " + x.type(),
              x.shape, "");
}

Value NetWriter::prelu(const Value &x) {
  Value slope = constant({x.shape[1]}, -1, 1);
  return emit("nn.prelu " + x.name + ", " + slope.name + " : " + x.type() +
                  ", " + slope.type(),
              x.shape, "");
}

Value NetWriter::resize(const Value &x, const std::string &mode,
                        std::vector<int64_t> sizes, const std::string &more,
                        const std::string &coordinates) {
  Value result = {"", {x.shape[0], x.shape[1]}};
  std::string scales;
  for (size_t i = 0; i < sizes.size(); ++i) {
    result.shape.push_back(sizes[i]);
    scales +=
        (i ? ", " : "") + std::to_string(static_cast<double>(sizes[i]) /
                                         static_cast<double>(x.shape[i + 2]));
  }
  return emit("nn.resize " + x.name + " {mode = #nn.resize_mode<" + mode +
                  ">, coordinates = #nn.coordinates<" + coordinates + ">, " +
                  array("sizes", sizes, 0, 0) +
                  ", scales = array<f64: " + scales + ">" + more + "} : (" +
                  x.type() + ") -> " + result.type(),
              result.shape, "");
}

Value NetWriter::concat(const std::vector<Value> &inputs, int64_t dim) {
  Value result = {"", inputs.front().shape};
  result.shape[dim] = 0;
  std::string names, types;
  for (const Value &input : inputs) {
    result.shape[dim] += input.shape[dim];
    names += (names.empty() ? "" : ", ") + input.name;
    types += (types.empty() ? "" : ", ") + input.type();
  }
  return emit("tensor.concat dim(" + std::to_string(dim) + ") " + names +
                  " : (" + types + ") -> " + result.type(),
              result.shape, "");
}

Value NetWriter::pad(const Value &x, std::vector<int64_t> low,
                     std::vector<int64_t> high, double value) {
  Value result = x;
  std::string arguments;
  for (size_t i = 0; i < x.shape.size(); ++i) {
    result.shape[i] += low[i] + high[i];
    arguments += (i ? ", %a" : "%a") + std::to_string(i) + ": index";
  }
  Value scalar =
      emit("arith.constant " + std::to_string(value) + " : f32", {}, "");
  return emit("tensor.pad " + x.name + " low[" + join(low) + "] high[" +
                  join(high) + "] {\n  ^bb0(" + arguments +
                  "):\n    tensor.yield " + scalar.name +
                  " : f32\n  } : " + x.type() + " to " + result.type(),
              result.shape, "");
}

Value NetWriter::transpose(const Value &x, std::vector<int64_t> permutation) {
  Value result = {"", {}};
  for (int64_t d : permutation)
    result.shape.push_back(x.shape[d]);
  Value init = emit("tensor.empty() : " + result.type(), result.shape, "");
  return emit("linalg.transpose ins(" + x.name + " : " + x.type() + ") outs(" +
                  init.name + " : " + result.type() + ") permutation = [" +
                  join(permutation) + "]",
              result.shape, "");
}

Value NetWriter::collapse(const Value &x, const std::string &groups,
                          std::vector<int64_t> shape) {
  Value result = {"", shape};
  return emit("tensor.collapse_shape " + x.name + " " + groups + " : " +
                  x.type() + " into " + result.type(),
              shape, "");
}

Value NetWriter::expand(const Value &x, const std::string &groups,
                        std::vector<int64_t> shape) {
  Value result = {"", shape};
  return emit("tensor.expand_shape " + x.name + " " + groups +
                  " output_shape [" + join(shape) + "] : " + x.type() +
                  " into " + result.type(),
              shape, "");
}

Value NetWriter::binary(const std::string &op, const Value &a, const Value &b,
                        const std::string &map) {
  std::string dims, iterators;
  for (size_t i = 0; i < a.shape.size(); ++i) {
    dims += (i ? ", d" : "d") + std::to_string(i);
    iterators += i ? ", \"parallel\"" : "\"parallel\"";
  }
  std::string identity = "affine_map<(" + dims + ") -> (" + dims + ")>";
  std::string other = map.empty() ? identity : "affine_map<" + map + ">";
  Value init = emit("tensor.empty() : " + a.type(), a.shape, "");
  return emit("linalg.generic {indexing_maps = [" + identity + ", " + other +
                  ", " + identity + "], iterator_types = [" + iterators +
                  "]} ins(" + a.name + ", " + b.name + " : " + a.type() + ", " +
                  b.type() + ") outs(" + init.name + " : " + a.type() +
                  ") {\n  ^bb0(%l: f32, %r: f32, %o: f32):\n    %s = " + op +
                  " %l, %r : f32\n    linalg.yield %s : f32\n  } -> " +
                  a.type(),
              a.shape, "");
}

std::string NetWriter::finish(const std::vector<Value> &outputs) const {
  std::string names, types, results;
  for (size_t i = 0; i < outputs.size(); ++i) {
    std::string separator = i ? ", " : "";
    names += separator + outputs[i].name;
    types += separator + outputs[i].type();
    results += separator + outputs[i].type() + " {nn.name = \"y" +
               std::to_string(i) + "\"}";
  }
  return "func.func @net(%x: " + input().type() + " {nn.name = \"x\"}) -> (" +
         results + ") {\n" + body + "  return " + names + " : " + types +
         "\n}\n";
}

} // namespace kiln::test
