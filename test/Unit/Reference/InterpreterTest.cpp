//===- InterpreterTest.cpp - Reshapes, slices, fused regions, observers ---*-
// C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Support/Interpret.h"

using namespace kiln::test;
using namespace mlir;

namespace {

Tensor iota(std::vector<int64_t> shape) {
  Tensor tensor{shape, {}};
  for (int64_t i = 0; i < *kiln::elementCount(shape); ++i)
    tensor.data.push_back(static_cast<double>(i));
  return tensor;
}

TEST(ReferenceTensor, ConcatAlongAMiddleDimension) {
  std::string text = functionOf(
      {"tensor<2x1x2xf32>", "tensor<2x2x2xf32>"}, "tensor<2x3x2xf32>",
      "%y = tensor.concat dim(1) %0, %1 : (tensor<2x1x2xf32>, "
      "tensor<2x2x2xf32>) -> tensor<2x3x2xf32>");
  Tensor b = iota({2, 2, 2});
  for (double &value : b.data)
    value += 100;
  expectNear(interpretText(text, {iota({2, 1, 2}), b}).at(0),
             {{2, 3, 2}, {0, 1, 100, 101, 102, 103, 2, 3, 104, 105, 106, 107}});
}

TEST(ReferenceTensor, PadWithAConstantFromOutside) {
  std::string text = functionOf({"tensor<2x2xf32>"}, "tensor<3x5xf32>", R"(
      %c = arith.constant -7.0 : f32
      %y = tensor.pad %0 low[1, 2] high[0, 1] {
        ^bb0(%i: index, %j: index):
          tensor.yield %c : f32
      } : tensor<2x2xf32> to tensor<3x5xf32>)");
  expectNear(
      interpretText(text, {iota({2, 2})}).at(0),
      {{3, 5}, {-7, -7, -7, -7, -7, -7, -7, 0, 1, -7, -7, -7, 2, 3, -7}});
}

TEST(ReferenceTensor, StridedSlicesOutAndIn) {
  std::string text =
      functionOf({"tensor<3x7xf32>", "tensor<3x7xf32>"}, "tensor<3x7xf32>", R"(
      %s = tensor.extract_slice %0[1, 1] [1, 3] [1, 2]
          : tensor<3x7xf32> to tensor<3xf32>
      %y = tensor.insert_slice %s into %1[2, 0] [1, 3] [1, 3]
          : tensor<3xf32> into tensor<3x7xf32>)");
  Tensor y = iota({3, 7}), source = iota({3, 7});
  for (double &value : source.data)
    value = -value;
  // Elements 8, 10, 12 of the source at 14, 17 and 20 of the target.
  y.data[14] = -8;
  y.data[17] = -10;
  y.data[20] = -12;
  expectNear(interpretText(text, {source, iota({3, 7})}).at(0), y);
}

TEST(ReferenceTensor, SliceOutsideIsAnError) {
  std::string text =
      functionOf({"tensor<?xf32>"}, "tensor<3xf32>",
                 "%y = tensor.extract_slice %0[2] [3] [1] : tensor<?xf32> to "
                 "tensor<3xf32>");
  std::string errors = errorsOf(text, {iota({4})});
  EXPECT_NE(errors.find("leaves a dimension of 4"), std::string::npos)
      << errors;
}

TEST(ReferenceTensor, DynamicReshape) {
  std::string text = functionOf({"tensor<?x6xf32>"}, "tensor<3x?x2xf32>", R"(
      %zero = arith.constant 0 : index
      %n = tensor.dim %0, %zero : tensor<?x6xf32>
      %f = tensor.collapse_shape %0 [[0, 1]] : tensor<?x6xf32> into tensor<?xf32>
      %y = tensor.expand_shape %f [[0, 1, 2]] output_shape [3, %n, 2]
          : tensor<?xf32> into tensor<3x?x2xf32>)");
  Tensor y = iota({5, 6});
  y.shape = {3, 5, 2};
  expectNear(interpretText(text, {iota({5, 6})}).at(0), y);
}

TEST(ReferenceTensor, ArithmeticOnWholeTensors) {
  std::string text =
      functionOf({"tensor<2x3xf32>", "tensor<2x3xf32>"}, "tensor<2x3xf32>", R"(
      %p = arith.mulf %0, %0 : tensor<2x3xf32>
      %c = arith.cmpf olt, %p, %1 : tensor<2x3xf32>
      %s = math.sqrt %p : tensor<2x3xf32>
      %y = arith.select %c, %s, %1 : tensor<2x3xi1>, tensor<2x3xf32>)");
  Tensor x{{2, 3}, {-1, 2, -3, 4, 0.5, -6}}, limit{{2, 3}, {5, 5, 5, 20, 0, 5}};
  expectNear(interpretText(text, {x, limit}).at(0),
             {{2, 3}, {1, 2, 5, 4, 0, 5}});
}

/// A net with a fused region, a constant used on both sides of it, and a value
/// that the region captures.
const char *kFused = R"(
  func.func @net(%x: tensor<1x2x3xf32>) -> tensor<1x2x3xf32> {
    %w = arith.constant dense<[[[2.0], [0.0]], [[1.0], [-1.0]]]> : tensor<2x2x1xf32>
    %r = nn.relu %x : tensor<1x2x3xf32>
    %y = nn.fused {
      %n = nn.channel_affine %r {scale = array<f64: 1.0, -1.0>, shift = array<f64: 0.0, 1.0>} : tensor<1x2x3xf32>
      %0 = nn.conv %n, %w {strides = array<i64: 1>, dilations = array<i64: 1>,
          pad_low = array<i64: 0>, pad_high = array<i64: 0>, groups = 1 : i64}
        : (tensor<1x2x3xf32>, tensor<2x2x1xf32>) -> tensor<1x2x3xf32>
      %1 = nn.relu %0 : tensor<1x2x3xf32>
      nn.yield %1 : tensor<1x2x3xf32>
    } : tensor<1x2x3xf32>
    %z = nn.conv %y, %w {strides = array<i64: 1>, dilations = array<i64: 1>,
        pad_low = array<i64: 0>, pad_high = array<i64: 0>, groups = 1 : i64}
      : (tensor<1x2x3xf32>, tensor<2x2x1xf32>) -> tensor<1x2x3xf32>
    return %z : tensor<1x2x3xf32>
  })";

