//===- NetBuilder.h - A net that grows step by step ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_TEST_RANDOMNETS_NETBUILDER_H
#define KILN_TEST_RANDOMNETS_NETBUILDER_H

#include "Builders.h"
#include "Random.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

namespace kiln::test {

using onnx_import::BinaryKind;
using onnx_import::createElementwise;
using onnx_import::createNumber;
using onnx_import::createReshape;
using onnx_import::createScalar;
using onnx_import::elementTypeOf;
using onnx_import::shapeOf;
using onnx_import::UnaryKind;

/// Holds the function that is being written and the pool of values that later
/// steps may use. Linalg and tensor operations are written by the importer's
/// own builders, so that nets have the forms that imported ones have.
class NetBuilder {
public:
  NetBuilder(mlir::MLIRContext &context, Random &random, mlir::Type type);

  mlir::OpBuilder builder;
  Random &random;
  /// Of most values; casts make others.
  mlir::Type elementType;

  /// NameLoc "<prefix>_<number>", as imported nodes have.
  mlir::Location name(llvm::StringRef prefix);

  mlir::Value addInput(llvm::ArrayRef<int64_t> shape, mlir::Type type);

  /// Puts a value into the pool; gives it back.
  mlir::Value add(mlir::Value value);

  /// A value of the pool that `fits`: mostly the newest one, at times an older
  /// one, which then has several users. Null where none fits.
  mlir::Value source(llvm::function_ref<bool(mlir::Value)> fits);
  /// Any value; there is always one, the net's input.
  mlir::Value source();
  /// A value of rank 3 to 5: [N, C, spatial...] to the nn dialect.
  mlir::Value spatialSource();
  llvm::ArrayRef<mlir::Value> values() const { return pool; }

  /// Uniform in [low, high), rounded to the type.
  mlir::Value constant(llvm::ArrayRef<int64_t> shape, double low, double high,
                       mlir::Type type);
  mlir::Value constant(llvm::ArrayRef<int64_t> shape,
                       llvm::ArrayRef<double> values, mlir::Type type);

  /// Elementwise `linalg.generic`; operands are broadcast to the first one's
  /// shape, whose element type the result has.
  mlir::Value elementwise(llvm::StringRef prefix, mlir::ValueRange inputs,
                          onnx_import::BodyFn body);
  mlir::Value binary(BinaryKind kind, mlir::Value a, mlir::Value b);

  /// Returns what no operation uses, and at times a value that has users.
  mlir::OwningOpRef<mlir::ModuleOp> finish();

private:
  void setTypes(llvm::ArrayRef<mlir::Value> outputs);

  mlir::OwningOpRef<mlir::ModuleOp> module;
  mlir::func::FuncOp func;
  llvm::SmallVector<mlir::Value> pool;
  int64_t names = 0;
};

/// Half precision: f16 or bf16.
bool isNarrow(mlir::Type type);

/// Elements of a shape.
int64_t sizeOf(llvm::ArrayRef<int64_t> shape);

/// A random divisor of `number`.
int64_t divisorOf(Random &random, int64_t number);

} // namespace kiln::test

#endif // KILN_TEST_RANDOMNETS_NETBUILDER_H
