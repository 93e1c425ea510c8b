//===- LinalgTest.cpp - Linalg operations and payloads by hand ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Support/Interpret.h"

using namespace kiln::test;

namespace {

/// An elementwise linalg.generic of two operands [2, 3] with `body`, which
/// makes %r from %a and %b.
Tensor elementwise(llvm::StringRef body, const Tensor &a, const Tensor &b,
                   llvm::StringRef in = "f32", llvm::StringRef out = "f32") {
  std::string inType = "tensor<2x3x" + in.str() + ">";
  std::string outType = "tensor<2x3x" + out.str() + ">";
  std::string text =
      functionOf({inType, inType}, outType,
                 "%e = tensor.empty() : " + outType + R"(
       %y = linalg.generic {indexing_maps = [
           affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>,
           affine_map<(i, j) -> (i, j)>],
           iterator_types = ["parallel", "parallel"]}
           ins(%0, %1 : )" +
                     inType + ", " + inType + ") outs(%e : " + outType +
                     ") {\n^bb0(%a: " + in.str() + ", %b: " + in.str() +
                     ", %o: " + out.str() + "):\n" + body.str() +
                     "\nlinalg.yield %r : " + out.str() + "\n} -> " + outType);
  auto results = interpretText(text, {a, b});
  return results.empty() ? Tensor() : results.front();
}

TEST(ReferenceLinalg, MaximumKeepsNanAndMaxnumDropsIt) {
  double nan = std::nan("");
  Tensor a{{2, 3}, {nan, 1, 2, -0.0, 0.0, -5}};
  Tensor b{{2, 3}, {1, nan, 3, 0.0, -0.0, -6}};
  Tensor y = elementwise("%r = arith.maximumf %a, %b : f32", a, b);
  expectNear(y, {{2, 3}, {nan, nan, 3, 0, 0, -5}});
  EXPECT_FALSE(std::signbit(y.data[3]) || std::signbit(y.data[4]));
  y = elementwise("%r = arith.minimumf %a, %b : f32", a, b);
  expectNear(y, {{2, 3}, {nan, nan, 2, 0, 0, -6}});
  EXPECT_TRUE(std::signbit(y.data[3]) && std::signbit(y.data[4]));
  expectNear(elementwise("%r = arith.maxnumf %a, %b : f32", a, b),
             {{2, 3}, {1, 1, 3, 0, 0, -5}});
  expectNear(elementwise("%r = arith.minnumf %a, %b : f32", a, b),
             {{2, 3}, {1, 1, 2, 0, 0, -6}});
}

TEST(ReferenceLinalg, CompareAndSelect) {
  double nan = std::nan("");
  Tensor a{{2, 3}, {1, 2, 3, nan, 5, 6}}, b{{2, 3}, {1, 3, 2, 4, nan, -6}};
  auto compare = [&](llvm::StringRef predicate) {
    return elementwise(("%c = arith.cmpf " + predicate +
                        ", %a, %b : f32\n%z = arith.constant -1.0 : f32\n"
                        "%r = arith.select %c, %a, %z : f32")
                           .str(),
                       a, b);
  };
  expectNear(compare("ogt"), {{2, 3}, {-1, -1, 3, -1, -1, 6}});
  expectNear(compare("ugt"), {{2, 3}, {-1, -1, 3, nan, 5, 6}});
  expectNear(compare("ole"), {{2, 3}, {1, 2, -1, -1, -1, -1}});
  expectNear(compare("une"), {{2, 3}, {-1, 2, 3, nan, 5, 6}});
  expectNear(compare("uno"), {{2, 3}, {-1, -1, -1, nan, 5, -1}});
}

TEST(ReferenceLinalg, IntegersWrapAtTheirWidth) {
  Tensor a{{2, 3}, {127, -128, -7, 7, 100, -1}}, b{{2, 3}, {1, 1, 2, -2, 3, 2}};
  expectNear(elementwise("%r = arith.addi %a, %b : i8", a, b, "i8", "i8"),
             {{2, 3}, {-128, -127, -5, 5, 103, 1}});
  expectNear(elementwise("%r = arith.divsi %a, %b : i8", a, b, "i8", "i8"),
             {{2, 3}, {127, -128, -3, -3, 33, 0}});
  expectNear(elementwise("%r = arith.floordivsi %a, %b : i8", a, b, "i8", "i8"),
             {{2, 3}, {127, -128, -4, -4, 33, -1}});
  expectNear(elementwise("%r = arith.divui %a, %b : i8", a, b, "i8", "i8"),
             {{2, 3}, {127, -128, 124, 0, 33, 127}});
  expectNear(elementwise("%r = arith.extui %a : i8 to i32", a, b, "i8", "i32"),
             {{2, 3}, {127, 128, 249, 7, 100, 255}});
  expectNear(elementwise("%r = arith.uitofp %a : i8 to f32", a, b, "i8", "f32"),
             {{2, 3}, {127, 128, 249, 7, 100, 255}});
}

TEST(ReferenceLinalg, FloatToIntegerGoesTowardsZero) {
  Tensor a{{2, 3}, {1.9, -1.9, 300, -300, 0.5, 127.5}};
  expectNear(elementwise("%r = arith.fptosi %a : f32 to i8", a, a, "f32", "i8"),
             {{2, 3}, {1, -1, 127, -128, 0, 127}});
}

TEST(ReferenceLinalg, BroadcastByConstantZeroAndByMissingDimension) {
  std::string text =
      functionOf({"tensor<3x4x2xf32>", "tensor<1x4x1xf32>", "tensor<2xf32>"},
                 "tensor<3x4x2xf32>", R"(
      %e = tensor.empty() : tensor<3x4x2xf32>
      %y = linalg.generic {indexing_maps = [
          affine_map<(i, j, k) -> (i, j, k)>, affine_map<(i, j, k) -> (0, j, 0)>,
          affine_map<(i, j, k) -> (k)>, affine_map<(i, j, k) -> (i, j, k)>],
          iterator_types = ["parallel", "parallel", "parallel"]}
          ins(%0, %1, %2 : tensor<3x4x2xf32>, tensor<1x4x1xf32>, tensor<2xf32>)
          outs(%e : tensor<3x4x2xf32>) {
        ^bb0(%a: f32, %b: f32, %c: f32, %o: f32):
          %p = arith.mulf %a, %b : f32
          %r = arith.subf %p, %c : f32
          linalg.yield %r : f32
      } -> tensor<3x4x2xf32>)");
  Tensor a = pattern({3, 4, 2}), b = pattern({1, 4, 1}, 2), c{{2}, {1, -3}};
  Tensor y = a;
  for (int64_t i = 0; i < y.size(); ++i)
    y.data[i] = a.data[i] * b.data[i / 2 % 4] - c.data[i % 2];
  expectNear(interpretText(text, {a, b, c}).at(0), y);
}

TEST(ReferenceLinalg, NamedContractions) {
  std::string text = functionOf({"tensor<2x3x5xf32>", "tensor<2x5x4xf32>"},
                                "tensor<2x3x4xf32>", R"(
      %z = arith.constant 0.0 : f32
      %e = tensor.empty() : tensor<2x3x4xf32>
      %f = linalg.fill ins(%z : f32) outs(%e : tensor<2x3x4xf32>)
          -> tensor<2x3x4xf32>
      %y = linalg.batch_matmul
          ins(%0, %1 : tensor<2x3x5xf32>, tensor<2x5x4xf32>)
          outs(%f : tensor<2x3x4xf32>) -> tensor<2x3x4xf32>)");
  Tensor a = pattern({2, 3, 5}), b = pattern({2, 5, 4}, 2);
  Tensor y{{2, 3, 4}, std::vector<double>(24, 0.0)};
  for (int64_t i = 0; i < 24; ++i)
    for (int64_t k = 0; k < 5; ++k)
      y.data[i] += a.data[i / 4 * 5 + k] * b.data[(i / 12 * 5 + k) * 4 + i % 4];
  expectNear(interpretText(text, {a, b}).at(0), y);
}

TEST(ReferenceLinalg, ReductionsOverAnInnerAndAnOuterDimension) {
  std::string text = R"(
    func.func @net(%x: tensor<2x3x700xf32>) -> (tensor<2x700xf32>, tensor<2x3xf32>) {
      %low = arith.constant 0xFF800000 : f32
      %zero = arith.constant 0.0 : f32
      %e = tensor.empty() : tensor<2x700xf32>
      %f = linalg.fill ins(%low : f32) outs(%e : tensor<2x700xf32>) -> tensor<2x700xf32>
      %m = linalg.reduce { arith.maximumf } ins(%x : tensor<2x3x700xf32>)
          outs(%f : tensor<2x700xf32>) dimensions = [1]
      %g = tensor.empty() : tensor<2x3xf32>
      %h = linalg.fill ins(%zero : f32) outs(%g : tensor<2x3xf32>) -> tensor<2x3xf32>
      %s = linalg.generic {indexing_maps = [
          affine_map<(i, j, k) -> (i, j, k)>, affine_map<(i, j, k) -> (i, j)>],
          iterator_types = ["parallel", "parallel", "reduction"]}
          ins(%x : tensor<2x3x700xf32>) outs(%h : tensor<2x3xf32>) {
        ^bb0(%a: f32, %o: f32):
          %r = arith.addf %o, %a : f32
          linalg.yield %r : f32
      } -> tensor<2x3xf32>
      return %m, %s : tensor<2x700xf32>, tensor<2x3xf32>
    })";
  Tensor x = pattern({2, 3, 700});
  Tensor m{{2, 700}, std::vector<double>(1400, -1e9)},
      s{{2, 3}, {0, 0, 0, 0, 0, 0}};
  for (int64_t i = 0; i < x.size(); ++i) {
    double &top = m.data[i / 2100 * 700 + i % 700];
    top = std::max(top, x.data[i]);
    s.data[i / 700] += x.data[i];
  }
  auto results = interpretText(text, {x});
  expectNear(results.at(0), m);
  expectNear(results.at(1), s);
}

