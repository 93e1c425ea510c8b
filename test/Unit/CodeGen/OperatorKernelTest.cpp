//===- OperatorKernelTest.cpp - Other compiled operations against the
// interpreter ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CompiledNet.h"

using namespace kiln::test;

namespace {

/// Every operation on tensors of odd sizes: name, operation with %0 and %y.
struct Case {
  const char *name;
  std::vector<std::string> operands;
  const char *result;
  const char *body;
};

Tensor inputFor(const std::string &type, int64_t seed) {
  std::vector<int64_t> shape;
  const char *at = type.c_str() + sizeof("tensor<") - 1;
  while (*at >= '0' && *at <= '9') {
    shape.push_back(std::strtoll(at, const_cast<char **>(&at), 10));
    ++at;
  }
  return pattern(shape, seed);
}

class OperatorKernel : public testing::TestWithParam<Case> {};

TEST_P(OperatorKernel, MatchesInterpreter) {
  const Case &c = GetParam();
  std::vector<Tensor> inputs;
  for (size_t i = 0; i < c.operands.size(); ++i)
    inputs.push_back(inputFor(c.operands[i], static_cast<int64_t>(i) + 1));
  expectCompiledNear(functionOf(c.operands, c.result, c.body), inputs);
}

#define X "tensor<2x3x5x7xf32>"
#define UNARY(name, attributes)                                                \
  Case { #name, {X}, X, "%y = nn." #name " %0 " attributes " : " X }

INSTANTIATE_TEST_SUITE_P(
    Activations, OperatorKernel,
    testing::Values(
        UNARY(relu, ""),
        UNARY(clip, "{minimum = -0.25 : f64, maximum = 0.75 : f64}"),
        UNARY(leaky_relu, "{alpha = 0.1 : f64}"),
        UNARY(elu, "{alpha = 1.5 : f64}"),
        UNARY(selu, "{alpha = 1.67326 : f64, gamma = 1.0507 : f64}"),
        UNARY(celu, "{alpha = 2.0 : f64}"), UNARY(sigmoid, ""),
        UNARY(hard_sigmoid, "{alpha = 0.2 : f64, beta = 0.5 : f64}"),
        UNARY(tanh, ""), UNARY(softplus, ""), UNARY(softsign, ""),
        UNARY(silu, ""), UNARY(hard_swish, ""), UNARY(mish, ""),
        UNARY(gelu, ""), UNARY(gelu, "{form = #nn.gelu_form<tanh>}"),
        UNARY(softmax, "{axis = 1 : i64}"), UNARY(softmax, "{axis = 3 : i64}"),
        UNARY(log_softmax, "{axis = 2 : i64}"),
        UNARY(channel_affine, "{scale = array<f64: -0.5, 2.0, 3.0>, shift = "
                              "array<f64: 0.25, 0.0, -1.0>}"),
        UNARY(channel_affine, "{axis = 2 : i64, scale = array<f64: -0.5, 2.0, "
                              "3.0, 1.0, 0.1>, shift = array<f64: 0.25, 0.0, "
                              "-1.0, 2.0, 3.0>}"),
        Case{"prelu",
             {X, "tensor<3xf32>"},
             X,
             "%y = nn.prelu %0, %1 : " X ", tensor<3xf32>"},
        Case{"prelu_one",
             {X, "tensor<1xf32>"},
             X,
             "%y = nn.prelu %0, %1 : " X ", tensor<1xf32>"},
        Case{"shuffle",
             {"tensor<2x6x5xf32>"},
             "tensor<2x6x5xf32>",
             "%y = nn.channel_shuffle %0 {groups = 2 : i64} : "
             "tensor<2x6x5xf32>"}));

#define POOL "tensor<2x3x9x11xf32>"
INSTANTIATE_TEST_SUITE_P(
    Pooling, OperatorKernel,
    testing::Values(
        Case{"max",
             {POOL},
             "tensor<2x3x5x10xf32>",
             "%y = nn.max_pool %0 {kernel = array<i64: 3, 2>, strides = "
             "array<i64: 2, 1>, dilations = array<i64: 1, 2>, pad_low = "
             "array<i64: 1, 0>, pad_high = array<i64: 1, 1>} : (" POOL
             ") -> tensor<2x3x5x10xf32>"},
        Case{"max_ceil",
             {POOL},
             "tensor<2x3x5x6xf32>",
             "%y = nn.max_pool %0 {kernel = array<i64: 2, 2>, strides = "
             "array<i64: 2, 2>, dilations = array<i64: 1, 1>, pad_low = "
             "array<i64: 0, 0>, pad_high = array<i64: 0, 0>, ceil_mode} : "
             "(" POOL ") -> tensor<2x3x5x6xf32>"},
        Case{"average",
             {POOL},
             "tensor<2x3x5x6xf32>",
             "%y = nn.average_pool %0 {kernel = array<i64: 3, 3>, strides = "
             "array<i64: 2, 2>, dilations = array<i64: 1, 1>, pad_low = "
             "array<i64: 1, 1>, pad_high = array<i64: 1, 1>} : (" POOL
             ") -> tensor<2x3x5x6xf32>"},
        Case{"average_ceil_count",
             {POOL},
             "tensor<2x3x5x6xf32>",
             "%y = nn.average_pool %0 {kernel = array<i64: 3, 3>, strides = "
             "array<i64: 2, 2>, dilations = array<i64: 1, 1>, pad_low = "
             "array<i64: 1, 1>, pad_high = array<i64: 1, 0>, ceil_mode, "
             "count_include_pad} : (" POOL ") -> tensor<2x3x5x6xf32>"},
        Case{"global_average",
             {POOL},
             "tensor<2x3x1x1xf32>",
             "%y = nn.global_average_pool %0 : (" POOL
             ") -> tensor<2x3x1x1xf32>"},
        Case{"global_max",
             {"tensor<2x3x19xf32>"},
             "tensor<2x3x1xf32>",
             "%y = nn.global_max_pool %0 : (tensor<2x3x19xf32>) -> "
             "tensor<2x3x1xf32>"}));

#define RESIZE(mode, coordinates, more)                                        \
  Case{"resize",                                                               \
       {"tensor<2x3x5x7xf32>"},                                                \
       "tensor<2x3x8x18xf32>",                                                 \
       "%y = nn.resize %0 {mode = #nn.resize_mode<" mode                       \
       ">, coordinates = #nn.coordinates<" coordinates ">, " more              \
       "sizes = array<i64: 8, 18>, scales = array<f64: 1.7, 2.6>} : "          \
       "(tensor<2x3x5x7xf32>) -> tensor<2x3x8x18xf32>"}
INSTANTIATE_TEST_SUITE_P(
    Resize, OperatorKernel,
    testing::Values(
        RESIZE("nearest", "asymmetric", "rounding = #nn.rounding<floor>, "),
        RESIZE("nearest", "half_pixel",
               "rounding = #nn.rounding<round_prefer_ceil>, "),
        RESIZE("nearest", "tf_half_pixel_for_nn", ""),
        RESIZE("linear", "half_pixel", ""),
        RESIZE("linear", "align_corners", ""),
        RESIZE("linear", "half_pixel_symmetric", "exclude_outside, "),
        RESIZE("cubic", "pytorch_half_pixel", ""),
        RESIZE("cubic", "half_pixel",
               "exclude_outside, cubic_coefficient = -0.5 : f64, "),
        // Nothing of the input along some rows and columns.
        RESIZE("linear", "tf_crop_and_resize",
               "roi = array<f64: -0.3, 0.2, 0.9, 1.4>, extrapolation_value = "
               "7.5 : f64, "),
        RESIZE("nearest", "tf_crop_and_resize",
               "roi = array<f64: 0.9, 0.1, -0.2, 0.7>, ")));

#define SHRINK(mode, more)                                                     \
  Case{"shrink",                                                               \
       {"tensor<2x3x9x13xf32>"},                                               \
       "tensor<2x3x3x4xf32>",                                                  \
       "%y = nn.resize %0 {antialias, mode = #nn.resize_mode<" mode            \
       ">, coordinates = #nn.coordinates<half_pixel>, " more                   \
       "sizes = array<i64: 3, 4>, scales = array<f64: 0.4, 0.33>} : "          \
       "(tensor<2x3x9x13xf32>) -> tensor<2x3x3x4xf32>"}
INSTANTIATE_TEST_SUITE_P(Antialias, OperatorKernel,
                         testing::Values(SHRINK("linear", ""),
                                         SHRINK("cubic", ""),
                                         SHRINK("cubic", "exclude_outside, ")));

#define V "tensor<3xf32>"
INSTANTIATE_TEST_SUITE_P(
    BatchNorm, OperatorKernel,
    testing::Values(
        Case{"training",
             {X, V, V},
             X,
             "%y, %m, %v = nn.batch_norm_training %0, %1, %2 {epsilon = "
             "1.0e-03 : f64} : (" X ", " V ", " V ") -> (" X ", " V ", " V ")"},
        Case{"running_variance",
             {X, V, V, V, V},
             V,
             "%z, %m, %y = nn.batch_norm_training %0, %1, %2 running(%3, %4) "
             "{epsilon = 1.0e-03 : f64, momentum = 0.3 : f64, "
             "tracks_statistics, unbiased_variance} : (" X ", " V ", " V ", " V
             ", " V ") -> (" X ", " V ", " V ")"},
        Case{"inference",
             {X, V, V, V},
             X,
             "%w = arith.constant dense<[0.5, 2.5, 0.03]> : " V "\n"
             "%y = nn.batch_norm_inference %0, %1, %2, %3, %w {epsilon = "
             "1.0e-03 : f64} : (" X ", " V ", " V ", " V ", " V ") -> " X}));

INSTANTIATE_TEST_SUITE_P(
    Matrices, OperatorKernel,
    testing::Values(
        Case{"linear",
             {"tensor<3x17xf32>", "tensor<21x17xf32>", "tensor<21xf32>"},
             "tensor<3x21xf32>",
             "%y = nn.linear %0, %1, %2 : (tensor<3x17xf32>, tensor<21x17xf32>"
             ", tensor<21xf32>) -> tensor<3x21xf32>"},
        Case{"linear_rank3",
             {"tensor<2x5x9xf32>", "tensor<4x9xf32>"},
             "tensor<2x5x4xf32>",
             "%y = nn.linear %0, %1 : (tensor<2x5x9xf32>, tensor<4x9xf32>) -> "
             "tensor<2x5x4xf32>"},
        Case{"linear_rank4_leading_channels", // F20: not the feature axis
             {"tensor<2x3x4x5xf32>", "tensor<6x5xf32>", "tensor<3x1x6xf32>"},
             "tensor<2x3x4x6xf32>",
             "%y = nn.fused {\n"
             "%a = nn.linear %0, %1 : (tensor<2x3x4x5xf32>, tensor<6x5xf32>) "
             "-> tensor<2x3x4x6xf32>\n"
             "%b = nn.channel_affine %a {scale = array<f64: -0.5, 2.0, 0.25>, "
             "shift = array<f64: 1.0, 0.0, -1.5>} : tensor<2x3x4x6xf32>\n"
             "%e = tensor.empty() : tensor<2x3x4x6xf32>\n"
             "%c = linalg.generic {indexing_maps = ["
             "affine_map<(a, b, c, d) -> (a, b, c, d)>, "
             "affine_map<(a, b, c, d) -> (b, 0, d)>, "
             "affine_map<(a, b, c, d) -> (a, b, c, d)>], iterator_types = "
             "[\"parallel\", \"parallel\", \"parallel\", \"parallel\"]} "
             "ins(%b, %2 : tensor<2x3x4x6xf32>, tensor<3x1x6xf32>) "
             "outs(%e : tensor<2x3x4x6xf32>) {\n"
             "^bb0(%p: f32, %q: f32, %r: f32):\n"
             "%s = arith.addf %p, %q : f32\n"
             "linalg.yield %s : f32\n"
             "} -> tensor<2x3x4x6xf32>\n"
             "nn.yield %c : tensor<2x3x4x6xf32>\n"
             "} : tensor<2x3x4x6xf32>"},
        Case{"conv_transpose_computed_weights",
             {"tensor<1x4x5x7xf32>", "tensor<4x3x3x2xf32>"},
             "tensor<1x6x11x20xf32>",
             "%y = nn.conv_transpose %0, %1 {strides = array<i64: 2, 3>, "
             "dilations = array<i64: 1, 1>, pad_low = array<i64: 0, 0>, "
             "pad_high = array<i64: 0, 0>, output_padding = array<i64: 0, 0>, "
             "groups = 2 : i64} : (tensor<1x4x5x7xf32>, tensor<4x3x3x2xf32>) "
             "-> tensor<1x6x11x20xf32>"},
        Case{"empty_batch",
             {"tensor<0x4x5x7xf32>", "tensor<3x4x1x2xf32>"},
             "tensor<0x3x5x6xf32>",
             "%y = nn.conv %0, %1 {strides = array<i64: 1, 1>, dilations = "
             "array<i64: 1, 1>, pad_low = array<i64: 0, 0>, pad_high = "
             "array<i64: 0, 0>} : (tensor<0x4x5x7xf32>, tensor<3x4x1x2xf32>) "
             "-> tensor<0x3x5x6xf32>"},
        Case{"empty_part",
             {"tensor<2x0xf32>", "tensor<2x6xf32>"},
             "tensor<2x6xf32>",
             "%r = nn.tanh %0 : tensor<2x0xf32>\n"
             "%y = tensor.concat dim(1) %r, %1 : (tensor<2x0xf32>, "
             "tensor<2x6xf32>) -> tensor<2x6xf32>"},
        Case{"empty_sum",
             {"tensor<2x0xf32>", "tensor<3x0xf32>", "tensor<3xf32>"},
             "tensor<2x3xf32>",
             "%y = nn.linear %0, %1, %2 : (tensor<2x0xf32>, tensor<3x0xf32>, "
             "tensor<3xf32>) -> tensor<2x3xf32>"},
        Case{"empty_output",
             {"tensor<2x0x4xf32>"},
             "tensor<2x0x4xf32>",
             "%y = nn.sigmoid %0 : tensor<2x0x4xf32>"},
        Case{"batch_matmul",
             {"tensor<2x5x9xf32>", "tensor<2x9x23xf32>"},
             "tensor<2x5x23xf32>",
             "%c = arith.constant 0.0 : f32\n"
             "%e = tensor.empty() : tensor<2x5x23xf32>\n"
             "%f = linalg.fill ins(%c : f32) outs(%e : tensor<2x5x23xf32>) -> "
             "tensor<2x5x23xf32>\n"
             "%y = linalg.batch_matmul ins(%0, %1 : tensor<2x5x9xf32>, "
             "tensor<2x9x23xf32>) outs(%f : tensor<2x5x23xf32>) -> "
             "tensor<2x5x23xf32>"},
        Case{"concat",
             {"tensor<2x5x9xf32>", "tensor<2x3x9xf32>"},
             "tensor<2x8x9xf32>",
             "%r = nn.relu %0 : tensor<2x5x9xf32>\n"
             "%y = tensor.concat dim(1) %r, %1 : (tensor<2x5x9xf32>, "
             "tensor<2x3x9xf32>) -> tensor<2x8x9xf32>"},
        Case{"pad",
             {"tensor<2x5x9xf32>"},
             "tensor<2x8x12xf32>",
             "%c = arith.constant 0.5 : f32\n"
             "%y = tensor.pad %0 low[0, 1, 2] high[0, 2, 1] {\n"
             "^bb0(%i: index, %j: index, %k: index):\n tensor.yield %c : f32\n"
             "} : tensor<2x5x9xf32> to tensor<2x8x12xf32>"},
        Case{"transpose",
             {"tensor<2x5x9xf32>"},
             "tensor<9x2x5xf32>",
             "%e = tensor.empty() : tensor<9x2x5xf32>\n"
             "%y = linalg.transpose ins(%0 : tensor<2x5x9xf32>) outs(%e : "
             "tensor<9x2x5xf32>) permutation = [2, 0, 1]"},
        Case{"identity",
             {"tensor<2x5xf32>"},
             "tensor<2x5xf32>",
             "%q = tensor.collapse_shape %0 [[0, 1]] : tensor<2x5xf32> into "
             "tensor<10xf32>\n"
             "%y = tensor.expand_shape %q [[0, 1]] output_shape [2, 5] : "
             "tensor<10xf32> into tensor<2x5xf32>"}));

} // namespace
