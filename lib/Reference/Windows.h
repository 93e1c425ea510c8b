//===- Windows.h - Positions of sliding windows ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_REFERENCE_WINDOWS_H
#define KILN_LIB_REFERENCE_WINDOWS_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"

#include <cstdint>

namespace kiln::reference {

/// What marks a tap of a window that reads no input element.
inline constexpr int64_t kInPadding = -1;
inline constexpr int64_t kBeyondPadding = -2;

/// A window along one spatial dimension.
struct Window {
  int64_t input;
  int64_t output;
  int64_t kernel;
  int64_t stride;
  int64_t dilation;
  int64_t padLow;
  int64_t padHigh;

  /// The input coordinate that tap `k` reads for output coordinate `p`.
  int64_t source(int64_t p, int64_t k) const;
  /// The same for a transposed convolution: the input coordinate that adds to
  /// output `p` through tap `k`.
  int64_t transposedSource(int64_t p, int64_t k) const;
};

/// A window along each spatial dimension, in C order.
struct Windows {
  llvm::SmallVector<Window, 3> dims;
  bool isTransposed = false;

  int64_t taps() const;
  int64_t positions() const;
  int64_t inputSize() const;
  llvm::SmallVector<int64_t> outputShape() const;

  /// For the output positions [begin, begin + count): `offsets[tap * count +
  /// i]` is the offset inside one input channel, or one of the marks above.
  void sources(int64_t begin, int64_t count,
               llvm::SmallVectorImpl<int64_t> &offsets) const;
};

} // namespace kiln::reference

#endif // KILN_LIB_REFERENCE_WINDOWS_H
