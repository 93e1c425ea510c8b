//===- NodeCasesTest.cpp - ONNX's own operator tests ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Debian's libonnx-testdata holds ONNX's node tests: a model of one operator
// with inputs and outputs computed by ONNX's reference. node_cases.txt lists
// those that Kiln takes as they stand; each is imported and interpreted.
//===----------------------------------------------------------------------===//

#include "kiln/ONNX/Import.h"
#include "kiln/ONNX/TensorFile.h"
#include "kiln/Reference/Interpreter.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/LineIterator.h"
#include "llvm/Support/MemoryBuffer.h"

#include <gtest/gtest.h>

#include <cmath>

using namespace kiln;
using namespace llvm;

namespace {

constexpr const char *kFolder = "/usr/share/libonnx-testdata/data/node/";

/// input_0.pb, input_1.pb, ... or the outputs, as many as there are.
std::vector<reference::Tensor> readTensors(const std::string &prefix) {
  std::vector<reference::Tensor> tensors;
  for (int i = 0;; ++i) {
    std::string path = prefix + std::to_string(i) + ".pb";
    if (!sys::fs::exists(path))
      return tensors;
    Expected<HostTensor> tensor = readTensorFile(path);
    if (!tensor) {
      ADD_FAILURE() << toString(tensor.takeError());
      return tensors;
    }
    tensors.push_back(reference::fromHost(*tensor));
  }
}

/// Within 1e-5 of the largest magnitude, or 1e-6: the expected values are
/// rounded to f32, and some are written with few digits.
void expectClose(const reference::Tensor &actual,
                 const reference::Tensor &expected) {
  ASSERT_EQ(actual.shape, expected.shape);
  double largest = 0;
  for (double value : expected.data)
    if (std::isfinite(value))
      largest = std::max(largest, std::fabs(value));
  double tolerance = std::max(1e-6, 1e-5 * largest);
  for (size_t i = 0; i < expected.data.size(); ++i) {
    double a = actual.data[i], e = expected.data[i];
    if (a == e || (std::isnan(a) && std::isnan(e)))
      continue;
    ASSERT_NEAR(a, e, tolerance) << "at element " << i;
  }
}

void runCase(const std::string &name) {
  std::string folder = kFolder + name;
  mlir::MLIRContext context;
  std::string errors;
  mlir::ScopedDiagnosticHandler handler(
      &context,
      [&](mlir::Diagnostic &diagnostic) { errors += diagnostic.str() + "\n"; });
  auto module = importONNX(context, folder + "/model.onnx");
  ASSERT_TRUE(succeeded(module)) << errors;
  auto function = *(**module).getOps<mlir::func::FuncOp>().begin();
  auto results = reference::interpret(
      function, readTensors(folder + "/test_data_set_0/input_"));
  ASSERT_TRUE(succeeded(results)) << errors;
  std::vector<reference::Tensor> expected =
      readTensors(folder + "/test_data_set_0/output_");
  ASSERT_FALSE(expected.empty());
  ASSERT_EQ(results->size(), expected.size());
  for (size_t i = 0; i < expected.size(); ++i)
    expectClose((*results)[i], expected[i]);
}

TEST(NodeCases, AgreeWithTheReference) {
  if (!sys::fs::exists(kFolder))
    GTEST_SKIP() << kFolder << " is absent (Debian: libonnx-testdata)";
  auto list =
      MemoryBuffer::getFile(KILN_SOURCE_DIR "/test/Unit/ONNX/node_cases.txt");
  ASSERT_TRUE(bool(list));
  int count = 0;
  for (line_iterator line(**list); !line.is_at_end(); ++line, ++count) {
    SCOPED_TRACE(line->str());
    runCase(line->str());
  }
  EXPECT_GE(count, 400);
}

} // namespace
