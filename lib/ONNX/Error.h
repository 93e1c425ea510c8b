//===- Error.h - Coded errors of the reader ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_ONNX_ERROR_H
#define KILN_LIB_ONNX_ERROR_H

#include "kiln/Support/ErrorCodes.h"
#include "kiln/Support/Names.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Error.h"

namespace kiln::onnx_import {

/// An error whose text begins with the code: "K0104: ...".
inline llvm::Error makeError(ErrorCode code, const llvm::Twine &message) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                 llvm::Twine(errorLabel(code)) + ": " +
                                     message);
}

/// A name from a file between quotes, safe to print. Hostile files have names
/// of megabytes: the head of one is enough to find it.
inline std::string quoted(llvm::StringRef name) {
  constexpr size_t kMaxShown = 200;
  std::string text = "'" + escapeName(name.take_front(kMaxShown));
  return text + (name.size() > kMaxShown ? "...'" : "'");
}

/// "2x3x5"; "scalar" for no dimensions.
inline std::string shapeText(llvm::ArrayRef<int64_t> shape) {
  if (shape.empty())
    return "scalar";
  return llvm::join(
      llvm::map_range(shape, [](int64_t d) { return std::to_string(d); }), "x");
}

} // namespace kiln::onnx_import

#endif // KILN_LIB_ONNX_ERROR_H
