//===- ForgottenEval.cpp - A file in training mode ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "../Causes.h"

namespace kiln {

std::optional<Cause> findForgottenEval(const Diagnosis &diagnosis) {
  std::vector<std::string> names;
  for (const LayerDiagnosis &layer : diagnosis.layers)
    if (layer.layer.isTraining && layer.layer.tracks)
      names.push_back(layer.layer.name);
  if (names.empty())
    return std::nullopt;
  return Cause{
      "forgotten-eval", "The file is in training mode",
      std::to_string(names.size()) + " of " +
          std::to_string(diagnosis.layers.size()) + " batch normalisations (" +
          nameLayers(names) +
          ") keep running statistics, but stand in training mode in the file: "
          "they use the batch's own instead. Outputs in training and in eval "
          "mode differ by " +
          shortNumber(100 * diagnosis.difference) + " % on these data.",
      "Call model.eval() before exporting, and export with "
      "training=TrainingMode.EVAL or PRESERVE; for this file, compile with "
      "--mode=eval.",
      0.97};
}

} // namespace kiln
