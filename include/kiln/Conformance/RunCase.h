//===- RunCase.h - Running one conformance case ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_CONFORMANCE_RUNCASE_H
#define KILN_CONFORMANCE_RUNCASE_H

#include "kiln/Conformance/CaseList.h"
#include "kiln/Support/HostTensor.h"

#include <optional>
#include <string>

namespace kiln::conformance {

enum class Outcome {
  Passed,  ///< every output of every data set agrees
  Refused, ///< the compiler says that it does not take the net
  Failed,  ///< any other error, or wrong numbers
};

struct CaseResult {
  Outcome outcome = Outcome::Failed;
  Error error; ///< of a refusal or failure
};

/// Imports `dataFolder`/`entry.folder`/model.onnx with its bound inputs as
/// constants, compiles it, and runs the code on each test_data_set_N. Each
/// output must agree with the case's own, at the tolerance of ONNX's backend
/// test, and with the reference interpreter on the imported net.
CaseResult runCase(const std::string &dataFolder, const Case &entry);

/// How far a result may be from what is expected, element by element:
/// |actual - expected| <= atol + rtol * |expected| + scaled * max |expected|.
/// Two NaN agree, and equal infinities. Integers and bools are exact.
struct Tolerance {
  double rtol;
  double atol;
  double scaled;
};

/// ONNX's backend test: 1e-3 relative, 1e-7 absolute.
inline constexpr Tolerance kBackendTolerance = {1e-3, 1e-7, 0};

/// Against the interpreter, whose result has been rounded to `type` once.
Tolerance interpreterTolerance(ElementType type);

/// What is wrong with `actual`; nothing where it agrees with `expected`.
std::optional<std::string> compareOutput(const HostTensor &actual,
                                         const HostTensor &expected,
                                         const Tolerance &tolerance);

} // namespace kiln::conformance

#endif // KILN_CONFORMANCE_RUNCASE_H
