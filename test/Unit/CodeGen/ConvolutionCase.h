//===- ConvolutionCase.h - A convolution to compile and compare ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_TEST_UNIT_CODEGEN_CONVOLUTIONCASE_H
#define KILN_TEST_UNIT_CODEGEN_CONVOLUTIONCASE_H

#include "CompiledNet.h"

namespace kiln::test {

/// dense<...> of that shape, with numbers that `seed` chooses.
std::string denseText(const std::vector<int64_t> &shape, int64_t seed);
/// tensor<...xf32>
std::string typeText(const std::vector<int64_t> &shape);
/// array<i64: ...>
std::string arrayText(const std::vector<int64_t> &values);

/// A net of one convolution, with what is fused to it; weights and inputs are
/// numbers that no two neighbours share.
struct Conv {
  int64_t batch = 1, groups = 1, in = 1, out = 1; // channels of a group
  std::vector<int64_t> size, kernel, strides, dilations, low, high;
  std::vector<int64_t> extra = {};
  bool transposed = false, bias = true, fused = true, prologue = false;
  std::string activation = "nn.leaky_relu %2 {alpha = 0.25 : f64}";

  std::vector<int64_t> inputShape() const;
  std::vector<int64_t> outputShape() const;
  bool isValid() const;
  std::string text() const;
  /// Expects compiled code and interpreter to agree.
  void check() const;

private:
  std::string prologueText(const std::string &x) const;
};

} // namespace kiln::test

#endif // KILN_TEST_UNIT_CODEGEN_CONVOLUTIONCASE_H
