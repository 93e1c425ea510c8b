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

/// Arithmetic is on signless integers, tensors say in their type whether
/// theirs are unsigned: a tensor.bitcast lies between. Others stay as they are.
mlir::Value toSignless(mlir::OpBuilder &builder, mlir::Location loc,
                       mlir::Value tensor);
mlir::Value toElementType(mlir::OpBuilder &builder, mlir::Location loc,
                          mlir::Value tensor, mlir::Type elementType);
/// `type` without its sign; the same for other types.
mlir::Type signlessType(mlir::Type type);

/// linalg.generic over `shape`; each input is broadcast to it. The body works
/// on signless integers, the result is of `elementType`.
mlir::Value createElementwise(mlir::OpBuilder &builder, mlir::Location loc,
                              llvm::ArrayRef<int64_t> shape,
                              mlir::Type elementType, mlir::ValueRange inputs,
                              BodyFn body);

/// Copies `input` to the larger shape.
mlir::Value createBroadcast(mlir::OpBuilder &builder, mlir::Location loc,
                            mlir::Value input, llvm::ArrayRef<int64_t> shape);

/// True if createScalar has the operation for tensors of this element type.
bool hasScalar(UnaryKind kind, mlir::Type type);
bool hasScalar(BinaryKind kind, mlir::Type type);

/// One operation per element, on floats, signless integers or i1; null where
/// the kind is not defined for the type. Integers wrap; a division by zero
/// gives 0, and so does 0 to a negative power.
mlir::Value createScalar(mlir::OpBuilder &builder, mlir::Location loc,
                         UnaryKind kind, mlir::Value operand,
                         bool isUnsigned = false);
mlir::Value createScalar(mlir::OpBuilder &builder, mlir::Location loc,
                         BinaryKind kind, mlir::Value lhs, mlir::Value rhs,
                         bool isUnsigned = false);
/// The same for integers of two bits or more, in IntegerBuilders.cpp.
mlir::Value createInteger(mlir::OpBuilder &builder, mlir::Location loc,
                          UnaryKind kind, mlir::Value operand, bool isUnsigned);
mlir::Value createInteger(mlir::OpBuilder &builder, mlir::Location loc,
                          BinaryKind kind, mlir::Value lhs, mlir::Value rhs,
                          bool isUnsigned);

/// Casts between floats, integers and bool. `to` may be unsigned (the result is
/// signless), `isUnsigned` says so of the operand. Floats become integers
/// towards zero, drawn to the nearest one that the type has; NaN becomes 0.
/// Integers keep their low bits.
mlir::Value createCast(mlir::OpBuilder &builder, mlir::Location loc,
                       mlir::Value operand, mlir::Type to,
                       bool isUnsigned = false);
/// The same for each element of a tensor.
mlir::Value createTensorCast(mlir::OpBuilder &builder, mlir::Location loc,
                             mlir::Value tensor, mlir::Type to);

/// arith.constant of a scalar float, index or integer (signless, whatever
/// `type`).
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

/// Folds the dimensions of the sorted list `axes` away by `kind` (Add, Mul, Max
/// or Min; of bool And or Or) from its identity; `map` is applied to each
/// element first.
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

/// The position along a dimension of `size` (1 or more) entries that an index
/// of i32 or i64 says: negative ones count from the end, those outside are
/// drawn to the first or last entry.
mlir::Value createPosition(mlir::OpBuilder &builder, mlir::Location loc,
                           mlir::Value index, int64_t size);

/// Entries of dimension `axis` by a tensor of indices, whose shape takes the
/// place of the dimension.
mlir::Value createGather(mlir::OpBuilder &builder, mlir::Location loc,
                         mlir::Value input, int64_t axis, mlir::Value indices);

/// tensor.pad with one value; low and high are not negative.
mlir::Value createPad(mlir::OpBuilder &builder, mlir::Location loc,
                      mlir::Value input, llvm::ArrayRef<int64_t> low,
                      llvm::ArrayRef<int64_t> high, double value);

/// linalg.matmul of rank 2, or linalg.batch_matmul of rank 3.
mlir::Value createMatmul(mlir::OpBuilder &builder, mlir::Location loc,
                         mlir::Value lhs, mlir::Value rhs);

} // namespace kiln::onnx_import

#endif // KILN_LIB_ONNX_BUILDERS_H
