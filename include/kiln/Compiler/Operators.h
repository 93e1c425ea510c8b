//===- Operators.h - Which ONNX operators are taken ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_COMPILER_OPERATORS_H
#define KILN_COMPILER_OPERATORS_H

// The importer's table as it stands: nothing of it is the compiler's own.
#include "kiln/ONNX/Operators.h" // IWYU pragma: export

#endif // KILN_COMPILER_OPERATORS_H
