//===- PoolingOps.cpp - Pooling from ONNX ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "WindowReduction.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"

#include <cmath>
#include <limits>

using namespace mlir;

namespace kiln::onnx_import {

template <typename Properties>
static FailureOr<Properties> poolProperties(NodeImporter &node) {
  if (node.rank(0) < 3)
    return node.error(ErrorCode::BadShape)
           << "input " << shapeText(node.shape(0))
           << " must have rank 3 or more";
  ArrayRef<int64_t> kernel = node.getInts("kernel_shape");
  FailureOr<WindowAttributes> window =
      readWindow(node, node.shape(0).drop_front(2), kernel);
  if (failed(window))
    return failure();
  Builder &b = node.builder();
  Properties properties;
  properties.kernel = b.getDenseI64ArrayAttr(kernel);
  properties.strides = b.getDenseI64ArrayAttr(window->strides);
  properties.dilations = b.getDenseI64ArrayAttr(window->dilations);
  properties.pad_low = b.getDenseI64ArrayAttr(window->padLow);
  properties.pad_high = b.getDenseI64ArrayAttr(window->padHigh);
  if (node.getInt("ceil_mode", 0) != 0)
    properties.ceil_mode = b.getUnitAttr();
  return properties;
}

//===----------------------------------------------------------------------===//
// Where the maxima lie
//===----------------------------------------------------------------------===//

/// Where a window's tap lies in the whole tensor, in C order, and whether it
/// lies in the input at all.
static std::pair<Value, Value> tapPosition(OpBuilder &b, Location loc,
                                           ArrayRef<int64_t> input,
                                           const PoolWindow &window) {
  auto number = [&](int64_t value) -> Value {
    return arith::ConstantIndexOp::create(b, loc, value);
  };
  auto index = [&](size_t dim) -> Value {
    return linalg::IndexOp::create(b, loc, dim);
  };
  // flat * size + at
  auto append = [&](Value flat, int64_t size, Value at) -> Value {
    flat = arith::MulIOp::create(b, loc, flat, number(size));
    return arith::AddIOp::create(b, loc, flat, at);
  };
  size_t spatial = window.kernel.size();
  Value flat = append(index(0), input[1], index(1)), isInside;
  for (size_t i = 0; i < spatial; ++i) {
    Value tap = arith::MulIOp::create(b, loc, index(2 + spatial + i),
                                      number(window.dilations[i]));
    Value at = append(index(2 + i), window.strides[i], tap);
    at = arith::SubIOp::create(b, loc, at, number(window.padLow[i]));
    // Unsigned: what lies before the input is large.
    Value isIn = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ult, at,
                                       number(input[i + 2]));
    isInside = isInside
                   ? arith::AndIOp::create(b, loc, isInside, isIn).getResult()
                   : isIn;
    flat = append(flat, input[i + 2], at);
  }
  flat = arith::IndexCastOp::create(b, loc, b.getI64Type(), flat);
  return {flat, isInside};
}

/// i1: equal, or both NaN, where `maximum` is NaN if any element is.
static Value isMaximum(OpBuilder &b, Location loc, Value x, Value maximum) {
  if (!isa<FloatType>(x.getType()))
    return arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq, x, maximum);
  return arith::OrIOp::create(
      b, loc,
      arith::CmpFOp::create(b, loc, arith::CmpFPredicate::OEQ, x, maximum),
      arith::CmpFOp::create(b, loc, arith::CmpFPredicate::UNO, x, x));
}

/// Indices in C order made those of a tensor whose spatial dimensions lie in
/// memory the other way round: storage_order 1.
static Value toColumnMajor(NodeImporter &node, Value indices) {
  ArrayRef<int64_t> spatial = node.shape(0).drop_front(2);
  return createElementwise(
      node.builder(), node.loc(), shapeOf(indices), elementTypeOf(indices),
      indices, [&](OpBuilder &b, Location loc, ValueRange args) -> Value {
        auto number = [&](int64_t value) -> Value {
          return arith::ConstantIntOp::create(b, loc, value, 64);
        };
        Value rest = args[0], sum = number(0);
        int64_t stride = llvm::product_of(spatial);
        for (int64_t size : llvm::reverse(spatial)) {
          stride /= size;
          Value at = arith::RemSIOp::create(b, loc, rest, number(size));
          rest = arith::DivSIOp::create(b, loc, rest, number(size));
          at = arith::MulIOp::create(b, loc, at, number(stride));
          sum = arith::AddIOp::create(b, loc, sum, at);
        }
        Value plane = number(llvm::product_of(spatial));
        return arith::AddIOp::create(
            b, loc, sum, arith::MulIOp::create(b, loc, rest, plane));
      });
}

