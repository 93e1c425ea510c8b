//===- NetSummarizer.h - Reading a net's border and content from IR ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_COMPILER_NETSUMMARIZER_H
#define KILN_LIB_COMPILER_NETSUMMARIZER_H

#include "kiln/Compiler/NetSummary.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"

namespace kiln {

/// The one public function with a body, or null.
mlir::func::FuncOp findNet(mlir::ModuleOp module);

std::vector<TensorInterface> netInputs(mlir::func::FuncOp net);
std::vector<TensorInterface> netOutputs(mlir::func::FuncOp net);

NetSummary summarizeNet(mlir::func::FuncOp net);

} // namespace kiln

#endif // KILN_LIB_COMPILER_NETSUMMARIZER_H
