//===- Passes.td - Passes of CPU code generation ---*- tablegen -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_CODEGEN_CPU_PASSES_TD
#define KILN_CODEGEN_CPU_PASSES_TD

// In the order of their phases.
include "kiln/CodeGen/CPU/PreparePasses.td"
include "kiln/CodeGen/CPU/LayoutPasses.td"
include "kiln/CodeGen/CPU/KernelPasses.td"
include "kiln/CodeGen/CPU/EmitPasses.td"
include "kiln/CodeGen/CPU/TaskPasses.td"

#endif // KILN_CODEGEN_CPU_PASSES_TD
