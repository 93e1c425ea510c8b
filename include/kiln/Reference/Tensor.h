//===- Tensor.h - Tensors of the reference interpreter ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_REFERENCE_TENSOR_H
#define KILN_REFERENCE_TENSOR_H

#include "kiln/Support/HostTensor.h"

#include <cstdint>
#include <utility>
#include <vector>

namespace kiln::reference {

/// A dense tensor in C order, every element an f64: floats are widened, and
/// integers are exact up to 2^53 (i1 is 0 or 1). A scalar has rank 0.
struct Tensor {
  std::vector<int64_t> shape;
  std::vector<double> data;

  int64_t rank() const { return static_cast<int64_t>(shape.size()); }
  int64_t size() const { return static_cast<int64_t>(data.size()); }
};

inline Tensor fromHost(const HostTensor &tensor) {
  return {tensor.shape, tensor.toDoubles()};
}

/// Rounds each element once to `type`.
inline HostTensor toHost(const Tensor &tensor, ElementType type) {
  return HostTensor::fromDoubles(type, tensor.shape, tensor.data);
}

} // namespace kiln::reference

#endif // KILN_REFERENCE_TENSOR_H
