//===- LLVMErrors.h - From llvm::Error to Error ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_COMPILER_LLVMERRORS_H
#define KILN_LIB_COMPILER_LLVMERRORS_H

#include "kiln/Support/Result.h"
#include "llvm/Support/Error.h"

namespace kiln {

/// Takes the code from the text ("K0500: ...") where it has one.
inline Error toError(llvm::Error error, ErrorCode fallback) {
  std::string text = llvm::toString(std::move(error));
  std::optional<ErrorCode> code = parseErrorLabel(text);
  if (!code)
    return {fallback, text};
  size_t start = std::min<size_t>(text.size(), 7);
  return {*code, text.substr(start)};
}

} // namespace kiln

#endif // KILN_LIB_COMPILER_LLVMERRORS_H
