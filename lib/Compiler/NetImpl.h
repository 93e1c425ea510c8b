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
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

namespace kiln {

struct Net::Impl {
  explicit Impl(Session::Impl &session)
      : session(&session), constants(&session.context) {}

  Session::Impl *session;
  /// Outlives the module, which it then frees the weights of.
  nn::ConstantSweeper constants;
  CompileOptions options;
  cpu::TargetDescription target;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  NetInterface interface;
  /// The ledger outlives the tensor-level IR that it is read from.
  FoldLedger ledger;
  Phase phase = Phase::Import;
};

} // namespace kiln

#endif // KILN_LIB_COMPILER_NETIMPL_H
