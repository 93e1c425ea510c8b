//===- WinogradTransform.cpp - The transforms of minimal filtering ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "WinogradTransform.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

#include <cmath>

using namespace mlir;

namespace kiln::cpu {

WinogradTransform::WinogradTransform(int64_t outputTile)
    : outputTile(outputTile) {
  if (outputTile == 2)
    pairs = {1.0};
  else
    pairs = {0.75, 1.5};
}

/// Coefficients, lowest first, of the product of (x - p^2) over the pairs but
/// the one at `without`.
static SmallVector<double> productOf(ArrayRef<double> pairs, int64_t without) {
  SmallVector<double> product{1.0};
  for (auto [i, pair] : llvm::enumerate(pairs)) {
    if (static_cast<int64_t>(i) == without)
      continue;
    product.insert(product.begin(), 0.0); // times x
    for (size_t k = 0; k + 1 < product.size(); ++k)
      product[k] -= pair * pair * product[k + 1];
  }
  return product;
}

SmallVector<std::array<double, 3>> WinogradTransform::getKernelRows() const {
  SmallVector<std::array<double, 3>> rows{
      {1.0 / productOf(pairs, /*without=*/-1).front(), 0.0, 0.0}};
  for (auto [i, pair] : llvm::enumerate(pairs)) {
    double divisor = 2 * pair * pair;
    for (auto [k, other] : llvm::enumerate(pairs))
      if (k != i)
        divisor *= pair * pair - other * other;
    for (double point : {pair, -pair})
      rows.push_back({1 / divisor, point / divisor, point * point / divisor});
  }
  rows.push_back({0.0, 0.0, 1.0});
  return rows;
}

namespace {
/// Sums of products with constants.
struct Arithmetic {
  OpBuilder &builder;
  Location loc;

  Value constant(Type type, double value) {
    auto element = cast<FloatType>(getElementTypeOrSelf(type));
    TypedAttr attr = builder.getFloatAttr(element, value);
    if (auto vector = dyn_cast<VectorType>(type))
      attr = DenseElementsAttr::get(vector, attr);
    return arith::ConstantOp::create(builder, loc, attr);
  }
  /// `sum` + `factor` * `value`; a null sum is none.
  Value add(Value sum, double factor, Value value) {
    if (!sum && factor == 1)
      return value;
    if (!sum)
      return arith::MulFOp::create(builder, loc, value,
                                   constant(value.getType(), factor));
    if (factor == 1)
      return arith::AddFOp::create(builder, loc, sum, value);
    if (factor == -1)
      return arith::SubFOp::create(builder, loc, sum, value);
    return vector::FMAOp::create(builder, loc, value,
                                 constant(value.getType(), factor), sum);
  }
  /// The sum of factors[i] * values[first + 2 * i], from the highest on, whose
  /// factor is 1.
  Value sum(ArrayRef<double> factors, ValueRange values, size_t first) {
    Value total;
    for (size_t i = factors.size(); i-- > 0;)
      total = add(total, factors[i], values[first + 2 * i]);
    return total;
  }
};
} // namespace

SmallVector<Value> WinogradTransform::emitInput(OpBuilder &builder,
                                                Location loc,
                                                ValueRange values) const {
  Arithmetic arithmetic{builder, loc};
  SmallVector<double> all = productOf(pairs, /*without=*/-1);
  SmallVector<Value> results{arithmetic.sum(all, values, 0)};
  for (auto [i, pair] : llvm::enumerate(pairs)) {
    SmallVector<double> others = productOf(pairs, i);
    Value even = arithmetic.sum(others, values, 2);
    Value odd = arithmetic.sum(others, values, 1);
    results.push_back(arithmetic.add(even, pair, odd));
    results.push_back(arithmetic.add(even, -pair, odd));
  }
  results.push_back(arithmetic.sum(all, values, 1));
  return results;
}

SmallVector<Value> WinogradTransform::emitOutput(OpBuilder &builder,
                                                 Location loc,
                                                 ValueRange values) const {
  Arithmetic arithmetic{builder, loc};
  SmallVector<Value> sums, differences, results;
  for (size_t i = 0; i < pairs.size(); ++i) {
    Value plus = values[1 + 2 * i], minus = values[2 + 2 * i];
    sums.push_back(arithmetic.add(plus, 1, minus));
    differences.push_back(arithmetic.add(plus, -1, minus));
  }
  for (int64_t output = 0; output < outputTile; ++output) {
    Value total;
    if (output == 0)
      total = values.front();
    if (output + 1 == outputTile)
      total = values.back();
    for (auto [i, pair] : llvm::enumerate(pairs))
      total = arithmetic.add(total, std::pow(pair, output),
                             output % 2 == 0 ? sums[i] : differences[i]);
    results.push_back(total);
  }
  return results;
}

} // namespace kiln::cpu
