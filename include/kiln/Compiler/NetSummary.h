//===- NetSummary.h - What a net is made of ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_COMPILER_NETSUMMARY_H
#define KILN_COMPILER_NETSUMMARY_H

#include "kiln/Support/NetInterface.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace kiln {

/// All operations of one kind.
struct OpCount {
  std::string name;
  int64_t count = 0;
  /// Multiplications and additions, each counted; convolutions, linear layers
  /// and matrix products alone.
  int64_t flops = 0;
};

struct Range {
  double least = 0;
  double greatest = 0;
};

/// A batch normalisation as the net stands; ranges only of constants.
struct BatchNormInfo {
  std::string name;
  bool isTraining = false;
  bool tracksStatistics = false;
  int64_t channels = 0;
  double epsilon = 0;
  std::optional<Range> variance;
  std::optional<Range> scale;
};

/// One operation of the net, in order.
struct LayerInfo {
  std::string name; ///< of its node; empty where it has none
  std::string op;
  std::vector<int64_t> shape; ///< of its first result; -1 for an open dimension
  int64_t parameters = 0;     ///< elements of its constant operands
  int64_t flops = 0;          ///< as in OpCount
};

struct NetSummary {
  std::string name;
  std::vector<TensorInterface> inputs;
  std::vector<TensorInterface> outputs;
  std::vector<OpCount> ops; ///< most frequent first
  std::vector<LayerInfo> layers;
  std::vector<BatchNormInfo> batchNorms;
  int64_t parameterCount = 0; ///< elements of all floating-point constants
  int64_t parameterBytes = 0;
  int64_t flops = 0;
};

} // namespace kiln

#endif // KILN_COMPILER_NETSUMMARY_H
