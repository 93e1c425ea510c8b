//===- RecalibrationTable.h - New statistics for people ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_TOOLS_KILN_RECALIBRATIONTABLE_H
#define KILN_TOOLS_KILN_RECALIBRATIONTABLE_H

#include "kiln/Diagnosis/Recalibrate.h"

#include <ostream>

namespace kiln::driver {

/// How the statistics were estimated, a line for each layer, and what they do
/// to the outputs.
void printRecalibration(std::ostream &out, const RecalibrationReport &report);

} // namespace kiln::driver

#endif // KILN_TOOLS_KILN_RECALIBRATIONTABLE_H