TEST(ReferenceLinalg, TransposeOfRankFour) {
  std::string text =
      functionOf({"tensor<2x3x5x4xf32>"}, "tensor<5x2x4x3xf32>", R"(
      %e = tensor.empty() : tensor<5x2x4x3xf32>
      %y = linalg.transpose ins(%0 : tensor<2x3x5x4xf32>)
          outs(%e : tensor<5x2x4x3xf32>) permutation = [2, 0, 3, 1])");
  Tensor x = pattern({2, 3, 5, 4}), y{{5, 2, 4, 3}, {}};
  for (int64_t c = 0; c < 5; ++c)
    for (int64_t a = 0; a < 2; ++a)
      for (int64_t d = 0; d < 4; ++d)
        for (int64_t b = 0; b < 3; ++b)
          y.data.push_back(x.data[((a * 3 + b) * 5 + c) * 4 + d]);
  expectNear(interpretText(text, {x}).at(0), y);
}

/// Gathers rows of %0 by the indices %1; negative ones count from the end.
const char *kGather = R"(
    %e = tensor.empty() : tensor<3x2xf32>
    %zero = arith.constant 0 : index
    %four = arith.constant 4 : index
    %y = linalg.generic {indexing_maps = [
        affine_map<(i, j) -> (i)>, affine_map<(i, j) -> (i, j)>],
        iterator_types = ["parallel", "parallel"]}
        ins(%1 : tensor<3xi64>) outs(%e : tensor<3x2xf32>) {
      ^bb0(%k: i64, %o: f32):
        %row = arith.index_cast %k : i64 to index
        %isNegative = arith.cmpi slt, %row, %zero : index
        %wrapped = arith.addi %row, %four : index
        %r = arith.select %isNegative, %wrapped, %row : index
        %c = linalg.index 1 : index
        %v = tensor.extract %0[%r, %c] : tensor<4x2xf32>
        linalg.yield %v : f32
    } -> tensor<3x2xf32>)";

