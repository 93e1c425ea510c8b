//===- ResizeTest.cpp - Resizing against ONNX's published numbers ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Support/Interpret.h"

#include "llvm/Support/FormatVariadic.h"

using namespace kiln::test;

namespace {

std::string exactly(double value) {
  return llvm::formatv("{0:e17}", value).str();
}

/// Resizes [1, 1, h, w] holding 1, 2, 3, ...
Tensor resize(int64_t h, int64_t w, int64_t newH, int64_t newW, double scaleH,
              double scaleW, llvm::StringRef attributes) {
  auto type = [](int64_t a, int64_t b) {
    return "tensor<1x1x" + std::to_string(a) + "x" + std::to_string(b) +
           "xf32>";
  };
  std::string text = functionOf(
      {type(h, w)}, type(newH, newW),
      "%y = nn.resize %0 {sizes = array<i64: " + std::to_string(newH) + ", " +
          std::to_string(newW) + ">, scales = array<f64: " + exactly(scaleH) +
          ", " + exactly(scaleW) + ">, " + attributes.str() + "} : (" +
          type(h, w) + ") -> " + type(newH, newW));
  Tensor x{{1, 1, h, w}, {}};
  for (int64_t i = 1; i <= h * w; ++i)
    x.data.push_back(static_cast<double>(i));
  auto results = interpretText(text, {x});
  return results.empty() ? Tensor() : results.front();
}

/// The first row of `tensor`.
Tensor firstRow(const Tensor &tensor) {
  return {{tensor.shape.back()},
          {tensor.data.begin(), tensor.data.begin() + tensor.shape.back()}};
}

std::string mode(llvm::StringRef mode, llvm::StringRef coordinates,
                 llvm::StringRef rest = "") {
  return ("mode = #nn.resize_mode<" + mode +
          ">, coordinates = #nn.coordinates<" + coordinates + ">" + rest)
      .str();
}

// The expected numbers of the next tests are those of ONNX's operator
// documentation (Resize, examples of the same name), printed to 8 digits.
constexpr double kPrinted = 1e-7;

TEST(ReferenceResize, UpsampleScalesCubic) {
  Tensor y = resize(4, 4, 8, 8, 2, 2, mode("cubic", "half_pixel"));
  expectNear(firstRow(y),
             {{8},
              {0.47265625, 0.76953125, 1.24609375, 1.875, 2.28125, 2.91015625,
               3.38671875, 3.68359375}},
             kPrinted);
}

TEST(ReferenceResize, UpsampleScalesCubicExcludeOutside) {
  Tensor y = resize(4, 4, 8, 8, 2, 2,
                    mode("cubic", "half_pixel",
                         ", cubic_coefficient = -0.5 : f64, exclude_outside"));
  expectNear(firstRow(y),
             {{8},
              {0.55882353, 0.81494204, 1.35698249, 1.89705882, 2.39705882,
               2.93713516, 3.47917561, 3.73529412}},
             kPrinted);
}

TEST(ReferenceResize, DownsampleScalesLinear) {
  // Sizes rounded down do not give the scale back.
  Tensor y = resize(2, 4, 1, 2, 0.6, 0.6, mode("linear", "half_pixel"));
  expectNear(y, {{1, 1, 1, 2}, {2.6666665, 4.3333331}}, kPrinted);
}

TEST(ReferenceResize, DownsampleScalesLinearHalfPixelSymmetric) {
  Tensor y = resize(1, 4, 1, 2, 1, 0.6, mode("linear", "half_pixel_symmetric"));
  expectNear(y, {{1, 1, 1, 2}, {1.6666667, 3.3333333}}, kPrinted);
}

TEST(ReferenceResize, UpsampleLinearByHand) {
  expectNear(firstRow(resize(1, 2, 1, 4, 1, 2, mode("linear", "half_pixel"))),
             {{4}, {1, 1.25, 1.75, 2}});
  expectNear(firstRow(resize(1, 2, 1, 4, 1, 2, mode("linear", "asymmetric"))),
             {{4}, {1, 1.5, 2, 2}});
  expectNear(
      firstRow(resize(1, 3, 1, 5, 1, 5.0 / 3, mode("linear", "align_corners"))),
      {{5}, {1, 1.5, 2, 2.5, 3}});
}

TEST(ReferenceResize, OneElementResults) {
  // Of length 1 and, though there is one element, of length 1.5.
  expectNear(
      resize(1, 3, 1, 1, 1, 1.0 / 3, mode("linear", "pytorch_half_pixel")),
      {{1, 1, 1, 1}, {1}});
  expectNear(resize(1, 3, 1, 1, 1, 0.5, mode("linear", "pytorch_half_pixel")),
             {{1, 1, 1, 1}, {1.5}});
  expectNear(resize(1, 3, 1, 1, 1, 0.5, mode("linear", "half_pixel")),
             {{1, 1, 1, 1}, {1.5}});
  expectNear(resize(1, 3, 1, 1, 1, 0.5, mode("linear", "align_corners")),
             {{1, 1, 1, 1}, {1}});
}

TEST(ReferenceResize, NearestRounding) {
  auto row = [](llvm::StringRef coordinates, llvm::StringRef rounding) {
    return firstRow(
        resize(1, 4, 1, 8, 1, 2,
               mode("nearest", coordinates,
                    (", rounding = #nn.rounding<" + rounding + ">").str())));
  };
  // Asymmetric coordinates: 0, 0.5, 1, ... 3.5.
  expectNear(row("asymmetric", "floor"), {{8}, {1, 1, 2, 2, 3, 3, 4, 4}});
  expectNear(row("asymmetric", "ceil"), {{8}, {1, 2, 2, 3, 3, 4, 4, 4}});
  expectNear(row("asymmetric", "round_prefer_floor"),
             {{8}, {1, 1, 2, 2, 3, 3, 4, 4}});
  expectNear(row("asymmetric", "round_prefer_ceil"),
             {{8}, {1, 2, 2, 3, 3, 4, 4, 4}});
  // Half-pixel: -0.25, 0.25, 0.75, ...
  expectNear(row("half_pixel", "round_prefer_floor"),
             {{8}, {1, 1, 2, 2, 3, 3, 4, 4}});
  expectNear(row("half_pixel", "floor"), {{8}, {1, 1, 1, 2, 2, 3, 3, 4}});
  // 0.25, 0.75, 1.25, ...
  expectNear(row("tf_half_pixel_for_nn", "floor"),
             {{8}, {1, 1, 2, 2, 3, 3, 4, 4}});
  expectNear(row("tf_half_pixel_for_nn", "ceil"),
             {{8}, {2, 2, 3, 3, 4, 4, 4, 4}});
  // 0, 3/7, 6/7, ... 3.
  expectNear(row("align_corners", "floor"), {{8}, {1, 1, 1, 2, 2, 3, 3, 4}});
}

TEST(ReferenceResize, DownsampleScalesLinearAlignCorners) {
  // The output's length is 0.6 * 4 = 2.4, not the rounded 2.
  Tensor y = resize(2, 4, 1, 2, 0.6, 0.6, mode("linear", "align_corners"));
  expectNear(y, {{1, 1, 1, 2}, {1, 3.142857143}}, kPrinted);
}

TEST(ReferenceResize, DownsampleScalesLinearAntialias) {
  Tensor y =
      resize(4, 4, 2, 2, 0.6, 0.6, mode("linear", "half_pixel", ", antialias"));
  expectNear(y, {{1, 1, 2, 2}, {2.875, 4.5, 9.375, 11}}, kPrinted);
}

TEST(ReferenceResize, CropAndResizeByHand) {
  // Positions 0, 1.5, 3 and 4.5 of elements 1, 2, 3, 4.
  std::string rest = ", roi = array<f64: 0.0, 0.0, 1.0, 1.5>, "
                     "extrapolation_value = -1.0 : f64";
  Tensor y =
      resize(1, 4, 1, 4, 1, 1, mode("linear", "tf_crop_and_resize", rest));
  expectNear(y, {{1, 1, 1, 4}, {1, 2.5, 4, -1}});
}

TEST(ReferenceResize, TiesAreTiesBySizes) {
  // Position 3 lies at 4.5, which rounds down.
  Tensor y = resize(1, 9, 1, 6, 1, 6.0 / 9, mode("nearest", "asymmetric"));
  EXPECT_EQ(y.shape, (std::vector<int64_t>{1, 1, 1, 6}));
  Tensor third = {{1}, {y.data.at(3)}};
  expectNear(third, {{1}, {5}});
}

TEST(ReferenceResize, InfinityStaysWhereItHasNoWeight) {
  std::string text =
      functionOf({"tensor<1x1x2xf32>"}, "tensor<1x1x2xf32>",
                 R"(%y = nn.resize %0 {mode = #nn.resize_mode<linear>,
           coordinates = #nn.coordinates<half_pixel>, sizes = array<i64: 2>,
           scales = array<f64: 1.0>}
         : (tensor<1x1x2xf32>) -> tensor<1x1x2xf32>)");
  Tensor x{{1, 1, 2}, {3, INFINITY}};
  expectNear(interpretText(text, {x}).at(0), x);
}

} // namespace
