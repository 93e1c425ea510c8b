//===- WindowCase.h - A window to compile and compare ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_TEST_UNIT_CODEGEN_WINDOWCASE_H
#define KILN_TEST_UNIT_CODEGEN_WINDOWCASE_H

#include "CompiledNet.h"

#include <random>

namespace kiln::test {

/// This machine, and it without its wider vectors and half of its registers.
cpu::TargetDescription wideTarget();
cpu::TargetDescription narrowTarget();

/// A net of one depthwise convolution or pooling over two dimensions.
struct WindowCase {
  enum Kind { Depthwise, MaxPool, AveragePool, GlobalMax, GlobalAverage };
  Kind kind = Depthwise;
  int64_t batch = 1, channels = 1;
  std::vector<int64_t> size, kernel, strides{1, 1}, dilations{1, 1}, low{0, 0},
      high{0, 0};
  bool ceilMode = false, countsPadding = false;
  /// Of a convolution: with a bias, and with a residual and an activation, or
  /// one that calls a mathematical function, fused to it.
  bool bias = true, fused = false, calls = false;

  /// A net that the constraints of its operation allow.
  static WindowCase random(std::mt19937 &generator, Kind kind);

  std::string text() const;
  std::vector<Tensor> inputs() const;
  /// Expects the code of cpu.window and the interpreter to agree on inputs(),
  /// for wide and for narrow vectors.
  void check() const;
  /// The same for `target` alone and other inputs.
  void check(const cpu::TargetDescription &target,
             const std::vector<Tensor> &values) const;

private:
  std::vector<int64_t> inputShape() const;
  std::vector<int64_t> outputShape() const;
  bool isValid() const;
  std::string operation() const;
};

} // namespace kiln::test

#endif // KILN_TEST_UNIT_CODEGEN_WINDOWCASE_H
