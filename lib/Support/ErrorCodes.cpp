//===- ErrorCodes.cpp - Stable error codes ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "kiln/Support/ErrorCodes.h"

#include "llvm/Support/ErrorHandling.h"

#include <cctype>
#include <cstdio>

namespace kiln {

static constexpr ErrorInfo kErrors[] = {
#define KILN_ERROR(name, number, exit, title, text)                            \
  {ErrorCode::name, exit, title, text},
#include "kiln/Support/ErrorCodes.def"
};

const ErrorInfo &errorInfo(ErrorCode code) {
  for (const ErrorInfo &info : kErrors)
    if (info.code == code)
      return info;
  llvm_unreachable("every error code is in the table");
}

std::string errorLabel(ErrorCode code) {
  char text[8];
  (void)std::snprintf(text, sizeof(text), "K%04u", static_cast<unsigned>(code));
  return text;
}

std::optional<ErrorCode> parseErrorLabel(std::string_view text) {
  if (text.size() < 5 || text[0] != 'K')
    return std::nullopt;
  unsigned number = 0;
  for (char c : text.substr(1, 4)) {
    if (!std::isdigit(static_cast<unsigned char>(c)))
      return std::nullopt;
    number = number * 10 + static_cast<unsigned>(c - '0');
  }
  for (const ErrorInfo &info : kErrors)
    if (static_cast<unsigned>(info.code) == number)
      return info.code;
  return std::nullopt;
}

} // namespace kiln
