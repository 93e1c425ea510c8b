//===- TargetDescription.h - The CPU that code is made for ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_CODEGEN_CPU_TARGETDESCRIPTION_H
#define KILN_CODEGEN_CPU_TARGETDESCRIPTION_H

#include <string>

namespace kiln::cpu {

/// Plain data, filled once by the session; each stage reads it.
struct TargetDescription {
  /// "x86_64-unknown-linux-gnu".
  std::string triple;
  /// LLVM's name: "znver4", "x86-64-v3".
  std::string cpu;
  /// LLVM's form: "+avx2,-avx512f"; may be empty.
  std::string features;
  /// Width of a vector register in bits.
  unsigned vectorBits = 128;
  unsigned numVectorRegisters = 16;
  /// 0 to 3, as clang's -O.
  unsigned optLevel = 3;
};

} // namespace kiln::cpu

#endif // KILN_CODEGEN_CPU_TARGETDESCRIPTION_H
