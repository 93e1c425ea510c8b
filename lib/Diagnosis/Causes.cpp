//===- Causes.cpp - From figures to likely causes ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Causes.h"

#include "kiln/Support/Names.h"

#include <algorithm>
#include <cstdio>

namespace kiln {

std::string nameLayers(const std::vector<std::string> &names) {
  constexpr size_t kNamed = 3;
  std::string text;
  for (size_t i = 0; i < std::min(names.size(), kNamed); ++i)
    text += (i ? ", '" : "'") + escapeName(names[i]) + "'";
  if (names.size() > kNamed)
    text += " and " + std::to_string(names.size() - kNamed) + " more";
  return text;
}

std::string shortNumber(double value) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.3g", value);
  return text;
}

void findCauses(Diagnosis &diagnosis, Loss loss) {
  std::vector<Cause> causes = findActivationCauses(diagnosis);
  for (Cause &cause : findLossCauses(diagnosis, loss))
    causes.push_back(std::move(cause));
  for (auto detector :
       {findForgottenEval, findTrackingOff, findNeverUpdated,
        findLaggingStatistics, findSmallBatches, findDomainShift})
    if (std::optional<Cause> cause = detector(diagnosis))
      causes.push_back(std::move(*cause));
  // Of equal weight, those found first stay first.
  diagnosis.causes.clear();
  for (Cause &cause : causes) {
    auto behind = std::ranges::upper_bound(diagnosis.causes, cause.weight,
                                           std::greater<>(), &Cause::weight);
    diagnosis.causes.insert(behind, std::move(cause));
  }
}

} // namespace kiln
