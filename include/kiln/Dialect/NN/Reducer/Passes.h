//===- Passes.h - Reducing nets that show a defect ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_DIALECT_NN_REDUCER_PASSES_H
#define KILN_DIALECT_NN_REDUCER_PASSES_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace kiln::nn {

#define GEN_PASS_DECL
#include "kiln/Dialect/NN/Reducer/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "kiln/Dialect/NN/Reducer/Passes.h.inc"

} // namespace kiln::nn

#endif // KILN_DIALECT_NN_REDUCER_PASSES_H
