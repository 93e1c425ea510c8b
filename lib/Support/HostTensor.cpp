//===- HostTensor.cpp - Tensors in host memory ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "kiln/Support/HostTensor.h"

#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/MathExtras.h"

#include <cassert>
#include <cmath>
#include <cstring>
#include <limits>

namespace kiln {

size_t elementSize(ElementType type) {
  switch (type) {
  case ElementType::I8:
  case ElementType::U8:
  case ElementType::Bool:
    return 1;
  case ElementType::F16:
  case ElementType::BF16:
  case ElementType::I16:
  case ElementType::U16:
    return 2;
  case ElementType::F32:
  case ElementType::I32:
  case ElementType::U32:
    return 4;
  case ElementType::F64:
  case ElementType::I64:
  case ElementType::U64:
    return 8;
  }
  llvm_unreachable("unknown element type");
}

std::string_view elementTypeName(ElementType type) {
  switch (type) {
  case ElementType::F32:
    return "f32";
  case ElementType::F64:
    return "f64";
  case ElementType::F16:
    return "f16";
  case ElementType::BF16:
    return "bf16";
  case ElementType::I8:
    return "i8";
  case ElementType::U8:
    return "u8";
  case ElementType::I16:
    return "i16";
  case ElementType::U16:
    return "u16";
  case ElementType::I32:
    return "i32";
  case ElementType::U32:
    return "u32";
  case ElementType::I64:
    return "i64";
  case ElementType::U64:
    return "u64";
  case ElementType::Bool:
    return "bool";
  }
  llvm_unreachable("unknown element type");
}

std::optional<int64_t> elementCount(std::span<const int64_t> shape) {
  int64_t count = 1;
  bool isEmpty = false;
  for (int64_t dim : shape) {
    if (dim < 0)
      return std::nullopt;
    if (dim == 0)
      isEmpty = true;
    else if (llvm::MulOverflow(count, dim, count))
      return std::nullopt;
  }
  return isEmpty ? 0 : count;
}

namespace {
/// Calls `visit` with a value of the C++ type that holds `type`; the two half
/// types have none and are handled by the callers.
template <typename Visitor> void visitType(ElementType type, Visitor visit) {
  switch (type) {
  case ElementType::F32:
    return visit(float());
  case ElementType::F64:
    return visit(double());
  case ElementType::I8:
    return visit(int8_t());
  case ElementType::U8:
    return visit(uint8_t());
  case ElementType::I16:
    return visit(int16_t());
  case ElementType::U16:
    return visit(uint16_t());
  case ElementType::I32:
    return visit(int32_t());
  case ElementType::U32:
    return visit(uint32_t());
  case ElementType::I64:
    return visit(int64_t());
  case ElementType::U64:
    return visit(uint64_t());
  case ElementType::Bool:
    return visit(uint8_t());
  case ElementType::F16:
  case ElementType::BF16:
    break;
  }
  llvm_unreachable("half types have no C++ type");
}

bool isHalf(ElementType type) {
  return type == ElementType::F16 || type == ElementType::BF16;
}

const llvm::fltSemantics &halfSemantics(ElementType type) {
  return type == ElementType::F16 ? llvm::APFloat::IEEEhalf()
                                  : llvm::APFloat::BFloat();
}

uint16_t roundToHalf(ElementType type, double value) {
  llvm::APFloat number(value);
  bool losesInfo;
  number.convert(halfSemantics(type), llvm::APFloat::rmNearestTiesToEven,
                 &losesInfo);
  return static_cast<uint16_t>(number.bitcastToAPInt().getZExtValue());
}

double widenHalf(ElementType type, uint16_t bits) {
  llvm::APFloat number(halfSemantics(type), llvm::APInt(16, bits));
  bool losesInfo;
  number.convert(llvm::APFloat::IEEEdouble(),
                 llvm::APFloat::rmNearestTiesToEven, &losesInfo);
  return number.convertToDouble();
}

template <typename T> T roundTo(double value) {
  if constexpr (std::is_floating_point_v<T>) {
    return static_cast<T>(value);
  } else {
    if (std::isnan(value))
      return 0;
    double rounded = std::nearbyint(value);
    if (rounded <= static_cast<double>(std::numeric_limits<T>::min()))
      return std::numeric_limits<T>::min();
    // The greatest 64-bit integers round up to 2^63 and 2^64 in f64.
    if (rounded >= static_cast<double>(std::numeric_limits<T>::max()))
      return std::numeric_limits<T>::max();
    return static_cast<T>(rounded);
  }
}
} // namespace

HostTensor HostTensor::zeros(ElementType type, std::vector<int64_t> shape) {
  std::optional<int64_t> count = elementCount(shape);
  assert(count && "shape was not checked");
  HostTensor tensor{type, std::move(shape), {}};
  tensor.data.resize(static_cast<size_t>(*count) * elementSize(type));
  return tensor;
}

HostTensor HostTensor::fromDoubles(ElementType type, std::vector<int64_t> shape,
                                   std::span<const double> values) {
  HostTensor tensor = zeros(type, std::move(shape));
  assert(static_cast<int64_t>(values.size()) == tensor.size());
  if (isHalf(type)) {
    for (auto [i, out] : llvm::enumerate(tensor.as<uint16_t>()))
      out = roundToHalf(type, values[i]);
    return tensor;
  }
  visitType(type, [&](auto zero) {
    using T = decltype(zero);
    for (auto [i, out] : llvm::enumerate(tensor.as<T>()))
      out =
          type == ElementType::Bool ? T(values[i] != 0) : roundTo<T>(values[i]);
  });
  return tensor;
}

std::vector<double> HostTensor::toDoubles() const {
  std::vector<double> values;
  values.reserve(static_cast<size_t>(size()));
  if (isHalf(type)) {
    for (uint16_t bits : as<uint16_t>())
      values.push_back(widenHalf(type, bits));
    return values;
  }
  visitType(type, [&](auto zero) {
    for (auto value : as<decltype(zero)>())
      values.push_back(static_cast<double>(value));
  });
  return values;
}

int64_t HostTensor::size() const {
  return static_cast<int64_t>(data.size() / elementSize(type));
}

} // namespace kiln
