//===- OpenBatch.cpp - Prove that a batch may stay open ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "kiln/Dialect/NN/Analysis/BatchIndependence.h"
#include "kiln/Dialect/NN/Transforms/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace kiln::nn {
#define GEN_PASS_DEF_NNOPENBATCH
#include "kiln/Dialect/NN/Transforms/Passes.h.inc"
} // namespace kiln::nn

using namespace mlir;
using namespace kiln;

namespace {
struct OpenBatch : nn::impl::NNOpenBatchBase<OpenBatch> {
  using NNOpenBatchBase::NNOpenBatchBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    auto probe = module.lookupSymbol<func::FuncOp>("probe");
    func::FuncOp net;
    for (auto function : module.getOps<func::FuncOp>())
      if (function.isPublic() && !function.isExternal())
        net = function;
    if (!net || !probe || probe.isExternal() || batch < 2) {
      mlir::emitError(module.getLoc()) << "expects a public net, a function "
                                          "'probe' and a batch of 2 or more";
      return signalPassFailure();
    }
    if (failed(nn::proveImagesIndependent(net, probe, batch)))
      return signalPassFailure();
    probe.erase();
  }
};
} // namespace
