//===- Expectation.h - What a net must compute, and how nearly ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Every result of compiled code is rounded, so that a comparison needs a
// tolerance, and one number for all nets would be too loose for most and too
// tight for some. Here it is measured on the net itself. The interpreter, which
// works in f64, runs the net several times; each time, every element x of the
// inputs and of each operation's result is moved by a random part of
//
//   u * (|x| + rms),   u the unit roundoff of the IR's element type,
//                      rms the root mean square of the tensor,
//
// which is what one rounding of it, or of the terms that it is a sum of, can
// do. The deviation of an output is the furthest that any of its elements moved
// in any of these runs. It grows with the net's depth and with every
// subtraction or division that amplifies errors, as the errors of compiled code
// do. Operations that only move data do not round, and are left alone.
//
// A correct compiler may differ more than the samples did: folding rounds other
// weights, one operation may round several times inside, and a sum of k terms
// rounds k times, which adds up as the square root of k does. kAllowance
// deviations are granted for that: the most that 2,000 nets have needed is 5.6,
// where a convolution sums 400 terms, and a wrong index costs thousands. The
// tool prints what its nets needed.
//===----------------------------------------------------------------------===//

#ifndef KILN_TEST_RANDOMNETS_EXPECTATION_H
#define KILN_TEST_RANDOMNETS_EXPECTATION_H

#include "kiln/Reference/Tensor.h"
#include "kiln/Support/HostTensor.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include <string>
#include <vector>

namespace kiln::test {

/// Deviations that compiled code may be off.
inline constexpr double kAllowance = 10;

struct Expectation {
  std::vector<HostTensor> inputs;
  /// By the interpreter, on the net as it stands.
  std::vector<reference::Tensor> outputs;
  /// One for each output.
  std::vector<double> deviations;
  /// Why a comparison on this net would prove little: a value that is not
  /// finite or near its type's range, an output that is the same everywhere,
  /// or a tolerance that is not small beside the output. Empty for a fit net.
  std::string objection;
};

/// Fails, with a diagnostic, where the interpreter does.
mlir::FailureOr<Expectation> expect(mlir::func::FuncOp net);

/// The greatest error of `actual` in deviations of output `index`; infinity for
/// another shape and for NaN.
double errorInDeviations(const Expectation &expectation, size_t index,
                         const HostTensor &actual);

} // namespace kiln::test

#endif // KILN_TEST_RANDOMNETS_EXPECTATION_H
