//===- ShapeArithmetic.h - What importing computes of shapes ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_ONNX_SHAPEARITHMETIC_H
#define KILN_ONNX_SHAPEARITHMETIC_H

#include "kiln/Support/HostTensor.h"
#include "llvm/Support/Error.h"

#include <memory>
#include <string>
#include <vector>

namespace kiln {

/// A tensor that importing computed: of a shape, or of constants.
struct HostResult {
  std::string node, op;
  std::vector<std::string> inputs;
  std::string output;
  /// Without data where it is too large to be arithmetic on shapes.
  std::shared_ptr<const HostTensor> value;
};

/// What importing computed, in order, at one batch size.
using HostTrace = std::vector<HostResult>;

/// Checks that all that a net computes from its batch size N is a * N + b, so
/// that nets which agree at N = 1 and at N = `batch` agree at every N between:
/// a net that does one thing at N = 7 must not pass because nobody looked.
/// Fails with K0302 and the node that computes something else.
llvm::Error checkShapeArithmetic(const HostTrace &one, const HostTrace &several,
                                 int64_t batch);

} // namespace kiln

#endif // KILN_ONNX_SHAPEARITHMETIC_H
