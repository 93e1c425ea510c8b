//===- Diagnostic.h - What the compiler tells its caller ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_COMPILER_DIAGNOSTIC_H
#define KILN_COMPILER_DIAGNOSTIC_H

#include "kiln/Support/ErrorCodes.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace kiln {

enum class Severity { Remark, Warning, Error };

/// One message. Text that comes from a file is escaped.
struct Diagnostic {
  Severity severity = Severity::Error;
  std::optional<ErrorCode> code;
  std::string file; ///< with line and column for IR; empty where unknown
  std::string node; ///< the node's name; empty where none is concerned
  std::string message;
  std::vector<std::string> notes;
};

using DiagnosticHandler = std::function<void(const Diagnostic &)>;

/// "error: K0301: net.onnx: node 'conv1': message"; notes on lines of their
/// own. No newline at the end.
std::string toString(const Diagnostic &diagnostic);

} // namespace kiln

#endif // KILN_COMPILER_DIAGNOSTIC_H
