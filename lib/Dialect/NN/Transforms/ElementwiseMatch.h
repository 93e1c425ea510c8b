//===- ElementwiseMatch.h - What an elementwise operation computes ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_DIALECT_NN_TRANSFORMS_ELEMENTWISEMATCH_H
#define KILN_LIB_DIALECT_NN_TRANSFORMS_ELEMENTWISEMATCH_H

#include "AffineAlgebra.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace kiln::nn {

/// If `op` adds, subtracts, multiplies by or divides by a constant that is a
/// scalar or varies along one loop only, the affine that it is of its other
/// operand, which is put into `source`. The loop is read off the indexing map.
std::optional<Affine> matchAffine(mlir::linalg::GenericOp op,
                                  mlir::Value &source);

/// The one operation in the body of an elementwise `linalg.generic` whose
/// inputs have the result's type and are read at its position: `arith.mulf` of
/// its two inputs in order, for instance. Null for any other value.
mlir::Operation *matchPayload(mlir::Value value, mlir::ValueRange &inputs);

} // namespace kiln::nn

#endif // KILN_LIB_DIALECT_NN_TRANSFORMS_ELEMENTWISEMATCH_H
