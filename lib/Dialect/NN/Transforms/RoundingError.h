//===- RoundingError.h - What rounding the folded parameters costs ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_DIALECT_NN_TRANSFORMS_ROUNDINGERROR_H
#define KILN_LIB_DIALECT_NN_TRANSFORMS_ROUNDINGERROR_H

#include "RootParameters.h"

namespace kiln::nn {

/// The rounding error of a fold; see FoldLedgerEntry for the meaning of each.
struct RoundingError {
  double maxWeightChange = 0;
  double bound = 0;
  double measured = 0;
  /// For each output channel the measured error is within its bound, allowing
  /// for the rounding of the measurement itself. Anything else is a defect of
  /// the fold, not of rounding.
  bool isWithinBound = true;
};

/// Compares the layer as folded and stored with the layer as it was between
/// its affines, on random patches from a generator seeded by `seed`.
RoundingError measureRoundingError(const RootLayout &layout,
                                   const RootParameters &original,
                                   const RootState &state,
                                   const FoldedParameters &folded,
                                   mlir::Type elementType, uint64_t seed);

} // namespace kiln::nn

#endif // KILN_LIB_DIALECT_NN_TRANSFORMS_ROUNDINGERROR_H
