//===- Window.h - Sizes of sliding windows ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// What convolution and pooling share: checks of the attributes that describe a
// sliding window, and the size of what it makes.
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_DIALECT_NN_IR_WINDOW_H
#define KILN_LIB_DIALECT_NN_IR_WINDOW_H

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Operation.h"
#include "mlir/IR/TypeRange.h"
#include "llvm/ADT/ArrayRef.h"

namespace kiln::nn {

/// Largest value of an attribute or dimension that describes a window, so that
/// the sizes computed from them fit 64 bits.
inline constexpr int64_t kMaxExtent = (int64_t{1} << 31) - 1;

/// Values of a window along one dimension; sizes and padding in elements.
struct WindowDim {
  int64_t size = 0;
  int64_t kernel = 1;
  int64_t stride = 1;
  int64_t dilation = 1;
  int64_t padLow = 0;
  int64_t padHigh = 0;
};

inline int64_t dilatedKernel(const WindowDim &d) {
  return d.dilation * (d.kernel - 1) + 1;
}

/// Size of a convolution's or pooling's result along a dimension of known
/// size; at most 0 when the dilated kernel does not fit.
int64_t windowResultSize(const WindowDim &dim, bool ceilMode);

/// True if every entry lies in [least, kMaxExtent].
bool allWithin(llvm::ArrayRef<int64_t> values, int64_t least);

/// Emits `message` (its constraint's label first) and the operands' types at
/// `loc`, where there is one, and fails.
llvm::LogicalResult constraintError(std::optional<mlir::Location> loc,
                                    const llvm::Twine &message,
                                    mlir::TypeRange operands);

} // namespace kiln::nn

#endif // KILN_LIB_DIALECT_NN_IR_WINDOW_H
