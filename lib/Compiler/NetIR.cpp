//===- NetIR.cpp - A net's IR, for libraries that rewrite it ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "kiln/Compiler/NetIR.h"

#include "NetImpl.h"
#include "NetSummarizer.h"
#include "mlir/IR/Verifier.h"

using namespace mlir;

namespace kiln {

Result<void>
rewriteNet(Net &net,
           llvm::function_ref<llvm::LogicalResult(func::FuncOp)> rewrite) {
  Net::Impl &impl = *net.impl;
  DiagnosticBridge &bridge = impl.session->bridge;
  bridge.begin(ErrorCode::Internal);
  if (!impl.module || impl.phase >= Phase::Layout || impl.shapeSets.size() != 1)
    return bridge.fail({ErrorCode::Usage,
                        "only a net of one set of shapes can be rewritten, "
                        "before the layout phase"});
  {
    nn::ConstantSweeper::Scope scope(impl.constants.front());
    if (failed(rewrite(findNet(*impl.module))) ||
        failed(mlir::verify(*impl.module)))
      return bridge.takeError("rewriting the net");
  }
  impl.readModules();
  return {};
}

} // namespace kiln
