//===- Environment.cpp - Values during interpretation ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Environment.h"
#include "kiln/Support/Diagnostics.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace kiln::reference {

int64_t Environment::integer(OpFoldResult value) const {
  if (auto attr = dyn_cast<Attribute>(value))
    return cast<IntegerAttr>(attr).getInt();
  return static_cast<int64_t>(get(cast<Value>(value)).data.front());
}

SmallVector<int64_t>
Environment::integers(ArrayRef<OpFoldResult> values) const {
  return llvm::map_to_vector(values,
                             [this](OpFoldResult v) { return integer(v); });
}

InFlightDiagnostic shapeError(Operation *op) {
  return emitError(op->getLoc(), ErrorCode::BadShape) << op->getName() << ": ";
}

FailureOr<Tensor> allocate(Operation *op, ArrayRef<int64_t> shape,
                           double value) {
  std::optional<int64_t> count = elementCount({shape.data(), shape.size()});
  if (!count || *count > kMaxElements) {
    shapeError(op) << "a tensor of shape [" << shape
                   << "] has a negative dimension or more than " << kMaxElements
                   << " elements";
    return failure();
  }
  return Tensor{{shape.begin(), shape.end()},
                std::vector<double>(static_cast<size_t>(*count), value)};
}

int64_t product(ArrayRef<int64_t> sizes) {
  int64_t result = 1;
  for (int64_t size : sizes)
    result *= size;
  return result;
}

SmallVector<int64_t> stridesOf(ArrayRef<int64_t> shape) {
  SmallVector<int64_t> strides(shape.size(), 1);
  for (int64_t i = static_cast<int64_t>(shape.size()) - 2; i >= 0; --i)
    strides[i] = strides[i + 1] * shape[i + 1];
  return strides;
}

bool nextIndex(MutableArrayRef<int64_t> index, ArrayRef<int64_t> shape) {
  for (int64_t i = static_cast<int64_t>(shape.size()) - 1; i >= 0; --i) {
    if (++index[i] < shape[i])
      return true;
    index[i] = 0;
  }
  return false;
}

} // namespace kiln::reference
