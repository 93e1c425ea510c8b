//===- Patcher.h - Writing statistics back to an ONNX file ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_ONNX_PATCHER_H
#define KILN_ONNX_PATCHER_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <string>
#include <vector>

namespace kiln {

/// New statistics of one BatchNormalization node of the graph.
struct StatisticsPatch {
  /// Its name, or "BatchNormalization_3" for a node without one, which is the
  /// fourth of the graph: what the importer gives as its location.
  std::string node;
  std::vector<double> mean, variance; ///< one a channel
};

struct PatchSummary {
  size_t changed = 0; ///< tensors that hold new numbers
  /// Tensors made because the old one has other uses or is computed.
  std::vector<std::string> split;
  /// Files of external data that were copied to the target's folder.
  std::vector<std::string> copied;
};

/// Writes `source` to `target`, which may be the same file, with other
/// statistics. All else stays as it is, fields that this schema does not know
/// included. Each number is rounded once, to the element type that the file
/// stores.
///
/// A tensor with one use is changed where it stands. Where the file shares it
/// (directly or through Identity), the normalisation gets one of its own.
/// Statistics in external data move into the model; other external data is
/// copied where `target` lies in another folder, and never changed.
///
/// The target appears whole, by a rename, or not at all. An error's text begins
/// with its code. Both files are of one form where the target's is text.
llvm::Expected<PatchSummary>
patchStatistics(llvm::StringRef source, llvm::StringRef target,
                llvm::ArrayRef<StatisticsPatch> patches,
                uint64_t maxFileBytes = (uint64_t{1} << 31) - 1);

} // namespace kiln

#endif // KILN_ONNX_PATCHER_H
