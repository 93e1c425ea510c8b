//===- Ledger.h - Tying operations to ledger entries ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_DIALECT_NN_TRANSFORMS_LEDGER_H
#define KILN_LIB_DIALECT_NN_TRANSFORMS_LEDGER_H

#include "kiln/Dialect/NN/Transforms/FoldLedger.h"
#include "kiln/Dialect/NN/Utils/LayerName.h"

#include "mlir/IR/Operation.h"

namespace kiln::nn {

/// Attribute of a batch normalisation, or of an `nn.channel_affine` that came
/// from some: the indices of their entries in the ledger.
inline constexpr llvm::StringLiteral kLedgerEntriesAttrName =
    "nn.ledger_entries";

/// For messages: `'bn1' (nn.relu)`.
std::string describe(mlir::Operation *op);

/// Gives each batch normalisation of `module` that has no entry one, and
/// marks the operation with its index.
void openFoldLedger(mlir::ModuleOp module);

/// The entries that `op` stands for.
llvm::ArrayRef<int64_t> ledgerEntries(mlir::Operation *op);
void setLedgerEntries(mlir::Operation *op, llvm::ArrayRef<int64_t> entries);

} // namespace kiln::nn

#endif // KILN_LIB_DIALECT_NN_TRANSFORMS_LEDGER_H
