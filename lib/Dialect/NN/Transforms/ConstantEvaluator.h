//===- ConstantEvaluator.h - Operations on constants ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_DIALECT_NN_TRANSFORMS_CONSTANTEVALUATOR_H
#define KILN_LIB_DIALECT_NN_TRANSFORMS_CONSTANTEVALUATOR_H

#include "kiln/Dialect/NN/IR/NN.h"

namespace kiln::nn {

/// The value of the first result of `op`, where all that it reads is constant
/// and it is an operation known here; else null. Each arithmetic operation is
/// in f64 and rounded to its type. A result has at most `maxGrowth` elements
/// more than the largest operand.
mlir::ElementsAttr evaluateOnConstants(mlir::Operation *op, int64_t maxGrowth);

} // namespace kiln::nn

#endif // KILN_LIB_DIALECT_NN_TRANSFORMS_CONSTANTEVALUATOR_H
