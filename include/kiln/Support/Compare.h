//===- Compare.h - How far two tensors are apart ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_SUPPORT_COMPARE_H
#define KILN_SUPPORT_COMPARE_H

#include "kiln/Support/HostTensor.h"

#include <cstdint>
#include <span>

namespace kiln {

/// Greatest differences between a result and what was expected, element by
/// element. Equal elements (both NaN, or infinities of one sign) differ by 0;
/// a NaN against a number counts as infinity.
struct Difference {
  double maxAbs = 0;
  /// |actual - expected| / |expected|, over elements with expected != 0.
  double maxRel = 0;
  /// In units in the last place of `type`: the number of representable values
  /// between the two; for integers the distance.
  double maxUlp = 0;
  /// Greatest |expected|: the scale against which maxAbs is read.
  double maxExpected = 0;
  int64_t worstIndex = -1; ///< where maxAbs is; -1 if nothing differs
  /// Elements beyond |actual - expected| <= atol + rtol * |expected|.
  int64_t outside = 0;
};

/// Both of one length. `type` is the type whose spacing counts as an ULP.
Difference compareElements(std::span<const double> actual,
                           std::span<const double> expected, ElementType type,
                           double rtol, double atol);

} // namespace kiln

#endif // KILN_SUPPORT_COMPARE_H
