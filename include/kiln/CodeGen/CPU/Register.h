//===- Register.h - What code generation needs registered ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_CODEGEN_CPU_REGISTER_H
#define KILN_CODEGEN_CPU_REGISTER_H

#include "mlir/IR/DialectRegistry.h"

namespace kiln::cpu {

/// Adds the dialects that the layout and kernels phases print, and the
/// external models that bufferization and the conversions to the LLVM dialect
/// look up.
void registerDialects(mlir::DialectRegistry &registry);

} // namespace kiln::cpu

#endif // KILN_CODEGEN_CPU_REGISTER_H
