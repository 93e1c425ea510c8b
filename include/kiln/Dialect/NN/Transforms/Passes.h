//===- Passes.h - Passes over the nn dialect ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_DIALECT_NN_TRANSFORMS_PASSES_H
#define KILN_DIALECT_NN_TRANSFORMS_PASSES_H

#include "kiln/Dialect/NN/IR/NN.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace kiln::nn {

/// The mode of a net's batch normalisations: as its file states, or one mode
/// for all.
enum class Mode { Keep, Eval, Train };

#define GEN_PASS_DECL
#include "kiln/Dialect/NN/Transforms/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "kiln/Dialect/NN/Transforms/Passes.h.inc"

} // namespace kiln::nn

#endif // KILN_DIALECT_NN_TRANSFORMS_PASSES_H
