//===- CheckStatistics.cpp - Statistics that make no function ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "BatchNormConstants.h"
#include "kiln/Dialect/NN/Transforms/Passes.h"

namespace kiln::nn {
#define GEN_PASS_DEF_NNCHECKSTATISTICS
#include "kiln/Dialect/NN/Transforms/Passes.h.inc"
} // namespace kiln::nn

using namespace mlir;
using namespace kiln::nn;

namespace {
struct CheckStatistics final
    : kiln::nn::impl::NNCheckStatisticsBase<CheckStatistics> {
  void runOnOperation() override {
    bool isBad = false;
    getOperation().walk([&](BatchNormInferenceOp op) {
      std::optional<BatchNormConstants> constants = readBatchNormConstants(op);
      isBad |= constants && failed(checkStatistics(op, *constants));
    });
    if (isBad)
      signalPassFailure();
  }
};
} // namespace
