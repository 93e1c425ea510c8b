//===- TrackingOff.cpp - Layers without running statistics ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "../Causes.h"

namespace kiln {

/// Layers in inference form whose statistics are inputs or computed are left
/// out: they say themselves what they normalise by.
std::optional<Cause> findTrackingOff(const Diagnosis &diagnosis) {
  std::vector<std::string> names;
  for (const LayerDiagnosis &layer : diagnosis.layers)
    if (layer.layer.isTraining && !layer.layer.tracks)
      names.push_back(layer.layer.name);
  if (names.empty())
    return std::nullopt;
  return Cause{
      "tracking-off", "Statistics are not tracked",
      std::to_string(names.size()) + " of " +
          std::to_string(diagnosis.layers.size()) + " batch normalisations (" +
          nameLayers(names) +
          ") have no running statistics of their own: they normalise by the "
          "batch in evaluation, too, so that an image's output depends on the "
          "images beside it, and the layer can never be folded.",
      "Train with track_running_stats=True, or estimate statistics after "
      "training: set running_mean and running_var anew and run "
      "torch.optim.swa_utils.update_bn, then export again.",
      0.96};
}

} // namespace kiln
