//===- StudentT.h - Quantiles of Student's t ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_DIAGNOSIS_STUDENTT_H
#define KILN_LIB_DIAGNOSIS_STUDENTT_H

#include <cstdint>

namespace kiln {

/// The t that Student's distribution with `degrees` degrees of freedom (at
/// least 1) exceeds in absolute value with probability `p`, in (0, 1).
double twoSidedQuantile(double p, int64_t degrees);

} // namespace kiln

#endif // KILN_LIB_DIAGNOSIS_STUDENTT_H
