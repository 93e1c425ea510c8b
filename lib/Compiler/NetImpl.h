//===- NetImpl.h - A net's IR and how far it has come ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_COMPILER_NETIMPL_H
#define KILN_LIB_COMPILER_NETIMPL_H

#include "SessionImpl.h"
#include "kiln/CodeGen/CPU/TargetDescription.h"
#include "kiln/Dialect/NN/Utils/ConstantSweeper.h"
#include "kiln/ONNX/ShapeArithmetic.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

#include <deque>

namespace kiln {

struct Net::Impl {
  explicit Impl(Session::Impl &session) : session(&session) {}

  Session::Impl *session;
  /// One for each set of shapes, whose modules it outlives to free the weights.
  std::deque<nn::ConstantSweeper> constants;
  CompileOptions options;
  /// At least one; the first is what layouts are for.
  std::vector<cpu::TargetDescription> targets;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  /// The nets for further sets of shapes, which go through the same phases;
  /// from the layout phase on, behind them, all nets again for each further
  /// target.
  std::vector<mlir::OwningOpRef<mlir::ModuleOp>> furtherModules;
  /// The file, and the sets of shapes in the order of the modules for a target.
  std::string path;
  std::vector<Shapes> shapeSets;
  /// What importing computed for each set whose batch is open, until the proof.
  std::vector<HostTrace> traces;
  NetInterface interface;
  /// The ledger outlives the tensor-level IR that it is read from.
  FoldLedger ledger;
  NetCosts costs;
  Phase phase = Phase::Import;

  std::vector<mlir::ModuleOp> modules();
  /// Frees modules and weights: an object holds them now.
  void dropModules();
  /// Copies the nets for all targets but the first, after the layout phase.
  Result<void> forkTargets();
  /// Takes the `index`-th net through the passes of `next`.
  Result<void> runPhase(Phase next, size_t index);
  /// Proves that `module`, the net at batch size 1 after the mode phase, may be
  /// run on each image of a batch by itself, and marks what carries the batch.
  /// Imports the net again, at the greatest batch, into a context that is gone
  /// when this returns (OpenBatch.cpp).
  Result<void> proveOpenBatch(mlir::ModuleOp module, const Shapes &shapes,
                              HostTrace trace);
  /// Takes `phase` as done: reads what the IR says of border and folds.
  void readModules();
};

} // namespace kiln

#endif // KILN_LIB_COMPILER_NETIMPL_H