TEST(ReferenceLinalg, GatherByComputedIndices) {
  std::string text = functionOf({"tensor<4x2xf32>", "tensor<3xi64>"},
                                "tensor<3x2xf32>", kGather);
  Tensor table{{4, 2}, {0, 1, 10, 11, 20, 21, 30, 31}};
  expectNear(interpretText(text, {table, {{3}, {2, -1, 0}}}).at(0),
             {{3, 2}, {20, 21, 30, 31, 0, 1}});
  std::string errors = errorsOf(text, {table, {{3}, {2, 4, 0}}});
  EXPECT_NE(errors.find("index out of range"), std::string::npos) << errors;
}

TEST(ReferenceLinalg, ShapesThatDoNotFitAreAnError) {
  std::string text =
      functionOf({"tensor<?xf32>", "tensor<?xf32>"}, "tensor<?xf32>", R"(
      %y = linalg.map { arith.addf } ins(%0, %1 : tensor<?xf32>, tensor<?xf32>)
          outs(%0 : tensor<?xf32>))");
  expectNear(interpretText(text, {{{2}, {1, 2}}, {{2}, {3, 5}}}).at(0),
             {{2}, {4, 7}});
  std::string errors = errorsOf(text, {{{2}, {1, 2}}, {{3}, {3, 5, 6}}});
  EXPECT_NE(errors.find("K0301"), std::string::npos) << errors;
}

TEST(ReferenceLinalg, UnknownPayloadIsNamed) {
  std::string text = functionOf({"tensor<2xf32>"}, "tensor<2xi32>", R"(
      %e = tensor.empty() : tensor<2xi32>
      %y = linalg.map ins(%0 : tensor<2xf32>) outs(%e : tensor<2xi32>)
        (%a: f32, %o: i32) {
          %r = arith.bitcast %a : f32 to i32
          linalg.yield %r : i32
        })");
  std::string errors = errorsOf(text, {{{2}, {1, 2}}});
  EXPECT_NE(errors.find("K0200"), std::string::npos) << errors;
  EXPECT_NE(errors.find("arith.bitcast"), std::string::npos) << errors;
}

} // namespace
