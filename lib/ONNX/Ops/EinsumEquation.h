//===- EinsumEquation.h - Reading the equation of an Einsum ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_ONNX_OPS_EINSUMEQUATION_H
#define KILN_LIB_ONNX_OPS_EINSUMEQUATION_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

namespace kiln::onnx_import {

/// One label a dimension: a letter, or a number of kEllipsis and more for the
/// dimensions that an ellipsis stands for, counted from its last one.
using Labels = llvm::SmallVector<int>;

struct EinsumEquation {
  static constexpr int kEllipsis = 256;

  llvm::SmallVector<Labels> inputs;
  Labels output;
};

/// Reads "ij,jk->ik" and the like for inputs of these ranks. Without an arrow
/// the output has the ellipsis, then each letter that stands once, in ASCII
/// order. The error's text says what is wrong.
llvm::Expected<EinsumEquation> parseEinsum(llvm::StringRef text,
                                           llvm::ArrayRef<int64_t> ranks);

} // namespace kiln::onnx_import

#endif // KILN_LIB_ONNX_OPS_EINSUMEQUATION_H