TEST(ReferenceInterpreter, FusedRegionAndObserver) {
  Session session;
  auto module = session.parse(kFused);
  ASSERT_TRUE(module) << session.errors;
  auto func = *module->getOps<func::FuncOp>().begin();
  std::vector<std::string> seen;
  std::vector<Tensor> values;
  auto observer = [&](Operation *op, ArrayRef<Tensor> results) {
    seen.push_back(op->getName().getStringRef().str());
    values.push_back(results.front());
  };
  Tensor x{{1, 2, 3}, {-1, 2, 3, 4, -5, 0.5}};
  auto results = kiln::reference::interpret(func, {x}, observer);
  ASSERT_TRUE(succeeded(results)) << session.errors;
  EXPECT_EQ(seen,
            (std::vector<std::string>{"nn.relu", "nn.channel_affine", "nn.conv",
                                      "nn.relu", "nn.fused", "nn.conv"}));
  expectNear(values[1], {{1, 2, 3}, {0, 2, 3, -3, 1, 0.5}});
  expectNear(values[2], {{1, 2, 3}, {0, 4, 6, 3, 1, 2.5}});
  expectNear(results->at(0), {{1, 2, 3}, {0, 8, 12, -3, 3, 3.5}});
}

TEST(ReferenceInterpreter, ResultsMayRepeatArgumentsAndConstants) {
  std::string text = R"(
    func.func @net(%x: tensor<2xf32>) -> (tensor<2xf32>, tensor<2xi64>, tensor<2xf32>) {
      %c = arith.constant dense<[3, -4]> : tensor<2xi64>
      return %x, %c, %x : tensor<2xf32>, tensor<2xi64>, tensor<2xf32>
    })";
  auto results = interpretText(text, {{{2}, {5, 6}}});
  expectNear(results.at(0), {{2}, {5, 6}});
  expectNear(results.at(1), {{2}, {3, -4}});
  expectNear(results.at(2), {{2}, {5, 6}});
}

TEST(ReferenceInterpreter, UnknownOperationIsNamed) {
  std::string text = functionOf({"tensor<2xf32>"}, "tensor<2xf32>",
                                "%s = arith.constant 1.0 : f32\n"
                                "%y = tensor.splat %s : tensor<2xf32>");
  std::string errors = errorsOf(text, {{{2}, {1, 2}}});
  EXPECT_NE(errors.find("K0200"), std::string::npos) << errors;
  EXPECT_NE(errors.find("tensor.splat"), std::string::npos) << errors;
}

TEST(ReferenceInterpreter, InputsThatDoNotFitAreErrors) {
  std::string text = functionOf({"tensor<2x?xf32>"}, "tensor<2x?xf32>",
                                "%y = nn.relu %0 : tensor<2x?xf32>");
  EXPECT_EQ(errorsOf(text, {{{2, 1}, {1, 2}}}), "");
  for (std::vector<Tensor> inputs :
       {std::vector<Tensor>{}, std::vector<Tensor>{{{3, 1}, {1, 2, 3}}},
        std::vector<Tensor>{{{2}, {1, 2}}},
        std::vector<Tensor>{{{2, 2}, {1, 2, 3}}}}) {
    std::string errors = errorsOf(text, inputs);
    EXPECT_NE(errors.find("K0600"), std::string::npos) << errors;
  }
}

TEST(ReferenceInterpreter, TensorsBeyondTheLimitAreErrors) {
  std::string text =
      functionOf({"tensor<1x1x1xf32>"}, "tensor<1x1x2000000000xf32>",
                 "%y = tensor.empty() : tensor<1x1x2000000000xf32>");
  std::string errors = errorsOf(text, {{{1, 1, 1}, {1}}});
  EXPECT_NE(errors.find("K0301"), std::string::npos) << errors;
}

} // namespace
