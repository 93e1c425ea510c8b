//===- ActivationsTest.cpp - Softmax and sigmoid in a graph ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "../../../lib/Diagnosis/Activations.h"

#include "kiln/Dialect/NN/IR/NN.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Parser/Parser.h"

#include <gtest/gtest.h>

using namespace kiln;
using Kind = ActivationFact::Kind;

namespace {

/// Facts of a net from %x: tensor<4x6x1xf32> to %y of `type`.
std::vector<ActivationFact> factsOf(const std::string &body,
                                    const std::string &type) {
  mlir::MLIRContext context;
  context.loadDialect<nn::NNDialect, mlir::func::FuncDialect,
                      mlir::linalg::LinalgDialect, mlir::arith::ArithDialect,
                      mlir::tensor::TensorDialect>();
  auto module = mlir::parseSourceString<mlir::ModuleOp>(
      "func.func @net(%x: tensor<4x6x1xf32>) -> " + type + " {\n" + body +
          "\nreturn %y : " + type + "\n}",
      &context);
  if (!module) {
    ADD_FAILURE() << body;
    return {};
  }
  return findActivationFacts(*module->getOps<mlir::func::FuncOp>().begin());
}

std::vector<Kind> kindsOf(const std::vector<ActivationFact> &facts) {
  std::vector<Kind> kinds;
  for (const ActivationFact &fact : facts)
    kinds.push_back(fact.kind);
  return kinds;
}

} // namespace

TEST(Activations, SoftmaxOverClassesIsNoFault) {
  auto facts =
      factsOf("%y = nn.softmax %x {axis = 1 : i64} : tensor<4x6x1xf32>",
              "tensor<4x6x1xf32>");
  EXPECT_EQ(kindsOf(facts), std::vector<Kind>{Kind::AtOutput});
  EXPECT_EQ(facts[0].other, "output0");
}

TEST(Activations, AxisOfOneAndBatchAxis) {
  EXPECT_EQ(
      kindsOf(factsOf("%y = nn.softmax %x {axis = 2 : i64} : tensor<4x6x1xf32>",
                      "tensor<4x6x1xf32>")),
      (std::vector<Kind>{Kind::AxisOfOne, Kind::AtOutput}));
  EXPECT_EQ(
      kindsOf(factsOf("%y = nn.softmax %x {axis = 0 : i64} : tensor<4x6x1xf32>",
                      "tensor<4x6x1xf32>")),
      (std::vector<Kind>{Kind::BatchAxis, Kind::AtOutput}));
}

/// As opsets before 13 have it: the axis is brought to the end.
TEST(Activations, TheBatchIsFollowedThroughTransposesAndReshapes) {
  EXPECT_EQ(kindsOf(factsOf(R"(
    %c = tensor.collapse_shape %x [[0], [1, 2]] : tensor<4x6x1xf32> into tensor<4x6xf32>
    %r = nn.relu %c : tensor<4x6xf32>
    %e = tensor.empty() : tensor<6x4xf32>
    %t = linalg.transpose ins(%r : tensor<4x6xf32>) outs(%e : tensor<6x4xf32>) permutation = [1, 0]
    %y = nn.softmax %t {axis = 1 : i64} : tensor<6x4xf32>)",
                            "tensor<6x4xf32>")),
            (std::vector<Kind>{Kind::BatchAxis, Kind::AtOutput}));
}

TEST(Activations, TheBatchIsFollowedThroughReductions) {
  EXPECT_EQ(kindsOf(factsOf(R"(
    %e = tensor.empty() : tensor<4x1xf32>
    %r = linalg.generic {indexing_maps = [affine_map<(n, c, k) -> (n, c, k)>,
        affine_map<(n, c, k) -> (n, k)>],
        iterator_types = ["parallel", "reduction", "parallel"]}
      ins(%x : tensor<4x6x1xf32>) outs(%e : tensor<4x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %s = arith.addf %in, %out : f32
      linalg.yield %s : f32
    } -> tensor<4x1xf32>
    %y = nn.softmax %r {axis = 0 : i64} : tensor<4x1xf32>)",
                            "tensor<4x1xf32>")),
            (std::vector<Kind>{Kind::BatchAxis, Kind::AtOutput}));
}

