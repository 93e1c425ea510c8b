//===- MarkBatchDependence.cpp - Outputs that depend on all of a batch ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "kiln/Dialect/NN/Analysis/BatchDependence.h"
#include "kiln/Dialect/NN/Transforms/Passes.h"

namespace kiln::nn {
#define GEN_PASS_DEF_NNMARKBATCHDEPENDENCE
#include "kiln/Dialect/NN/Transforms/Passes.h.inc"
} // namespace kiln::nn

namespace {
struct MarkBatchDependence final
    : kiln::nn::impl::NNMarkBatchDependenceBase<MarkBatchDependence> {
  void runOnOperation() override {
    kiln::nn::markBatchDependence(getOperation());
  }
};
} // namespace
