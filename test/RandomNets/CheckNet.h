//===- CheckNet.h - Compiles, runs and compares one net ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_TEST_RANDOMNETS_CHECKNET_H
#define KILN_TEST_RANDOMNETS_CHECKNET_H

#include "Expectation.h"
#include "kiln/Compiler/Compiler.h"

#include <string>

namespace kiln::test {

struct CheckOptions {
  /// False compiles with every BN unfolded.
  bool fold = true;
  /// Of the target beside the CPU's own: "-avx512f".
  std::string features;
};

struct Verdict {
  /// What fails, in words that stay the same while a net is reduced: "compile
  /// K0500", "compiled code differs". Empty where nothing does.
  std::string failure;
  /// The error in full, or the numbers that differ.
  std::string details;
  /// The greatest error of compiled code in deviations (Expectation.h).
  double worst = 0;
};

/// Takes the net in `path` (IR as it stands after import) all the way, and
/// compares three times with what is expected: the folded net and the fused one
/// by the interpreter, which tells a wrong fold from wrong code, and then the
/// compiled one.
Verdict checkNet(Session &session, const std::string &path,
                 const Expectation &expectation, const CheckOptions &options);

} // namespace kiln::test

#endif // KILN_TEST_RANDOMNETS_CHECKNET_H
