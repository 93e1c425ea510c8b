//===- DiagnosticBridge.h - From MLIR's diagnostics to the caller's ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_COMPILER_DIAGNOSTICBRIDGE_H
#define KILN_LIB_COMPILER_DIAGNOSTICBRIDGE_H

#include "kiln/Compiler/Diagnostic.h"
#include "kiln/Support/Result.h"
#include "mlir/IR/Diagnostics.h"

namespace kiln {

/// Translates MLIR's diagnostics and remembers the first error, which becomes
/// the Result of the call that failed.
class DiagnosticBridge {
public:
  explicit DiagnosticBridge(mlir::MLIRContext *context);

  void setHandler(DiagnosticHandler newHandler) {
    handler = std::move(newHandler);
  }

  /// Forgets earlier errors; at the start of each call of the library.
  /// Errors without a code get `code`: what they mean depends on the phase.
  void begin(ErrorCode code) {
    firstError.reset();
    defaultCode = code;
  }

  /// Passes a diagnostic on, as if it had come from MLIR.
  void report(Diagnostic diagnostic);

  /// Reports an error, of `file` where one is named, and gives it back.
  Error fail(const Error &error, const std::string &file = "");

  /// The first error since `begin`, or an internal error naming `what` if
  /// something failed without a word.
  Error takeError(const std::string &what);

private:
  void translate(mlir::Diagnostic &diagnostic);

  DiagnosticHandler handler;
  std::optional<Error> firstError;
  ErrorCode defaultCode = ErrorCode::Internal;
  mlir::ScopedDiagnosticHandler scope;
};

} // namespace kiln

#endif // KILN_LIB_COMPILER_DIAGNOSTICBRIDGE_H
