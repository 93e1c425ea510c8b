//===- ErrorCodes.h - Stable error codes ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_SUPPORT_ERRORCODES_H
#define KILN_SUPPORT_ERRORCODES_H

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kiln {

enum class ErrorCode : uint16_t {
#define KILN_ERROR(name, number, exit, title, text) name = number,
#include "kiln/Support/ErrorCodes.def"
};

/// What is known of an error code; all text lives as long as the program.
struct ErrorInfo {
  ErrorCode code;
  int exitCode;
  std::string_view title;
  std::string_view explanation;
};

const ErrorInfo &errorInfo(ErrorCode code);

/// "K0123".
std::string errorLabel(ErrorCode code);

/// Reads "K0123" at the start of `text`; nothing where no known code stands
/// there. Diagnostics begin with the code, so that handlers can take it back.
std::optional<ErrorCode> parseErrorLabel(std::string_view text);

} // namespace kiln

#endif // KILN_SUPPORT_ERRORCODES_H
