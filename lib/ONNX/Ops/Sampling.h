//===- Sampling.h - Elements at computed coordinates ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// What GridSample, RoiAlign and DeformConv have in common: in the body of a
// linalg.generic, coordinates computed at run time become positions and weights
// of input elements. Whatever a coordinate is (NaN and infinity included), no
// position lies outside the input.
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_ONNX_OPS_SAMPLING_H
#define KILN_LIB_ONNX_OPS_SAMPLING_H

#include "NodeImporter.h"

namespace kiln::onnx_import {

/// Largest dimension that is sampled: every position is exact in f32.
inline constexpr int64_t kMaxSampledSize = int64_t{1} << 24;

/// Arithmetic on scalars of one float type.
class ScalarMath {
public:
  ScalarMath(mlir::OpBuilder &builder, mlir::Location loc, mlir::Type type)
      : builder(builder), loc(loc), type(type) {}

  mlir::Value number(double value);
  mlir::Value add(mlir::Value a, mlir::Value b);
  mlir::Value sub(mlir::Value a, mlir::Value b);
  mlir::Value mul(mlir::Value a, mlir::Value b);
  mlir::Value div(mlir::Value a, mlir::Value b);
  mlir::Value floor(mlir::Value x);
  mlir::Value compare(mlir::arith::CmpFPredicate predicate, mlir::Value a,
                      mlir::Value b);
  mlir::Value select(mlir::Value condition, mlir::Value a, mlir::Value b);
  /// i1: low <= x <= high; false for NaN.
  mlir::Value isWithin(mlir::Value x, double low, double high);
  /// `x` within [low, high]; NaN becomes `low`.
  mlir::Value clamp(mlir::Value x, double low, double high);
  /// A whole number `x` as an index in [0, size); `low` where it is NaN.
  mlir::Value toIndex(mlir::Value x, int64_t size);
  /// A value of any float or integer type, or an index, in this type.
  mlir::Value convert(mlir::Value x);

  mlir::OpBuilder &builder;
  mlir::Location loc;
  mlir::Type type;
};

/// f64 where one of the types is f64, else f32: coordinates of half precision
/// would miss elements.
mlir::Type arithmeticType(mlir::Type a, mlir::Type b);

/// An element that is read along one dimension. A null weight is 1.
struct Neighbour {
  mlir::Value index;
  mlir::Value weight;
};
using Neighbours = llvm::SmallVector<Neighbour, 4>;

enum class Interpolation { Nearest, Linear, Cubic };
/// What lies outside: zero, the border's element, or the input mirrored.
enum class Outside { Zeros, Border, Reflection };

struct SamplingMode {
  Interpolation interpolation = Interpolation::Linear;
  Outside outside = Outside::Zeros;
  /// Mirrored at the centres of the outermost elements, not at their outer
  /// edges.
  bool alignsCorners = false;
};

/// What is read at coordinate `x` (in elements) of a dimension of `size`, by
/// ONNX GridSample (opset 22).
Neighbours neighboursAt(ScalarMath &math, mlir::Value x, int64_t size,
                        SamplingMode mode);

/// The products of weight and element for all combinations of neighbours along
/// the last dimensions of `input`; `position` holds the indices before them. An
/// element of weight 0 takes no part, infinite or not.
llvm::SmallVector<mlir::Value>
weightedElements(ScalarMath &math, mlir::Value input,
                 llvm::ArrayRef<mlir::Value> position,
                 llvm::ArrayRef<Neighbours> axes);

/// Their sum.
mlir::Value interpolate(ScalarMath &math, mlir::Value input,
                        llvm::ArrayRef<mlir::Value> position,
                        llvm::ArrayRef<Neighbours> axes);

/// An error where a dimension of input 0 from `first` on is empty or too large
/// to be sampled, or where it is not of floats.
llvm::LogicalResult checkSampled(NodeImporter &node, int64_t first);

} // namespace kiln::onnx_import

#endif // KILN_LIB_ONNX_OPS_SAMPLING_H
