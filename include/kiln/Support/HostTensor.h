//===- HostTensor.h - Tensors in host memory ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// A tensor as files and callers hold it: element type, shape, bytes in C order.
// Knows neither MLIR nor LLVM, so that an embedder needs no header of theirs.
//===----------------------------------------------------------------------===//

#ifndef KILN_SUPPORT_HOSTTENSOR_H
#define KILN_SUPPORT_HOSTTENSOR_H

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace kiln {

/// Element types of tensors at a net's border. The values are part of the
/// artifact's interface and never change.
enum class ElementType : int32_t {
  F32 = 1,
  F64 = 2,
  F16 = 3,
  BF16 = 4,
  I8 = 5,
  U8 = 6,
  I16 = 7,
  U16 = 8,
  I32 = 9,
  U32 = 10,
  I64 = 11,
  U64 = 12,
  Bool = 13,
};

/// Bytes of one element.
size_t elementSize(ElementType type);

/// The type's name as it stands in messages: "f32", "i64", "bool".
std::string_view elementTypeName(ElementType type);

/// The product of `shape`, or nothing where it overflows or a dimension is
/// negative.
std::optional<int64_t> elementCount(std::span<const int64_t> shape);

/// A dense tensor in C order; owns its bytes.
struct HostTensor {
  ElementType type = ElementType::F32;
  std::vector<int64_t> shape;
  std::vector<std::byte> data;

  /// A zero-filled tensor. `shape` must have a valid `elementCount`.
  static HostTensor zeros(ElementType type, std::vector<int64_t> shape);

  /// Rounds each value to `type` (to nearest, ties to even; integers are
  /// clamped to their range).
  static HostTensor fromDoubles(ElementType type, std::vector<int64_t> shape,
                                std::span<const double> values);

  /// All elements widened to f64 (64-bit integers beyond 2^53 are rounded).
  std::vector<double> toDoubles() const;

  int64_t size() const;

  template <typename T> std::span<T> as() {
    return {reinterpret_cast<T *>(data.data()), data.size() / sizeof(T)};
  }
  template <typename T> std::span<const T> as() const {
    return {reinterpret_cast<const T *>(data.data()), data.size() / sizeof(T)};
  }
};

} // namespace kiln

#endif // KILN_SUPPORT_HOSTTENSOR_H
