//===- WinogradTransformTest.cpp - Minimal filtering in exact numbers ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "WinogradTransform.h"
#include "Support/Interpret.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace kiln;
using namespace kiln::test;
using namespace mlir;

namespace {

/// The transforms emitted on vectors of f64 for constant inputs.
struct Emitted {
  Emitted() {
    session.context.loadDialect<vector::VectorDialect>();
    module = ModuleOp::create(UnknownLoc::get(&session.context));
    builder.setInsertionPointToStart(module->getBody());
  }
  SmallVector<Value> constants(ArrayRef<double> values) {
    return llvm::map_to_vector(values, [&](double value) -> Value {
      auto type = VectorType::get({1}, builder.getF64Type());
      return arith::ConstantOp::create(builder, module->getLoc(),
                                       DenseElementsAttr::get(type, value));
    });
  }

  Session session;
  OwningOpRef<ModuleOp> module;
  OpBuilder builder{&session.context};
};

double evaluate(Value value) {
  Operation *op = value.getDefiningOp();
  if (auto constant = dyn_cast<arith::ConstantOp>(op))
    return cast<DenseElementsAttr>(constant.getValue()).getSplatValue<double>();
  SmallVector<double> operands =
      llvm::map_to_vector(op->getOperands(), evaluate);
  if (isa<arith::AddFOp>(op))
    return operands[0] + operands[1];
  if (isa<arith::SubFOp>(op))
    return operands[0] - operands[1];
  if (isa<arith::MulFOp>(op))
    return operands[0] * operands[1];
  EXPECT_TRUE(isa<vector::FMAOp>(op)) << op->getName().getStringRef().str();
  return operands[0] * operands[1] + operands[2];
}

/// Every output is the sum of three neighbouring inputs times the taps.
TEST(WinogradTransform, Correlates) {
  for (int64_t m : {2, 4}) {
    Emitted emitted;
    cpu::WinogradTransform transform(m);
    SmallVector<double> inputs{0.5, -2.25, 3.125, 1.75, -0.375, 2.0};
    inputs.resize(m + 2);
    std::array<double, 3> taps{1.5, -0.25, 2.75};
    SmallVector<double> products;
    SmallVector<Value> values = transform.emitInput(
        emitted.builder, emitted.module->getLoc(), emitted.constants(inputs));
    ASSERT_EQ(values.size(), static_cast<size_t>(m + 2));
    for (auto [row, value] : llvm::zip_equal(transform.getKernelRows(), values))
      products.push_back(
          (row[0] * taps[0] + row[1] * taps[1] + row[2] * taps[2]) *
          evaluate(value));
    values = transform.emitOutput(emitted.builder, emitted.module->getLoc(),
                                  emitted.constants(products));
    ASSERT_EQ(values.size(), static_cast<size_t>(m));
    for (int64_t i = 0; i < m; ++i)
      EXPECT_NEAR(evaluate(values[i]),
                  inputs[i] * taps[0] + inputs[i + 1] * taps[1] +
                      inputs[i + 2] * taps[2],
                  1e-14);
  }
}

} // namespace
