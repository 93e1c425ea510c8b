//===- HostOps.h - Operations on tensors known at import ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Shapes are static, so the shape arithmetic of a file (Shape, Gather, Concat
// and what follows) and operations on weights are done here, once.
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_ONNX_HOSTOPS_H
#define KILN_LIB_ONNX_HOSTOPS_H

#include "kiln/Support/HostTensor.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"

#include <optional>

namespace kiln::onnx_import {

enum class UnaryKind {
  Abs,
  Acos,
  Acosh,
  Asin,
  Asinh,
  Atan,
  Atanh,
  BitwiseNot,
  Ceil,
  Cos,
  Cosh,
  Erf,
  Exp,
  Floor,
  Log,
  Neg,
  Not,
  Reciprocal,
  Round,
  Sign,
  Sin,
  Sinh,
  Sqrt,
  Tan,
};

enum class BinaryKind {
  Add,
  And,
  BitwiseAnd,
  BitwiseOr,
  BitwiseXor,
  Div,
  Equal,
  Fmod, // with the sign of the dividend
  Greater,
  GreaterOrEqual,
  Less,
  LessOrEqual,
  Max,
  Min,
  Mod, // of integers, with the sign of the divisor
  Mul,
  Or,
  Pow,
  Sub,
  Xor,
};

/// True for the kinds whose result is bool.
bool isComparison(BinaryKind kind);
/// True for kinds that take and give bool.
bool isLogical(BinaryKind kind);

/// C-order strides in elements.
llvm::SmallVector<int64_t> stridesOf(llvm::ArrayRef<int64_t> shape);

/// The shape that numpy's broadcasting gives, or nothing.
std::optional<llvm::SmallVector<int64_t>>
broadcastShapes(llvm::ArrayRef<int64_t> a, llvm::ArrayRef<int64_t> b);

/// result[i...] = source[offset + sum of i * stride]; every index that occurs
/// must lie in the source. Transposes, slices and broadcasts are such copies.
HostTensor copyStrided(const HostTensor &source, llvm::ArrayRef<int64_t> shape,
                       llvm::ArrayRef<int64_t> strides, int64_t offset = 0);

HostTensor reshapeHost(const HostTensor &source, llvm::ArrayRef<int64_t> shape);
HostTensor transposeHost(const HostTensor &source,
                         llvm::ArrayRef<int64_t> permutation);
/// `shape` must be what broadcasting gives.
HostTensor broadcastHost(const HostTensor &source,
                         llvm::ArrayRef<int64_t> shape);
/// Takes entries of dimension `axis`; each index must be in range.
HostTensor takeHost(const HostTensor &source, int64_t axis,
                    llvm::ArrayRef<int64_t> indices);
/// All but dimension `axis` must agree.
HostTensor concatHost(llvm::ArrayRef<const HostTensor *> sources, int64_t axis);
HostTensor castHost(const HostTensor &source, ElementType type);

/// The elements of an integer or bool tensor, or nothing for other types or
/// unsigned values beyond int64.
std::optional<llvm::SmallVector<int64_t>> readInts(const HostTensor &tensor);

/// Elementwise, rounding once to the element type; integers wrap. Nothing
/// where the kind is not defined for the type, or an integer is divided by
/// zero. Operands of a binary operation have one type and fit.
std::optional<HostTensor> evaluate(UnaryKind kind, const HostTensor &source);
std::optional<HostTensor> evaluate(BinaryKind kind, const HostTensor &lhs,
                                   const HostTensor &rhs);

bool isFloat(ElementType type);

} // namespace kiln::onnx_import

#endif // KILN_LIB_ONNX_HOSTOPS_H
