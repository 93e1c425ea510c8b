//===- Object.h - From the LLVM dialect to machine code ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_CODEGEN_CPU_OBJECT_H
#define KILN_CODEGEN_CPU_OBJECT_H

#include "kiln/CodeGen/CPU/TargetDescription.h"
#include "kiln/Support/NetInterface.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/Error.h"

#include <cstddef>
#include <string>
#include <vector>

namespace kiln::cpu {

/// A relocatable ELF object. Its global symbols are the net's C interface; it
/// has no undefined ones but weak references to libc's threads.
struct ObjectCode {
  std::vector<std::byte> bytes;
  NetInterface interface;
};

/// Readable forms of the same code.
enum class CodeText { LLVMIR, Assembly };

/// Reads the module attributes `kiln.interface`, `kiln.arena_bytes` and
/// `kiln.scratch_bytes`, which the kernels phase leaves:
///
///   kiln.interface = {name = "digits",
///                     inputs = [{name = "x", type = f32,
///                                shape = array<i64: 1, 1, 8, 8>}],
///                     outputs = [...]}
///   kiln.arena_bytes = 4096 : i64
///   kiln.scratch_bytes = 0 : i64
///
/// (`batched` beside a shape: it is one image's part of an open batch.)
/// Fails with K0501 where one is missing or malformed.
llvm::Expected<NetInterface> readNetInterface(mlir::ModuleOp module);

/// Adds the shapes that `other` serves to `net`. Fails with K0501 where the
/// two differ in more than shapes.
llvm::Error mergeNetInterface(NetInterface &net, const NetInterface &other);

/// Compiles modules as the kernels phase leaves them, one for each set of
/// shapes that the artifact is to serve: `kiln_main`, all in the LLVM dialect,
/// the constants' bytes in the attribute `kiln.constants`. Of several, the last
/// holds the constants of all, each module's region being the beginning of the
/// next one's. With several targets, best first, there are as many modules for
/// each, those of the first target first, in the same order of shapes; the
/// artifact runs the code for the first target that the CPU serves.
/// `numThreads` threads compile the kernels (0: one for each CPU of this
/// process); the same modules and target give the same bytes for any number of
/// them. Fails with K0500 on a target that is no ELF x86-64 or AArch64, with
/// K0501 on a module of another form.
llvm::Expected<ObjectCode> emitObject(llvm::ArrayRef<mlir::ModuleOp> modules,
                                      llvm::ArrayRef<TargetDescription> targets,
                                      unsigned numThreads = 0);

/// The optimised LLVM IR, or the assembly, of what `emitObject` encodes,
/// constants included; as one module, where that compiles kernels in parts.
llvm::Expected<std::string>
emitCodeText(llvm::ArrayRef<mlir::ModuleOp> modules,
             llvm::ArrayRef<TargetDescription> targets, CodeText form);

} // namespace kiln::cpu

#endif // KILN_CODEGEN_CPU_OBJECT_H
