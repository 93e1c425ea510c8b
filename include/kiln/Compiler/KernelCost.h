//===- KernelCost.h - What each kernel of a net costs ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_COMPILER_KERNELCOST_H
#define KILN_COMPILER_KERNELCOST_H

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace kiln {

/// One kernel, in the order in which a run calls them.
struct KernelCost {
  std::string layer; ///< the ONNX node's name, not escaped; may be empty
  /// "convolution", "winograd", "depthwise", "strips" (a chain with a depthwise
  /// convolution), "pooling", "contraction", "elementwise", "reduction", ...
  std::string kind;
  int64_t bytes = 0; ///< of all operands, each once
  /// Multiplications and additions, as the layer's mathematics states them and
  /// as the kernel executes them; 0 where nobody counts them.
  int64_t nominalFlops = 0, executedFlops = 0;
  /// What the cost model expected; nothing where it had no say.
  std::optional<double> predictedCycles;

  /// By a kernel made for them: one that became a contraction, or a part of a
  /// chain of strips, is not told from what else such kernels compute.
  bool isConvolution() const {
    return kind == "convolution" || kind == "winograd" || kind == "depthwise";
  }
};

struct NetCosts {
  std::vector<KernelCost> kernels;
  int64_t constantBytes = 0; ///< of weights, packed
  /// Packed weights that were subnormal, and are zero.
  int64_t flushedWeights = 0;
};

} // namespace kiln

#endif // KILN_COMPILER_KERNELCOST_H
