//===- BatchDimension.h - Which dimension of a tensor the images lie along ---*-
//C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_DIAGNOSIS_BATCHDIMENSION_H
#define KILN_LIB_DIAGNOSIS_BATCHDIMENSION_H

#include "mlir/IR/Value.h"
#include "llvm/ADT/DenseMap.h"

#include <cstdint>
#include <optional>

namespace kiln {

/// Follows the images, dimension 0 of a net's inputs, through the operations
/// that keep them apart along one dimension.
class BatchDimension {
public:
  /// The dimension of `value` that is proven to be the batch; nothing where
  /// the proof meets an operation that it does not know.
  std::optional<int64_t> of(mlir::Value value);

private:
  std::optional<int64_t> derive(mlir::Value value);

  llvm::DenseMap<mlir::Value, std::optional<int64_t>> known;
};

} // namespace kiln

#endif // KILN_LIB_DIAGNOSIS_BATCHDIMENSION_H