/// Where batch and classes are merged nothing is proven.
TEST(Activations, NothingIsAssertedWithoutProof) {
  EXPECT_EQ(kindsOf(factsOf(R"(
    %c = tensor.collapse_shape %x [[0, 1], [2]] : tensor<4x6x1xf32> into tensor<24x1xf32>
    %y = nn.softmax %c {axis = 0 : i64} : tensor<24x1xf32>)",
                            "tensor<24x1xf32>")),
            std::vector<Kind>{Kind::AtOutput});
}

TEST(Activations, Doubled) {
  auto facts = factsOf(R"(
    %a = nn.softmax %x {axis = 1 : i64} : tensor<4x6x1xf32> loc("inner")
    %c = tensor.collapse_shape %a [[0], [1, 2]] : tensor<4x6x1xf32> into tensor<4x6xf32>
    %y = nn.log_softmax %c {axis = 1 : i64} : tensor<4x6xf32> loc("outer"))",
                       "tensor<4x6xf32>");
  ASSERT_EQ(kindsOf(facts), (std::vector<Kind>{Kind::Doubled, Kind::AtOutput}));
  EXPECT_EQ(facts[0].layer, "outer");
  EXPECT_EQ(facts[0].other, "inner");
  // Softmax of log_softmax is softmax, and another axis is another question.
  EXPECT_EQ(kindsOf(factsOf(R"(
    %a = nn.log_softmax %x {axis = 1 : i64} : tensor<4x6x1xf32>
    %y = nn.softmax %a {axis = 1 : i64} : tensor<4x6x1xf32>)",
                            "tensor<4x6x1xf32>")),
            std::vector<Kind>{Kind::AtOutput});
  EXPECT_EQ(kindsOf(factsOf(R"(
    %a = nn.sigmoid %x : tensor<4x6x1xf32>
    %y = nn.sigmoid %a : tensor<4x6x1xf32>)",
                            "tensor<4x6x1xf32>")),
            (std::vector<Kind>{Kind::Doubled, Kind::AtOutput}));
}

/// Axes are compared, not how long they are.
TEST(Activations, SoftmaxAlongAnotherAxisAsLongIsNotDoubled) {
  EXPECT_EQ(kindsOf(factsOf(R"(
    %e = tensor.expand_shape %x [[0], [1, 2], [3]] output_shape [4, 6, 1, 1]
      : tensor<4x6x1xf32> into tensor<4x6x1x1xf32>
    %a = nn.softmax %e {axis = 1 : i64} : tensor<4x6x1x1xf32>
    %c = tensor.collapse_shape %a [[0], [1, 2, 3]] : tensor<4x6x1x1xf32> into tensor<4x6xf32>
    %y = nn.softmax %c {axis = 1 : i64} : tensor<4x6xf32>)",
                            "tensor<4x6xf32>")),
            (std::vector<Kind>{Kind::Doubled, Kind::AtOutput}));
  // Six of six, but other six; and merged axes, of which nothing is known.
  const char *square = R"(
    %z = arith.constant dense<0.5> : tensor<4x6x6xf32>
    %a = nn.softmax %z {axis = 1 : i64} : tensor<4x6x6xf32>
    %y = nn.softmax %a {axis = 2 : i64} : tensor<4x6x6xf32>)";
  EXPECT_EQ(kindsOf(factsOf(square, "tensor<4x6x6xf32>")),
            std::vector<Kind>{Kind::AtOutput});
  EXPECT_EQ(kindsOf(factsOf(R"(
    %z = arith.constant dense<0.5> : tensor<3x2x6xf32>
    %a = nn.softmax %z {axis = 2 : i64} : tensor<3x2x6xf32>
    %c = tensor.collapse_shape %a [[0, 1], [2]] : tensor<3x2x6xf32> into tensor<6x6xf32>
    %y = nn.softmax %c {axis = 0 : i64} : tensor<6x6xf32>)",
                            "tensor<6x6xf32>")),
            std::vector<Kind>{Kind::AtOutput});
}
