//===- ConstantSweeper.h - Freeing constants of no further use ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// A `dense_resource` constant lives as long as its context, referred to or not:
// a net whose weights are folded, packed and laid out would be held once for
// each of these steps. This frees what the net's IR has left behind.
//===----------------------------------------------------------------------===//

#ifndef KILN_DIALECT_NN_UTILS_CONSTANTSWEEPER_H
#define KILN_DIALECT_NN_UTILS_CONSTANTSWEEPER_H

#include "mlir/IR/BuiltinOps.h"

#include "llvm/ADT/StringSet.h"

namespace kiln::nn {

/// Frees the large constants of one net, which may be there several times, for
/// several processors. Its context may hold other nets, whose constants it
/// leaves alone: while a `Scope` is open, all that is made in the context is
/// this net's.
class ConstantSweeper {
public:
  explicit ConstantSweeper(mlir::MLIRContext *context) : context(context) {}
  ConstantSweeper(const ConstantSweeper &) = delete;
  ConstantSweeper &operator=(const ConstantSweeper &) = delete;
  ~ConstantSweeper() { sweep({}); }

  /// What is made from its construction to its destruction is claimed.
  class Scope {
  public:
    explicit Scope(ConstantSweeper &sweeper);
    ~Scope();

  private:
    ConstantSweeper &sweeper;
    llvm::StringSet<> before;
  };

  /// Frees every claimed constant to which no operation within `roots` refers.
  void sweep(llvm::ArrayRef<mlir::ModuleOp> roots);

private:
  mlir::MLIRContext *context;
  llvm::StringSet<> claimed; // keys of resources
};

} // namespace kiln::nn

#endif // KILN_DIALECT_NN_UTILS_CONSTANTSWEEPER_H
