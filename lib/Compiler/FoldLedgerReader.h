//===- FoldLedgerReader.h - The fold ledger in the IR ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_COMPILER_FOLDLEDGERREADER_H
#define KILN_LIB_COMPILER_FOLDLEDGERREADER_H

#include "kiln/Compiler/FoldLedger.h"
#include "mlir/IR/BuiltinOps.h"

namespace kiln {

/// The module's `nn.fold_ledger`; empty where it has none.
FoldLedger readFoldLedger(mlir::ModuleOp module);

} // namespace kiln

#endif // KILN_LIB_COMPILER_FOLDLEDGERREADER_H
