//===- Phases.h - The passes of each phase ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_COMPILER_PHASES_H
#define KILN_LIB_COMPILER_PHASES_H

#include "kiln/CodeGen/CPU/TargetDescription.h"
#include "kiln/Compiler/Options.h"
#include "mlir/Pass/PassManager.h"

namespace kiln {

/// Adds the passes that lead from the phase before `phase` to `phase`. The
/// import phase has none: a net is imported when it is loaded.
void addPhasePasses(mlir::OpPassManager &manager, Phase phase,
                    const CompileOptions &options,
                    const cpu::TargetDescription &target);

} // namespace kiln

#endif // KILN_LIB_COMPILER_PHASES_H
