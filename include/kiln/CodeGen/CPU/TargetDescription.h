//===- TargetDescription.h - What code is generated for ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_CODEGEN_CPU_TARGETDESCRIPTION_H
#define KILN_CODEGEN_CPU_TARGETDESCRIPTION_H

#include "llvm/Support/Error.h"

#include <cstdint>
#include <string>
#include <vector>

namespace kiln::cpu {

/// A processor, as the choice of kernels and LLVM's code generator see it.
struct TargetDescription {
  /// LLVM's target triple, normalised.
  std::string triple;
  /// LLVM's name of the processor ("znver4", "x86-64-v3").
  std::string cpu;
  /// Further features for LLVM's subtarget ("+avx2,-fma"); may be empty.
  std::string features;
  /// Width of the widest vector registers that kernels use.
  unsigned vectorBits = 128;
  /// How many vector registers there are.
  unsigned numVectorRegisters = 16;
  /// Vector multiply-adds and loads that are started a cycle, and cycles until
  /// the result of the former: those of the processors of the last ten years.
  unsigned fmasPerCycle = 2, loadsPerCycle = 2, fmaLatency = 4;
  /// Sizes of the first two levels of a core's data cache.
  unsigned l1Bytes = 32 << 10, l2Bytes = 1 << 20;
  /// Weights are to be packed alike whatever a layer's shape: several sets of
  /// shapes share them.
  bool sharesWeights = false;
  /// 0 to 3, as in -O3.
  unsigned optLevel = 3;

  /// Elements of `bitWidth` bits in a vector register.
  int64_t lanes(unsigned bitWidth) const { return vectorBits / bitWidth; }
  /// A multiply-add takes an element for all lanes: AVX-512's one in memory,
  /// NEON's one of a register. Else the broadcast needs a register of its own.
  bool embedsBroadcasts() const { return numVectorRegisters >= 32; }
};

/// Describes a processor by LLVM's subtarget features. An empty triple means
/// the host's; an empty or "native" `cpu` the host's processor with its
/// features where the triple's architecture is the host's, else LLVM's generic
/// one. Fails with K0500 on a triple or processor that LLVM does not know.
llvm::Expected<TargetDescription> describeTarget(llvm::StringRef triple = "",
                                                 llvm::StringRef cpu = "",
                                                 llvm::StringRef features = "",
                                                 unsigned optLevel = 3);

/// All that an artifact carries code for, best first: what `describeTarget`
/// says, but for x86-64 with `cpu` "generic", which stands for x86-64-v4 and
/// x86-64-v3. They differ in nothing that says how data lies in memory.
llvm::Expected<std::vector<TargetDescription>>
describeTargets(llvm::StringRef triple, llvm::StringRef cpu,
                llvm::StringRef features, unsigned optLevel);

} // namespace kiln::cpu

#endif // KILN_CODEGEN_CPU_TARGETDESCRIPTION_H
