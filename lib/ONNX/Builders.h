//===- Builders.h - Building what upstream dialects say ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// The one place that writes linalg and tensor operations for imported nodes.
// Shapes are static; callers have checked that they fit.
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_ONNX_BUILDERS_H
#define KILN_LIB_ONNX_BUILDERS_H

#include "HostOps.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"

namespace kiln::onnx_import {

using BodyFn = llvm::function_ref<mlir::Value(mlir::OpBuilder &, mlir::Location,
                                              mlir::ValueRange)>;

llvm::ArrayRef<int64_t> shapeOf(mlir::Value value);
mlir::Type elementTypeOf(mlir::Value value);

/// linalg.generic over `shape`; each input is broadcast to it.
mlir::Value createElementwise(mlir::OpBuilder &builder, mlir::Location loc,
                              llvm::ArrayRef<int64_t> shape,
                              mlir::Type elementType, mlir::ValueRange inputs,
                              BodyFn body);

/// Copies `input` to the larger shape.
mlir::Value createBroadcast(mlir::OpBuilder &builder, mlir::Location loc,
                            mlir::Value input, llvm::ArrayRef<int64_t> shape);

/// One operation per element, on floats, signless integers or i1; null where
/// the kind is not defined for the type.
mlir::Value createScalar(mlir::OpBuilder &builder, mlir::Location loc,
                         UnaryKind kind, mlir::Value operand);
mlir::Value createScalar(mlir::OpBuilder &builder, mlir::Location loc,
                         BinaryKind kind, mlir::Value lhs, mlir::Value rhs);

/// Casts between floats, from signless integers and bool, and from floats to
/// both; ONNX rounds floats to integers towards zero.
mlir::Value createCast(mlir::OpBuilder &builder, mlir::Location loc,
                       mlir::Value operand, mlir::Type to);

/// arith.constant of a scalar float or integer.
mlir::Value createNumber(mlir::OpBuilder &builder, mlir::Location loc,
                         mlir::Type type, double value);

/// tensor.empty, and one filled with a number.
mlir::Value createEmpty(mlir::OpBuilder &builder, mlir::Location loc,
                        llvm::ArrayRef<int64_t> shape, mlir::Type elementType);
mlir::Value createFilled(mlir::OpBuilder &builder, mlir::Location loc,
                         llvm::ArrayRef<int64_t> shape, mlir::Type type,
                         double value);

/// Reshape by collapsing and expanding; element counts agree.
mlir::Value createReshape(mlir::OpBuilder &builder, mlir::Location loc,
                          mlir::Value input, llvm::ArrayRef<int64_t> shape);

mlir::Value createTranspose(mlir::OpBuilder &builder, mlir::Location loc,
                            mlir::Value input,
                            llvm::ArrayRef<int64_t> permutation);

/// Folds the dimensions of the sorted list `axes` away by `kind` (Add, Mul,
/// Max or Min) from its identity; `map` is applied to each element first.
mlir::Value createReduction(mlir::OpBuilder &builder, mlir::Location loc,
                            mlir::Value input, llvm::ArrayRef<int64_t> axes,
                            BinaryKind kind, BodyFn map);

/// tensor.extract_slice; strides are positive.
mlir::Value createSlice(mlir::OpBuilder &builder, mlir::Location loc,
                        mlir::Value input, llvm::ArrayRef<int64_t> offsets,
                        llvm::ArrayRef<int64_t> sizes,
                        llvm::ArrayRef<int64_t> strides);

/// Entries of dimension `axis` by constant indices, each in range.
mlir::Value createTake(mlir::OpBuilder &builder, mlir::Location loc,
                       mlir::Value input, int64_t axis,
                       llvm::ArrayRef<int64_t> indices);

/// tensor.pad with one value; low and high are not negative.
mlir::Value createPad(mlir::OpBuilder &builder, mlir::Location loc,
                      mlir::Value input, llvm::ArrayRef<int64_t> low,
                      llvm::ArrayRef<int64_t> high, double value);

/// linalg.matmul of rank 2, or linalg.batch_matmul of rank 3.
mlir::Value createMatmul(mlir::OpBuilder &builder, mlir::Location loc,
                         mlir::Value lhs, mlir::Value rhs);

} // namespace kiln::onnx_import

#endif // KILN_LIB_ONNX_BUILDERS_H
