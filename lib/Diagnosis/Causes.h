//===- Causes.h - From figures to likely causes ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// One detector a file under Causes/. Each looks at the figures and names its
// cause, or none; none asserts what a file cannot tell. Weights order the
// causes: what the graph proves is 1 or just below.
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_DIAGNOSIS_CAUSES_H
#define KILN_LIB_DIAGNOSIS_CAUSES_H

#include "kiln/Diagnosis/Diagnose.h"

#include <optional>

namespace kiln {

/// Images in a batch from which on the layers behind others in training mode
/// are judged.
inline constexpr int64_t kTrustedBatch = 16;

/// Sets `diagnosis.causes`, the likeliest first.
void findCauses(Diagnosis &diagnosis, Loss loss);

/// A BN that tracks statistics stands in training mode in the file.
std::optional<Cause> findForgottenEval(const Diagnosis &diagnosis);
/// A BN in training mode has no running statistics.
std::optional<Cause> findTrackingOff(const Diagnosis &diagnosis);
/// Running statistics are 0 and 1 throughout.
std::optional<Cause> findNeverUpdated(const Diagnosis &diagnosis);
/// Running statistics are part of the way from 0 and 1 to those of the data.
std::optional<Cause> findLaggingStatistics(const Diagnosis &diagnosis);
/// Running variances are those of small batches.
std::optional<Cause> findSmallBatches(const Diagnosis &diagnosis);
/// Running statistics and data do not belong together.
std::optional<Cause> findDomainShift(const Diagnosis &diagnosis);
/// A softmax of a softmax, over the batch, over one element, a sigmoid of a
/// sigmoid.
std::vector<Cause> findActivationCauses(const Diagnosis &diagnosis);
/// An output that does not fit the loss that the caller names.
std::vector<Cause> findLossCauses(const Diagnosis &diagnosis, Loss loss);

/// "'bn1', 'bn2' and 3 more", escaped.
std::string nameLayers(const std::vector<std::string> &names);

/// "0.123" or "1.2e-05": three digits.
std::string shortNumber(double value);

} // namespace kiln

#endif // KILN_LIB_DIAGNOSIS_CAUSES_H
