//===- HostArithmetic.cpp - Arithmetic on known tensors ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "HostOps.h"

#include "llvm/ADT/STLExtras.h"

#include <cmath>
#include <cstring>

using namespace llvm;

namespace kiln::onnx_import {

bool isFloat(ElementType type) {
  return type == ElementType::F32 || type == ElementType::F64 ||
         type == ElementType::F16 || type == ElementType::BF16;
}

bool isComparison(BinaryKind kind) {
  switch (kind) {
  case BinaryKind::Equal:
  case BinaryKind::Greater:
  case BinaryKind::GreaterOrEqual:
  case BinaryKind::Less:
  case BinaryKind::LessOrEqual:
    return true;
  default:
    return false;
  }
}

bool isLogical(BinaryKind kind) {
  return kind == BinaryKind::And || kind == BinaryKind::Or ||
         kind == BinaryKind::Xor;
}

/// Integers of `type` from int64, keeping the low bits.
static HostTensor fromInts(ElementType type, ArrayRef<int64_t> shape,
                           ArrayRef<int64_t> values) {
  HostTensor result = HostTensor::zeros(type, {shape.begin(), shape.end()});
  size_t width = elementSize(type);
  for (auto [i, value] : llvm::enumerate(values)) {
    int64_t stored = type == ElementType::Bool ? value != 0 : value;
    std::memcpy(result.data.data() + i * width, &stored, width);
  }
  return result;
}

HostTensor castHost(const HostTensor &source, ElementType type) {
  if (source.type == type)
    return source;
  if (!isFloat(type) && !isFloat(source.type))
    if (std::optional<SmallVector<int64_t>> values = readInts(source))
      return fromInts(type, source.shape, *values);
  std::vector<double> values = source.toDoubles();
  // ONNX casts floats to integers towards zero.
  if (!isFloat(type) && type != ElementType::Bool)
    for (double &value : values)
      value = std::isnan(value) ? 0.0 : std::trunc(value);
  return HostTensor::fromDoubles(type, source.shape, values);
}

static std::optional<double> evaluateFloat(UnaryKind kind, double x) {
  switch (kind) {
  case UnaryKind::Abs:
    return std::fabs(x);
  case UnaryKind::Acos:
    return std::acos(x);
  case UnaryKind::Acosh:
    return std::acosh(x);
  case UnaryKind::Asin:
    return std::asin(x);
  case UnaryKind::Asinh:
    return std::asinh(x);
  case UnaryKind::Atan:
    return std::atan(x);
  case UnaryKind::Atanh:
    return std::atanh(x);
  case UnaryKind::Ceil:
    return std::ceil(x);
  case UnaryKind::Cos:
    return std::cos(x);
  case UnaryKind::Cosh:
    return std::cosh(x);
  case UnaryKind::Erf:
    return std::erf(x);
  case UnaryKind::Exp:
    return std::exp(x);
  case UnaryKind::Floor:
    return std::floor(x);
  case UnaryKind::Log:
    return std::log(x);
  case UnaryKind::Neg:
    return -x;
  case UnaryKind::Reciprocal:
    return 1 / x;
  case UnaryKind::Round:
    return std::nearbyint(x);
  case UnaryKind::Sign:
    return x > 0 ? 1 : x < 0 ? -1 : x;
  case UnaryKind::Sin:
    return std::sin(x);
  case UnaryKind::Sinh:
    return std::sinh(x);
  case UnaryKind::Sqrt:
    return std::sqrt(x);
  case UnaryKind::Tan:
    return std::tan(x);
  case UnaryKind::BitwiseNot:
  case UnaryKind::Not:
    return std::nullopt;
  }
  return std::nullopt;
}

/// Wrapping arithmetic is unsigned: signed overflow has no meaning in C++.
static int64_t wrap(uint64_t value) { return static_cast<int64_t>(value); }

static std::optional<int64_t> evaluateInt(UnaryKind kind, int64_t x) {
  switch (kind) {
  case UnaryKind::Abs:
    return x < 0 ? wrap(-static_cast<uint64_t>(x)) : x;
  case UnaryKind::Neg:
    return wrap(-static_cast<uint64_t>(x));
  case UnaryKind::Sign:
    return x > 0 ? 1 : x < 0 ? -1 : 0;
  case UnaryKind::BitwiseNot:
    return ~x;
  case UnaryKind::Ceil:
  case UnaryKind::Floor:
    return x;
  default:
    return std::nullopt;
  }
}

std::optional<HostTensor> evaluate(UnaryKind kind, const HostTensor &source) {
  if (isFloat(source.type)) {
    std::vector<double> values = source.toDoubles();
    for (double &value : values) {
      std::optional<double> result = evaluateFloat(kind, value);
      if (!result)
        return std::nullopt;
      value = *result;
    }
    return HostTensor::fromDoubles(source.type, source.shape, values);
  }
  std::optional<SmallVector<int64_t>> values = readInts(source);
  if (!values)
    return std::nullopt;
  for (int64_t &value : *values) {
    std::optional<int64_t> result =
        kind == UnaryKind::Not && source.type == ElementType::Bool
            ? std::optional<int64_t>(value == 0)
            : evaluateInt(kind, value);
    if (!result)
      return std::nullopt;
    value = *result;
  }
  return fromInts(source.type, source.shape, *values);
}

static std::optional<double> evaluateFloat(BinaryKind kind, double a,
                                           double b) {
  switch (kind) {
  case BinaryKind::Add:
    return a + b;
  case BinaryKind::Sub:
    return a - b;
  case BinaryKind::Mul:
    return a * b;
  case BinaryKind::Div:
    return a / b;
  case BinaryKind::Fmod:
    return std::fmod(a, b);
  case BinaryKind::Pow:
    return std::pow(a, b);
  case BinaryKind::Max:
    return std::isnan(a) || a > b ? a : b;
  case BinaryKind::Min:
    return std::isnan(a) || a < b ? a : b;
  case BinaryKind::Equal:
    return a == b;
  case BinaryKind::Greater:
    return a > b;
  case BinaryKind::GreaterOrEqual:
    return a >= b;
  case BinaryKind::Less:
    return a < b;
  case BinaryKind::LessOrEqual:
    return a <= b;
  default:
    return std::nullopt;
  }
}

static std::optional<int64_t> evaluateInt(BinaryKind kind, int64_t a,
                                          int64_t b) {
  auto ua = static_cast<uint64_t>(a), ub = static_cast<uint64_t>(b);
  switch (kind) {
  case BinaryKind::Add:
    return wrap(ua + ub);
  case BinaryKind::Sub:
    return wrap(ua - ub);
  case BinaryKind::Mul:
    return wrap(ua * ub);
  case BinaryKind::Div:
    if (b == 0)
      return std::nullopt;
    return b == -1 ? wrap(-ua) : a / b;
  case BinaryKind::Fmod:
    if (b == 0)
      return std::nullopt;
    return b == -1 ? 0 : a % b;
  case BinaryKind::Mod: {
    if (b == 0)
      return std::nullopt;
    int64_t rest = b == -1 ? 0 : a % b;
    return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
  }
  case BinaryKind::BitwiseAnd:
    return a & b;
  case BinaryKind::BitwiseOr:
    return a | b;
  case BinaryKind::BitwiseXor:
    return a ^ b;
  case BinaryKind::Max:
    return std::max(a, b);
  case BinaryKind::Min:
    return std::min(a, b);
  case BinaryKind::Equal:
    return a == b;
  case BinaryKind::Greater:
    return a > b;
  case BinaryKind::GreaterOrEqual:
    return a >= b;
  case BinaryKind::Less:
    return a < b;
  case BinaryKind::LessOrEqual:
    return a <= b;
  case BinaryKind::And:
    return a && b;
  case BinaryKind::Or:
    return a || b;
  case BinaryKind::Xor:
    return (a != 0) != (b != 0);
  case BinaryKind::Pow: {
    double power = std::pow(static_cast<double>(a), static_cast<double>(b));
    if (!(std::fabs(power) < 9007199254740992.0)) // 2^53: exact in double
      return std::nullopt;
    return static_cast<int64_t>(power);
  }
  }
  return std::nullopt;
}

std::optional<HostTensor> evaluate(BinaryKind kind, const HostTensor &lhs,
                                   const HostTensor &rhs) {
  std::optional<SmallVector<int64_t>> shape =
      broadcastShapes(lhs.shape, rhs.shape);
  if (!shape || lhs.type != rhs.type)
    return std::nullopt;
  HostTensor a = broadcastHost(lhs, *shape), b = broadcastHost(rhs, *shape);
  ElementType type = isComparison(kind) ? ElementType::Bool : lhs.type;
  if (isFloat(lhs.type)) {
    std::vector<double> left = a.toDoubles(), right = b.toDoubles();
    for (auto [x, y] : llvm::zip_equal(left, right)) {
      std::optional<double> result = evaluateFloat(kind, x, y);
      if (!result)
        return std::nullopt;
      x = *result;
    }
    return HostTensor::fromDoubles(type, a.shape, left);
  }
  std::optional<SmallVector<int64_t>> left = readInts(a), right = readInts(b);
  if (!left || !right)
    return std::nullopt;
  for (auto [x, y] : llvm::zip_equal(*left, *right)) {
    std::optional<int64_t> result = evaluateInt(kind, x, y);
    if (!result)
      return std::nullopt;
    x = *result;
  }
  return fromInts(type, *shape, *left);
}

} // namespace kiln::onnx_import
