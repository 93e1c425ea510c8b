//===- FmaPeak.h - How much arithmetic a core can do ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_COMPILER_FMAPEAK_H
#define KILN_COMPILER_FMAPEAK_H

#include "kiln/Compiler/Options.h"
#include "kiln/Support/Result.h"

namespace kiln {

/// FLOP per second of one core in f32 (a fused multiplication and addition
/// counts two), measured now in the calling thread with the vectors and
/// instructions of `target`: chains of FMAs in registers, enough of them to
/// hide their latency. The best of several slices, some 20 ms in all. Fails
/// with K0500 where this CPU does not run the target's code.
Result<double> measureFmaPeak(const TargetOptions &target);

} // namespace kiln

#endif // KILN_COMPILER_FMAPEAK_H
