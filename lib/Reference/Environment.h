//===- Environment.h - Values during interpretation ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_REFERENCE_ENVIRONMENT_H
#define KILN_LIB_REFERENCE_ENVIRONMENT_H

#include "kiln/Reference/Tensor.h"

#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/Value.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SmallVector.h"

#include <memory>

namespace kiln::reference {

/// The tensors of the live values.
class Environment {
public:
  const Tensor &get(mlir::Value value) const {
    auto it = tensors.find(value);
    assert(it != tensors.end() && "value was not computed or is released");
    return *it->second;
  }
  bool contains(mlir::Value value) const { return tensors.contains(value); }
  void set(mlir::Value value, Tensor tensor) {
    tensors[value] = std::make_unique<Tensor>(std::move(tensor));
  }
  void erase(mlir::Value value) { tensors.erase(value); }

  /// The number behind an attribute or a scalar value.
  int64_t integer(mlir::OpFoldResult value) const;
  llvm::SmallVector<int64_t>
  integers(llvm::ArrayRef<mlir::OpFoldResult> values) const;

private:
  // Tensors stay where they are while the map grows.
  llvm::DenseMap<mlir::Value, std::unique_ptr<Tensor>> tensors;
};

using Results = llvm::SmallVector<Tensor, 1>;

/// Largest tensor made, in elements (8 GiB): a bad shape becomes an error, not
/// an exhausted machine.
inline constexpr int64_t kMaxElements = int64_t{1} << 30;

/// A tensor of `value`s, or an error at `op` where a dimension is negative or
/// the tensor is too large.
mlir::FailureOr<Tensor> allocate(mlir::Operation *op,
                                 llvm::ArrayRef<int64_t> shape,
                                 double value = 0.0);

/// Emits K0301 at `op`.
mlir::InFlightDiagnostic shapeError(mlir::Operation *op);

/// The product of `sizes`, which an existing tensor's shape contains.
int64_t product(llvm::ArrayRef<int64_t> sizes);

/// Elements between neighbours along each dimension, in C order.
llvm::SmallVector<int64_t> stridesOf(llvm::ArrayRef<int64_t> shape);

/// Advances `index` in C order; false after the last one.
bool nextIndex(llvm::MutableArrayRef<int64_t> index,
               llvm::ArrayRef<int64_t> shape);

/// A kernel's one result.
inline Results single(Tensor tensor) {
  Results results;
  results.push_back(std::move(tensor));
  return results;
}

} // namespace kiln::reference

#endif // KILN_LIB_REFERENCE_ENVIRONMENT_H
