//===- IndexMath.h - Arithmetic on positions ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_CODEGEN_CPU_KERNELS_INDEXMATH_H
#define KILN_LIB_CODEGEN_CPU_KERNELS_INDEXMATH_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

namespace kiln::cpu {

/// Makes operations on `index` values at the builder's position, or constants
/// where the operands are.
class IndexMath {
public:
  IndexMath(mlir::OpBuilder &builder, mlir::Location loc)
      : builder(builder), loc(loc) {}

  mlir::Value constant(int64_t value) const {
    return mlir::arith::ConstantIndexOp::create(builder, loc, value);
  }
  mlir::Value add(mlir::Value a, mlir::Value b) const {
    return builder.createOrFold<mlir::arith::AddIOp>(loc, a, b);
  }
  mlir::Value add(mlir::Value a, int64_t b) const {
    return b == 0 ? a : add(a, constant(b));
  }
  mlir::Value sub(mlir::Value a, mlir::Value b) const {
    return builder.createOrFold<mlir::arith::SubIOp>(loc, a, b);
  }
  mlir::Value mul(mlir::Value a, int64_t b) const {
    return b == 1
               ? a
               : builder.createOrFold<mlir::arith::MulIOp>(loc, a, constant(b));
  }
  mlir::Value mul(mlir::Value a, mlir::Value b) const {
    return builder.createOrFold<mlir::arith::MulIOp>(loc, a, b);
  }
  /// Of a value that is not negative.
  mlir::Value div(mlir::Value a, int64_t b) const {
    return builder.createOrFold<mlir::arith::DivUIOp>(loc, a, constant(b));
  }
  mlir::Value rem(mlir::Value a, int64_t b) const {
    return builder.createOrFold<mlir::arith::RemUIOp>(loc, a, constant(b));
  }
  mlir::Value min(mlir::Value a, int64_t b) const {
    return builder.createOrFold<mlir::arith::MinSIOp>(loc, a, constant(b));
  }
  mlir::Value max(mlir::Value a, int64_t b) const {
    return builder.createOrFold<mlir::arith::MaxSIOp>(loc, a, constant(b));
  }
  /// `a + b * c`.
  mlir::Value multiplyAdd(mlir::Value a, mlir::Value b, int64_t c) const {
    return c == 0 ? a : add(a, mul(b, c));
  }

private:
  mlir::OpBuilder &builder;
  mlir::Location loc;
};

} // namespace kiln::cpu

#endif // KILN_LIB_CODEGEN_CPU_KERNELS_INDEXMATH_H
