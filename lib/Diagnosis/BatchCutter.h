//===- BatchCutter.h - Cutting a stream of images anew ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_DIAGNOSIS_BATCHCUTTER_H
#define KILN_LIB_DIAGNOSIS_BATCHCUTTER_H

#include "kiln/Diagnosis/DataSet.h"

namespace kiln {

/// Takes tensors of any number of images and gives batches of `batch`.
class BatchCutter {
public:
  using Visitor = std::function<Result<void>(const Batch &)>;

  BatchCutter(const std::vector<GraphInput> &inputs,
              const std::vector<std::vector<int64_t>> &imageShapes,
              int64_t batch);

  Result<void> feed(const std::vector<HostTensor> &tensors,
                    const Visitor &visit);

  /// Gives what has not filled a batch, if there is anything.
  Result<void> flush(const Visitor &visit);

private:
  Result<void> give(const Visitor &visit);

  int64_t wanted;
  Batch pending;
  std::vector<size_t> imageBytes;
};

} // namespace kiln

#endif // KILN_LIB_DIAGNOSIS_BATCHCUTTER_H
