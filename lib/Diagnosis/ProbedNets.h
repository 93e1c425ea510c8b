//===- ProbedNets.h - A probed net for each batch size ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_DIAGNOSIS_PROBEDNETS_H
#define KILN_LIB_DIAGNOSIS_PROBEDNETS_H

#include "kiln/Diagnosis/DataSet.h"
#include "kiln/Diagnosis/ProbedNet.h"

namespace kiln {

/// The net compiled for all batches that the data have: full ones, and a short
/// last one where the net takes any batch.
class ProbedNets {
public:
  /// `wanted` images in a batch; 0: as the net fixes, else as the first file
  /// holds.
  static Result<ProbedNets> compile(Session &session, const std::string &path,
                                    const std::string &folder, int64_t wanted,
                                    const CompileOptions &options,
                                    const RunOptions &run);

  using Visitor =
      std::function<Result<void>(const Batch &batch, const ProbedNet &net)>;
  /// Each batch with the net of its size, in order.
  Result<void> forEach(const Visitor &visit) const;

  /// The layers and settings of any of them.
  const ProbedNet &net() const { return nets.front(); }
  int64_t batch() const { return batchSize; }
  /// Left over and in no batch.
  int64_t unusedImages() const { return unused; }

private:
  ProbedNets(DataSet data, int64_t batch)
      : data(std::move(data)), batchSize(batch) {}

  DataSet data;
  int64_t batchSize;
  int64_t unused = 0;
  std::vector<ProbedNet> nets; // of full batches, of the last
};

} // namespace kiln

#endif // KILN_LIB_DIAGNOSIS_PROBEDNETS_H
