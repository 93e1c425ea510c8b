//===- LayerComparison.h - Statistics before and after ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_DIAGNOSIS_LAYERCOMPARISON_H
#define KILN_LIB_DIAGNOSIS_LAYERCOMPARISON_H

#include "kiln/Diagnosis/ProbedNet.h"
#include "kiln/Diagnosis/Recalibrate.h"

namespace kiln {

/// `standardErrors` of the new means, in standard deviations.
LayerChange compareLayer(const NormLayer &layer, Statistics after,
                         const std::vector<double> &standardErrors);

/// What the user should know about the data and the new statistics.
void addWarnings(RecalibrationReport &report);

} // namespace kiln

#endif // KILN_LIB_DIAGNOSIS_LAYERCOMPARISON_H
