//===- GenericBuilder.h - Short ways to linalg.generic ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_CODEGEN_NNTOLINALG_GENERICBUILDER_H
#define KILN_LIB_CODEGEN_NNTOLINALG_GENERICBUILDER_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/Builders.h"

namespace kiln {

/// A tensor and the map from loops to its dimensions.
struct MappedTensor {
  mlir::Value value;
  mlir::AffineMap map;
};

/// Makes an element of the result from those of the inputs and, behind them,
/// the result's element so far.
using ElementFn = llvm::function_ref<mlir::Value(
    mlir::OpBuilder &, mlir::Location, mlir::ValueRange)>;

/// `linalg.generic` into `init`; loops that `init.map` does not use reduce.
mlir::Value buildGeneric(mlir::OpBuilder &builder, mlir::Location loc,
                         llvm::ArrayRef<MappedTensor> inputs, MappedTensor init,
                         ElementFn body);

/// The same over the dimensions of `type`, all parallel, into a new tensor.
mlir::Value buildParallel(mlir::OpBuilder &builder, mlir::Location loc,
                          mlir::RankedTensorType type,
                          llvm::ArrayRef<MappedTensor> inputs, ElementFn body);

mlir::Value createEmpty(mlir::OpBuilder &builder, mlir::Location loc,
                        mlir::RankedTensorType type);
/// A tensor of `type` filled with `value`.
mlir::Value createFilled(mlir::OpBuilder &builder, mlir::Location loc,
                         mlir::RankedTensorType type, double value);
mlir::Value createScalar(mlir::OpBuilder &builder, mlir::Location loc,
                         mlir::Type type, double value);

/// `input` [N, C, spatial...] in a tensor of spatial size `sizes` that holds
/// `value` elsewhere: `padLow` elements before it, the rest behind; what does
/// not fit is cut off. The input itself where nothing changes.
mlir::Value padSpatial(mlir::OpBuilder &builder, mlir::Location loc,
                       mlir::Value input, llvm::ArrayRef<int64_t> padLow,
                       llvm::ArrayRef<int64_t> sizes, double value);

/// A scalar float converted to `type`.
mlir::Value convertFloat(mlir::OpBuilder &builder, mlir::Location loc,
                         mlir::Value value, mlir::Type type);

/// Maximum of two elements, NaN if one is; -0 and +0 as they come.
mlir::Value buildMaximum(mlir::OpBuilder &builder, mlir::Location loc,
                         mlir::Value value, mlir::Value soFar);

/// One step of a sum whose order is free, so that it may run in vectors.
mlir::Value buildSum(mlir::OpBuilder &builder, mlir::Location loc,
                     mlir::Value soFar, mlir::Value value);

} // namespace kiln

#endif // KILN_LIB_CODEGEN_NNTOLINALG_GENERICBUILDER_H
