//===- SessionImpl.h - What a session and its nets share ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_COMPILER_SESSIONIMPL_H
#define KILN_LIB_COMPILER_SESSIONIMPL_H

#include "DiagnosticBridge.h"
#include "kiln/Compiler/Compiler.h"
#include "mlir/IR/MLIRContext.h"
#include "llvm/Support/ThreadPool.h"

#include <optional>

namespace kiln {

/// The context with every dialect that a phase may print, and the bridge that
/// its diagnostics cross.
struct Session::Impl {
  Impl();

  /// Lets the first net of the session say how many threads compile.
  void setThreads(unsigned count);

  /// Outlives the context, which uses it; none where there is one thread.
  std::optional<llvm::DefaultThreadPool> threads;
  mlir::MLIRContext context;
  DiagnosticBridge bridge;
};

} // namespace kiln

#endif // KILN_LIB_COMPILER_SESSIONIMPL_H