/// The index of each window's maximum: of the first one in C order.
static LogicalResult setIndices(NodeImporter &node, Value maxima,
                                double padding) {
  FailureOr<PoolWindow> window = readPoolWindow(node);
  if (failed(window))
    return failure();
  OpBuilder &builder = node.builder();
  ArrayRef<int64_t> input = node.shape(0);
  // Behind all indices.
  auto none = static_cast<double>(node.type(0).getNumElements());
  Value init = createFilled(builder, node.loc(), window->resultShape,
                            builder.getI64Type(), none);
  Value indices = createWindowReduction(
      node, *window, toSignless(builder, node.loc(), node.value(0)), padding,
      maxima, init, [&](OpBuilder &b, Location loc, ValueRange args) -> Value {
        auto [flat, isInside] = tapPosition(b, loc, input, *window);
        Value isHere = arith::AndIOp::create(
            b, loc, isInside, isMaximum(b, loc, args[0], args[1]));
        Value first = arith::MinSIOp::create(b, loc, args[2], flat);
        return arith::SelectOp::create(b, loc, isHere, first, args[2]);
      });
  int64_t order = node.getInt("storage_order", 0);
  if (order != 0 && order != 1)
    return node.error(ErrorCode::BadAttribute)
           << "storage_order is " << order << ", not 0 or 1";
  return node.setResult(1, order == 1 ? toColumnMajor(node, indices) : indices);
}

//===----------------------------------------------------------------------===//
// Operators
//===----------------------------------------------------------------------===//

/// Integers, which the nn dialect leaves to linalg.
static LogicalResult importIntegerMaxPool(NodeImporter &node) {
  Type type = node.elementType(0);
  if (type.isInteger(1))
    return node.unsupported("element type i1 is not taken");
  FailureOr<PoolWindow> window = readPoolWindow(node);
  if (failed(window))
    return failure();
  OpBuilder &builder = node.builder();
  bool isUnsigned = type.isUnsignedInteger();
  double least =
      isUnsigned ? 0 : -std::ldexp(1.0, type.getIntOrFloatBitWidth() - 1);
  Value init = createFilled(builder, node.loc(), window->resultShape,
                            signlessType(type), least);
  Value maxima = createWindowReduction(
      node, *window, toSignless(builder, node.loc(), node.value(0)), least, {},
      init, [&](OpBuilder &b, Location loc, ValueRange args) {
        return createScalar(b, loc, BinaryKind::Max, args[1], args[0],
                            isUnsigned);
      });
  if (failed(
          node.setResult(0, toElementType(builder, node.loc(), maxima, type))))
    return failure();
  return node.hasOutput(1) ? setIndices(node, maxima, least) : success();
}

static LogicalResult importMaxPool(NodeImporter &node) {
  if (!isa<FloatType>(node.elementType(0)))
    return importIntegerMaxPool(node);
  auto properties = poolProperties<nn::MaxPoolOp::Properties>(node);
  if (failed(properties))
    return failure();
  auto pool = node.create<nn::MaxPoolOp>(node.value(0), std::move(*properties));
  if (failed(pool) || failed(node.setResult(0, pool->getResult())))
    return failure();
  double least = -std::numeric_limits<double>::infinity();
  return node.hasOutput(1) ? setIndices(node, pool->getResult(), least)
                           : success();
}

static LogicalResult importAveragePool(NodeImporter &node) {
  auto properties = poolProperties<nn::AveragePoolOp::Properties>(node);
  if (failed(properties))
    return failure();
  if (node.getInt("count_include_pad", 0) != 0)
    properties->count_include_pad = node.builder().getUnitAttr();
  auto pool =
      node.create<nn::AveragePoolOp>(node.value(0), std::move(*properties));
  return failed(pool) ? failure() : node.setResult(0, pool->getResult());
}

template <typename OpTy>
static LogicalResult importGlobalPool(NodeImporter &node) {
  auto pool = node.create<OpTy>(node.value(0), {});
  return failed(pool) ? failure() : node.setResult(0, pool->getResult());
}

ArrayRef<Operator> poolingOperators() {
  static const Operator operators[] = {
      {"AveragePool", 1, 6, 1, 1, 1,
       "auto_pad:s kernel_shape:I! pads:I strides:I", importAveragePool,
       "floats"},
      {"AveragePool", 7, 9, 1, 1, 1,
       "auto_pad:s count_include_pad:i kernel_shape:I! pads:I strides:I",
       importAveragePool, "floats"},
      {"AveragePool", 10, 18, 1, 1, 1,
       "auto_pad:s ceil_mode:i count_include_pad:i kernel_shape:I! pads:I "
       "strides:I",
       importAveragePool, "floats"},
      {"AveragePool", 19, kLatest, 1, 1, 1,
       "auto_pad:s ceil_mode:i count_include_pad:i dilations:I "
       "kernel_shape:I! pads:I strides:I",
       importAveragePool, "floats"},
      {"GlobalAveragePool", 1, kLatest, 1, 1, 1, "",
       importGlobalPool<nn::GlobalAveragePoolOp>, "floats"},
      {"GlobalMaxPool", 1, kLatest, 1, 1, 1, "",
       importGlobalPool<nn::GlobalMaxPoolOp>, "floats"},
      {"MaxPool", 1, 7, 1, 1, 1, "auto_pad:s kernel_shape:I! pads:I strides:I",
       importMaxPool, "floats ints uints"},
      {"MaxPool", 8, 9, 1, 1, 2,
       "auto_pad:s kernel_shape:I! pads:I storage_order:i strides:I",
       importMaxPool, "floats ints uints"},
      {"MaxPool", 10, kLatest, 1, 1, 2,
       "auto_pad:s ceil_mode:i dilations:I kernel_shape:I! pads:I "
       "storage_order:i strides:I",
       importMaxPool, "floats ints uints"},
  };
  return operators;
}

} // namespace kiln::onnx_import
