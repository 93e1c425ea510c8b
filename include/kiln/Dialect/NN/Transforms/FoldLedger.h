//===- FoldLedger.h - What became of each batch normalisation ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_DIALECT_NN_TRANSFORMS_FOLDLEDGER_H
#define KILN_DIALECT_NN_TRANSFORMS_FOLDLEDGER_H

#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/SmallVector.h"

#include <string>

namespace kiln::nn {

/// What became of a batch normalisation.
enum class FoldAction {
  Folded, ///< in weights and bias: it costs nothing at run time
  Fused,  ///< computed inside the loop of the layer `into`
  Kept,   ///< an operation of its own
};

/// One line of the ledger; module attribute `nn.fold_ledger` holds one for each
/// batch normalisation of the net, in program order.
struct FoldLedgerEntry {
  std::string name;
  FoldAction action = FoldAction::Kept;
  /// Layers that took it, separated by ", ".
  std::string into;
  /// "backward" into the layer behind it, "forward" into those ahead, or "".
  std::string direction;
  /// Why it is not folded, or what is special about the fold.
  std::string reason;
  /// Greatest absolute change of a weight or bias of the layers.
  double maxWeightChange = 0;
  /// Greatest over the output channels k of u * (sum |W'_k| + |b'_k|) plus
  /// underflow: what rounding the folded parameters can change in the layer's
  /// output, per unit of max |input|.
  double bound = 0;
  /// Greatest |folded - unfolded| over seeded random patches with values in
  /// [-1, 1], parameters as stored, arithmetic in f64.
  double measured = 0;
};

llvm::StringRef stringifyFoldAction(FoldAction action);

/// The ledger of `module`; empty where none is recorded.
llvm::SmallVector<FoldLedgerEntry> readFoldLedger(mlir::ModuleOp module);

void writeFoldLedger(mlir::ModuleOp module,
                     llvm::ArrayRef<FoldLedgerEntry> entries);

} // namespace kiln::nn

#endif // KILN_DIALECT_NN_TRANSFORMS_FOLDLEDGER_H
