//===- RuntimeBitcode.h - The artifact runtime, embedded ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_CODEGEN_CPU_RUNTIMEBITCODE_H
#define KILN_LIB_CODEGEN_CPU_RUNTIMEBITCODE_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/TargetParser/Triple.h"

namespace kiln::cpu {

/// lib/Runtime as bitcode for an architecture; empty where there is none.
llvm::StringRef runtimeBitcode(llvm::Triple::ArchType arch);

} // namespace kiln::cpu

#endif // KILN_LIB_CODEGEN_CPU_RUNTIMEBITCODE_H
