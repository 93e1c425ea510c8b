//===- BatchNormConstants.cpp - Constant parameters of batch normalisation ---*-
//C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "BatchNormConstants.h"

#include "Ledger.h"
#include "kiln/Dialect/NN/Utils/Constants.h"
#include "kiln/Support/Diagnostics.h"
#include "kiln/Support/Names.h"

#include "llvm/Support/Format.h"
#include <cmath>

using namespace mlir;

namespace kiln::nn {

std::optional<BatchNormConstants>
readBatchNormConstants(BatchNormInferenceOp op) {
  std::optional<SmallVector<double>> scale = readAsF64(op.getScale()),
                                     offset = readAsF64(op.getOffset()),
                                     mean = readAsF64(op.getMean()),
                                     variance = readAsF64(op.getVariance());
  if (!scale || !offset || !mean || !variance)
    return std::nullopt;
  return BatchNormConstants{std::move(*scale), std::move(*offset),
                            std::move(*mean), std::move(*variance),
                            op.getEpsilon().convertToDouble()};
}

static std::string formatNumber(double value) {
  std::string text;
  llvm::raw_string_ostream(text) << llvm::format("%g", value);
  return text;
}

LogicalResult checkStatistics(BatchNormInferenceOp op,
                              const BatchNormConstants &constants) {
  auto fail = [&](size_t channel, StringRef what, double value,
                  StringRef remedy) {
    return emitError(op.getLoc(), ErrorCode::BadStatistics)
           << "batch normalisation '" << escapeName(layerName(op))
           << "': " << what << " of channel " << channel << " is "
           << formatNumber(value) << "; " << remedy;
  };
  for (size_t c = 0; c < constants.variance.size(); ++c) {
    double variance = constants.variance[c];
    if (!std::isfinite(variance) || variance < 0)
      return fail(c, "the running variance", variance,
                  "it must be finite and not negative: export the net again, "
                  "or recalibrate its statistics");
    if (variance + constants.epsilon == 0)
      return fail(c, "the running variance plus epsilon", 0.0,
                  "the layer divides by its root: give an epsilon above 0");
    std::pair<StringRef, double> others[] = {
        {"the scale", constants.scale[c]},
        {"the offset", constants.offset[c]},
        {"the running mean", constants.mean[c]}};
    for (auto [name, value] : others)
      if (!std::isfinite(value))
        return fail(c, name, value, "it must be finite: export the net again");
  }
  return success();
}

} // namespace kiln::nn
