//===- Measurement.h - Running a net both ways ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_DIAGNOSIS_MEASUREMENT_H
#define KILN_LIB_DIAGNOSIS_MEASUREMENT_H

#include "LayerStatistics.h"

namespace kiln {

/// ||actual - expected|| / ||expected|| over all outputs of all images added.
class RelativeDifference {
public:
  void add(const std::vector<HostTensor> &actual,
           const std::vector<HostTensor> &expected);
  double value() const;

private:
  double differences = 0, squares = 0;
};

/// Statistics of all layers with the net in both modes, and what switching
/// does to the outputs, into `diagnosis`.
Result<void> measureModes(const ProbedNet &net, const DataSet &data,
                          Diagnosis &diagnosis);

/// The net in training mode on batches of net.batch() images.
Result<BatchSizeFigures> measureBatchSize(const ProbedNet &net,
                                          const DataSet &data);

} // namespace kiln

#endif // KILN_LIB_DIAGNOSIS_MEASUREMENT_H
