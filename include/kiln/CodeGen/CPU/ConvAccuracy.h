//===- ConvAccuracy.h - How exact convolutions are ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_CODEGEN_CPU_CONVACCURACY_H
#define KILN_CODEGEN_CPU_CONVACCURACY_H

namespace kiln::cpu {

/// How far a convolution may be from the exact result, as a multiple of what
/// summing its products in the order of the weights, in the element type,
/// would be.
enum class ConvAccuracy {
  Direct, ///< once: no other sum
  Strict, ///< at most twice
  Fast,   ///< at most ten times, and 1e-4 of the output's largest magnitude
};

} // namespace kiln::cpu

#endif // KILN_CODEGEN_CPU_CONVACCURACY_H
