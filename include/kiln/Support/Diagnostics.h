//===- Diagnostics.h - Coded diagnostics ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_SUPPORT_DIAGNOSTICS_H
#define KILN_SUPPORT_DIAGNOSTICS_H

#include "kiln/Support/ErrorCodes.h"
#include "mlir/IR/Diagnostics.h"

namespace kiln {

/// Emits an error whose message begins with the code: "K0301: ...". The
/// location carries file and node (see nodeLocation in ONNX/Location.h); the
/// message gives op, opset, reason and remedy.
inline mlir::InFlightDiagnostic emitError(mlir::Location location,
                                          ErrorCode code) {
  return mlir::emitError(location) << errorLabel(code) << ": ";
}

inline mlir::InFlightDiagnostic emitWarning(mlir::Location location,
                                            ErrorCode code) {
  return mlir::emitWarning(location) << errorLabel(code) << ": ";
}

} // namespace kiln

#endif // KILN_SUPPORT_DIAGNOSTICS_H
