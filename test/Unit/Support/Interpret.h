//===- Interpret.h - Running IR text in unit tests ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_TEST_UNIT_SUPPORT_INTERPRET_H
#define KILN_TEST_UNIT_SUPPORT_INTERPRET_H

#include "kiln/Dialect/NN/IR/NN.h"
#include "kiln/Reference/Interpreter.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/Parser/Parser.h"
#include "llvm/ADT/StringExtras.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

namespace kiln::test {

using reference::Tensor;

/// A context with the dialects of a net, whose errors are kept.
class Session {
public:
  Session() {
    context
        .loadDialect<nn::NNDialect, mlir::func::FuncDialect,
                     mlir::linalg::LinalgDialect, mlir::math::MathDialect,
                     mlir::arith::ArithDialect, mlir::tensor::TensorDialect>();
    handler.emplace(&context, [this](mlir::Diagnostic &diagnostic) {
      errors += diagnostic.str() + "\n";
    });
  }

  /// Null, with `errors` set, where the text does not parse or verify.
  mlir::OwningOpRef<mlir::ModuleOp> parse(llvm::StringRef text) {
    return mlir::parseSourceString<mlir::ModuleOp>(text, &context);
  }

  mlir::MLIRContext context;
  std::string errors;

private:
  std::optional<mlir::ScopedDiagnosticHandler> handler;
};

/// Runs the only function of `text`; no results, and a failed test, where
/// that is not possible.
inline std::vector<Tensor> interpretText(llvm::StringRef text,
                                         llvm::ArrayRef<Tensor> inputs) {
  Session session;
  auto module = session.parse(text);
  if (!module) {
    ADD_FAILURE() << session.errors;
    return {};
  }
  auto func = *module->getOps<mlir::func::FuncOp>().begin();
  auto results = reference::interpret(func, inputs);
  if (failed(results)) {
    ADD_FAILURE() << session.errors;
    return {};
  }
  return std::move(*results);
}

/// Runs the only function of `text`, which must fail, and returns the errors.
inline std::string errorsOf(llvm::StringRef text,
                            llvm::ArrayRef<Tensor> inputs) {
  Session session;
  auto module = session.parse(text);
  if (!module)
    return "does not parse: " + session.errors;
  auto func = *module->getOps<mlir::func::FuncOp>().begin();
  if (succeeded(reference::interpret(func, inputs)))
    return "";
  return session.errors;
}

/// A function of one operation: `text` uses %0, %1, ... of `operandTypes`.
inline std::string functionOf(llvm::ArrayRef<std::string> operandTypes,
                              llvm::StringRef resultType,
                              llvm::StringRef body) {
  std::string text = "func.func @net(";
  for (size_t i = 0; i < operandTypes.size(); ++i)
    text += (i ? ", %" : "%") + std::to_string(i) + ": " + operandTypes[i];
  return text + ") -> " + resultType.str() + " {\n" + body.str() +
         "\n return %y : " + resultType.str() + "\n}\n";
}

/// Odd numbers in [-1.5, 1.5] that no two elements near each other share.
inline Tensor pattern(std::vector<int64_t> shape, int64_t seed = 1) {
  Tensor tensor{shape, {}};
  int64_t count = *elementCount(shape);
  uint64_t state = static_cast<uint64_t>(seed) * 7919 + 17;
  for (int64_t i = 0; i < count; ++i) {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    tensor.data.push_back(static_cast<double>((state >> 40) % 3001) / 1000 -
                          1.5);
  }
  return tensor;
}

/// Checks shape and elements; `tolerance` is relative to the greatest element.
/// NaN equals NaN.
inline void expectNear(const Tensor &actual, const Tensor &expected,
                       double tolerance = 1e-12) {
  ASSERT_EQ(actual.shape, expected.shape);
  ASSERT_EQ(actual.data.size(), expected.data.size());
  double greatest = 1e-300;
  for (double value : expected.data)
    if (std::isfinite(value))
      greatest = std::max(greatest, std::abs(value));
  for (size_t i = 0; i < expected.data.size(); ++i) {
    if (std::isnan(expected.data[i]) || std::isinf(expected.data[i])) {
      EXPECT_EQ(std::isnan(actual.data[i]), std::isnan(expected.data[i])) << i;
      if (std::isinf(expected.data[i]))
        EXPECT_EQ(actual.data[i], expected.data[i]) << i;
      continue;
    }
    EXPECT_NEAR(actual.data[i], expected.data[i], tolerance * greatest)
        << "element " << i;
  }
}

} // namespace kiln::test

#endif // KILN_TEST_UNIT_SUPPORT_INTERPRET_H
