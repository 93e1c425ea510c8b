//===- Constants.h - Reading and making constant tensors ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_DIALECT_NN_UTILS_CONSTANTS_H
#define KILN_DIALECT_NN_UTILS_CONSTANTS_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Value.h"

#include <optional>

namespace mlir {
class AsmResourceBlob;
} // namespace mlir

namespace kiln::nn {

/// The elements attribute behind `value` if it is an `arith.constant` tensor,
/// else null.
mlir::ElementsAttr getConstant(mlir::Value value);

/// The elements of a constant in C order, widened to f64 (integers exactly up
/// to 2^53). Nothing if `value` is not a constant tensor of a float or integer
/// type, or its resource has no data.
std::optional<llvm::SmallVector<double>> readAsF64(mlir::Value value);
std::optional<llvm::SmallVector<double>> readAsF64(mlir::Attribute attr);

/// The bytes of a constant in C order, little-endian; splats are expanded
/// into `storage`. Nothing where there are none.
std::optional<llvm::ArrayRef<char>>
rawBytes(mlir::ElementsAttr attr, llvm::SmallVectorImpl<char> &storage);

/// Elements attribute of `type` (f16, bf16, f32, f64 or integer) with each
/// value rounded once, to nearest, ties to even. Large tensors become
/// `dense_resource` blobs, which can be released; small ones are inline.
mlir::ElementsAttr makeElements(mlir::RankedTensorType type,
                                llvm::ArrayRef<double> values);

/// As above from raw bytes in C order, little-endian, of the type's exact
/// length. `name` is a hint for the resource's key.
mlir::ElementsAttr makeElementsFromBytes(mlir::RankedTensorType type,
                                         llvm::ArrayRef<char> bytes,
                                         llvm::StringRef name = "constant");

/// As above from memory that the attribute takes over where the tensor is
/// large, so that no weight is held twice. Elements are naturally aligned.
mlir::ElementsAttr adoptElements(mlir::RankedTensorType type,
                                 mlir::AsmResourceBlob blob,
                                 llvm::StringRef name = "constant");

/// `arith.constant` of makeElements.
mlir::Value createConstant(mlir::OpBuilder &builder, mlir::Location location,
                           mlir::RankedTensorType type,
                           llvm::ArrayRef<double> values);

/// Rounds to the element type and back to f64.
double roundToType(double value, mlir::Type elementType);

/// True if `value` is finite and rounds to a finite value of the type.
bool fitsType(double value, mlir::Type elementType);

/// Unit roundoff u of a float type: 2^-24 for f32.
double unitRoundoff(mlir::Type elementType);

/// Smallest positive (subnormal) value of a float type: 2^-149 for f32.
double smallestSubnormal(mlir::Type elementType);

} // namespace kiln::nn

#endif // KILN_DIALECT_NN_UTILS_CONSTANTS_H
