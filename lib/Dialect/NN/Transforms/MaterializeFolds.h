//===- MaterializeFolds.h - Folded weights and biases as constants ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_DIALECT_NN_TRANSFORMS_MATERIALIZEFOLDS_H
#define KILN_LIB_DIALECT_NN_TRANSFORMS_MATERIALIZEFOLDS_H

#include "MoveAffine.h"
#include "RoundingError.h"

namespace kiln::nn {

/// What was done to one layer.
struct MaterializedFold {
  RoundingError error;
  bool hasBorder = false;
};

/// Gives `root` the weights and bias that `state` asks for, as new constants:
/// others may share the old ones (F7). Fails, with a diagnostic, if the result
/// is not within its error bound, which would be a defect of folding.
mlir::FailureOr<MaterializedFold> materializeFold(mlir::Operation *root,
                                                  const RootState &state,
                                                  int64_t maxBorderElements,
                                                  uint64_t seed);

} // namespace kiln::nn

#endif // KILN_LIB_DIALECT_NN_TRANSFORMS_MATERIALIZEFOLDS_H
