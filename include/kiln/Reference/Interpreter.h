//===- Interpreter.h - The f64 reference interpreter ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// The oracle of the tests and of `kiln run --interpret`: runs a net as it
// stands between import and fuse, each operation by its definition, in f64.
// Nothing here is shared with the code generators.
//===----------------------------------------------------------------------===//

#ifndef KILN_REFERENCE_INTERPRETER_H
#define KILN_REFERENCE_INTERPRETER_H

#include "kiln/Reference/Tensor.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace kiln::reference {

/// Called after each operation with its results. Constants and terminators are
/// not reported; the operations inside `nn.fused` are, before it. The tensors
/// live until the call returns. The elements may be changed: an error analysis
/// perturbs them.
using Observer =
    llvm::function_ref<void(mlir::Operation *, llvm::MutableArrayRef<Tensor>)>;

/// Runs `func` on `inputs`, one for each argument, and returns one tensor for
/// each result.
///
/// Weights are used as stored, widened to f64; results are not rounded to the
/// element types of the IR. Dynamic dimensions take the inputs' sizes. Values
/// are released after their last use.
///
/// Fails with a diagnostic at the operation where inputs do not fit the
/// arguments (K0600), run-time shapes do not fit each other (K0301), or an
/// operation is outside the set that the interpreter knows (K0200).
mlir::FailureOr<std::vector<Tensor>> interpret(mlir::func::FuncOp func,
                                               llvm::ArrayRef<Tensor> inputs,
                                               Observer observer = {});

} // namespace kiln::reference

#endif // KILN_REFERENCE_INTERPRETER_H
