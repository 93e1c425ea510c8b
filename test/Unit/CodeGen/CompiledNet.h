//===- CompiledNet.h - Compiling and running IR text in unit tests ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_TEST_UNIT_CODEGEN_COMPILEDNET_H
#define KILN_TEST_UNIT_CODEGEN_COMPILEDNET_H

#include "Support/Interpret.h"
#include "kiln/CodeGen/CPU/TargetDescription.h"

namespace kiln::test {

/// Compiles the only function of `text` for `target` by the layout, kernels and
/// object phases, loads the object and runs it on `inputs`. `prepare`, unless
/// null, rewrites the module before. No results, and a failed test, where that
/// is not possible.
std::vector<Tensor>
runCompiled(llvm::StringRef text, llvm::ArrayRef<Tensor> inputs,
            const cpu::TargetDescription &target,
            llvm::function_ref<void(mlir::ModuleOp)> prepare = nullptr);

/// Runs `text` by the interpreter, by the code for this machine and by the code
/// for it without its wider vectors, and compares: `tolerance` relative to the
/// greatest element.
void expectCompiledNear(llvm::StringRef text, llvm::ArrayRef<Tensor> inputs,
                        double tolerance = 1e-5);

} // namespace kiln::test

#endif // KILN_TEST_UNIT_CODEGEN_COMPILEDNET_H
