//===- NetIR.h - A net's IR, for libraries that rewrite it ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// The one header of this library that needs MLIR's: Diagnosis puts probes into
// a net and lets the compiler go on from there.
//===----------------------------------------------------------------------===//

#ifndef KILN_COMPILER_NETIR_H
#define KILN_COMPILER_NETIR_H

#include "kiln/Compiler/Compiler.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace kiln {

/// Calls `rewrite` with the net's function, of one set of shapes, as it stands
/// before the layout phase (else K0700). It may change the function, its border
/// included. Errors that it emits, or IR that does not verify after it, are the
/// error returned; the net must then not be used any more.
Result<void>
rewriteNet(Net &net,
           llvm::function_ref<llvm::LogicalResult(mlir::func::FuncOp)> rewrite);

} // namespace kiln

#endif // KILN_COMPILER_NETIR_H
