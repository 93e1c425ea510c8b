//===- NeverUpdated.cpp - Running statistics that are still 0 and 1 ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "../Causes.h"

namespace kiln {

std::optional<Cause> findNeverUpdated(const Diagnosis &diagnosis) {
  std::vector<std::string> names;
  size_t alarms = 0;
  for (const LayerDiagnosis &layer : diagnosis.layers)
    if (layer.neverUpdated) {
      names.push_back(layer.layer.name);
      alarms += layer.afterEval.isAlarm || layer.afterBatch.isAlarm;
    }
  if (names.empty())
    return std::nullopt;
  return Cause{
      "never-updated", "Running statistics were never updated",
      "The running mean is 0 and the running variance 1 in every channel of " +
          std::to_string(names.size()) + " batch normalisations (" +
          nameLayers(names) + "), as they are before any training" +
          (alarms ? "; the data say otherwise in " + std::to_string(alarms) +
                        " of them."
                  : ", and the data do not contradict it."),
      "Check that the layers were in training mode while training (not "
      "frozen by eval(), momentum not 0), and that the checkpoint's buffers "
      "were loaded. The weights can be kept: estimate the statistics from "
      "training data with kiln recalibrate.",
      alarms ? 0.95 : 0.3};
}

} // namespace kiln
