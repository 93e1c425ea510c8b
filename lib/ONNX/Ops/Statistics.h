//===- Statistics.h - Normalising by an input's own statistics ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_ONNX_OPS_STATISTICS_H
#define KILN_LIB_ONNX_OPS_STATISTICS_H

#include "Reductions.h"

namespace kiln::onnx_import {

/// All inputs must be floats of one element type, and not empty.
llvm::LogicalResult checkFloats(NodeImporter &node);

/// One operation per element of two operands that broadcast.
mlir::Value combine(NodeImporter &node, BinaryKind kind, mlir::Value lhs,
                    mlir::Value rhs);

/// Each element with `number` by `kind`.
mlir::Value combine(NodeImporter &node, BinaryKind kind, mlir::Value lhs,
                    double number);

/// Each element as a float of another width.
mlir::Value castFloats(NodeImporter &node, mlir::Value input, mlir::Type to);

/// The mean of `map` of each element; reduced dimensions stay with size 1.
mlir::Value meanOver(NodeImporter &node, mlir::Value input,
                     llvm::ArrayRef<int64_t> axes, BodyFn map);
mlir::Value meanSquareOver(NodeImporter &node, mlir::Value input,
                           llvm::ArrayRef<int64_t> axes);

struct Centred {
  mlir::Value result, mean;
};

/// input - mean
Centred centre(NodeImporter &node, mlir::Value input,
               llvm::ArrayRef<int64_t> axes);

struct Normalized {
  mlir::Value result, mean, deviation;
};

/// (input - mean) / sqrt(variance + epsilon), in two passes: the variance of
/// the centred values loses nothing to a large mean.
Normalized normalize(NodeImporter &node, mlir::Value input,
                     llvm::ArrayRef<int64_t> axes, double epsilon);

/// The types that attribute stash_type asks for.
struct StashTypes {
  mlir::FloatType stash; // of statistics that are outputs
  /// What statistics are computed in: the stash type, or a wider one where the
  /// input is wider or the stash type is no type of arithmetic.
  mlir::FloatType arithmetic;
};
llvm::FailureOr<StashTypes> readStashType(NodeImporter &node);

} // namespace kiln::onnx_import

#endif // KILN_LIB_ONNX_OPS_STATISTICS_H
