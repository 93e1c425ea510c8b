//===- BatchRules.h - How each operation treats the batch ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_DIALECT_NN_ANALYSIS_BATCHRULES_H
#define KILN_LIB_DIALECT_NN_ANALYSIS_BATCHRULES_H

#include "mlir/IR/Attributes.h"
#include "mlir/IR/Operation.h"
#include "llvm/ADT/DenseMap.h"

#include <optional>
#include <string>

namespace kiln::nn {

/// Where a value carries the batch: dimension `dim` has `rows` entries for each
/// image, images outermost.
struct BatchAxis {
  int64_t dim = 0;
  int64_t rows = 1;
  bool operator==(const BatchAxis &) const = default;
};

/// Nothing for what is the same for all images.
using MaybeAxis = std::optional<BatchAxis>;

/// An operation at one image and its counterpart at several. What both have in
/// common (name, attributes, bodies, counterparts of operands) has been checked
/// by the caller, except for the attributes that `isShapeAttribute` names.
struct OpPair {
  mlir::Operation *one = nullptr;
  mlir::Operation *several = nullptr;
  llvm::SmallVector<MaybeAxis> operands;
  llvm::SmallVector<MaybeAxis> results;
  /// Of tensors that the body of `several` takes from outside.
  llvm::DenseMap<mlir::Value, MaybeAxis> captured;

  bool hasBatchedSource() const;
};

/// Attributes that may depend on the batch: the rules compare them.
bool isShapeAttribute(mlir::Operation *op, llvm::StringRef name);

/// Equal, also where the two live in different contexts: constants by their
/// bytes, all else by its text.
bool isSame(mlir::Attribute one, mlir::Attribute several);
bool isSame(mlir::Type one, mlir::Type several);

/// Empty if the operation computes its results image by image; else why not,
/// as the end of a sentence that names the operation.
std::string checkRule(const OpPair &pair);

/// The part of checkRule for structured operations (linalg).
std::string checkLoops(const OpPair &pair);

} // namespace kiln::nn

#endif // KILN_LIB_DIALECT_NN_ANALYSIS_BATCHRULES_H
