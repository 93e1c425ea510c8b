//===- StorageKernelTest.cpp - Kernels on f16 and bf16 against the interpreter
//---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CompiledNet.h"

using namespace kiln;
using namespace kiln::test;

namespace {

/// One operation on X (2x6x5x7), W (4x3x3x2) and C (6), stored narrowly.
struct Case {
  const char *name;
  const char *result;
  const char *body;
};

struct Storage {
  const char *name;
  ElementType type;
  double roundoff;
};

class StorageKernel : public testing::TestWithParam<std::tuple<Case, Storage>> {
};

Tensor rounded(const Tensor &tensor, ElementType type) {
  return reference::fromHost(reference::toHost(tensor, type));
}

/// `text` with the storage's name for each T.
std::string typed(llvm::StringRef text, const Storage &storage) {
  std::string result;
  for (char c : text)
    result += c == 'T' ? std::string(storage.name) : std::string(1, c);
  return result;
}

/// Inputs are exact in the storage type; the result is rounded once or, where
/// the operation is several, a few times.
TEST_P(StorageKernel, IsRoundedWhereStored) {
  const auto &[c, storage] = GetParam();
  std::vector<Tensor> inputs = {pattern({2, 6, 5, 7}, 1),
                                pattern({4, 3, 3, 2}, 2), pattern({6}, 3)};
  std::vector<std::string> types = {"tensor<2x6x5x7xT>", "tensor<4x3x3x2xT>",
                                    "tensor<6xT>"};
  for (Tensor &input : inputs)
    input = rounded(input, storage.type);
  for (std::string &type : types)
    type = typed(type, storage);
  expectCompiledNear(
      functionOf(types, typed(c.result, storage), typed(c.body, storage)),
      inputs, 2 * storage.roundoff);
}

#define X "tensor<2x6x5x7xT>"
#define CONV                                                                   \
  "nn.conv %0, %1 {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, " \
  "pad_low = array<i64: 0, 0>, pad_high = array<i64: 0, 0>, groups = 2 : "     \
  "i64} : (" X ", tensor<4x3x3x2xT>) -> tensor<2x4x3x6xT>"
#define FUSED                                                                  \
  "%y = nn.fused {\n%a = " CONV "\n%b = nn.tanh %a : tensor<2x4x3x6xT>\n"      \
  "%c = nn.relu %b : tensor<2x4x3x6xT>\nnn.yield %c : tensor<2x4x3x6xT>\n} "   \
  ": tensor<2x4x3x6xT>"

INSTANTIATE_TEST_SUITE_P(
    Types, StorageKernel,
    testing::Combine(
        testing::Values(
            Case{"conv", "tensor<2x4x3x6xT>", "%y = " CONV},
            Case{"prelu", X, "%y = nn.prelu %0, %2 : " X ", tensor<6xT>"},
            Case{"silu", X, "%y = nn.silu %0 : " X},
            Case{"softmax", X, "%y = nn.softmax %0 {axis = 1 : i64} : " X},
            Case{"global", "tensor<2x6x1x1xT>",
                 "%y = nn.global_average_pool %0 : (" X ")"
                 " -> tensor<2x6x1x1xT>"},
            Case{"fused", "tensor<2x4x3x6xT>", FUSED}),
        testing::Values(Storage{"f16", ElementType::F16, 0x1p-11},
                        Storage{"bf16", ElementType::BF16, 0x1p-8})),
    [](const auto &info) {
      return std::string(std::get<0>(info.param).name) + "_" +
             std::get<1>(info.param).name;
    });

/// 4096 times 1.25: an f16 accumulator would stand still at 2048 + 1.25.
TEST(StorageKernels, SumsAreKeptInF32) {
  Tensor x{{3, 4096}, std::vector<double>(3 * 4096, 1.25)};
  expectCompiledNear(functionOf({"tensor<3x4096xf16>"}, "tensor<3xf16>", R"(
      %zero = arith.constant 0.0 : f16
      %e = tensor.empty() : tensor<3xf16>
      %f = linalg.fill ins(%zero : f16) outs(%e : tensor<3xf16>) -> tensor<3xf16>
      %y = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>,
          affine_map<(i, j) -> (i)>], iterator_types = ["parallel", "reduction"]}
          ins(%0 : tensor<3x4096xf16>) outs(%f : tensor<3xf16>) {
      ^bb0(%a: f16, %b: f16):
        %s = arith.addf %a, %b : f16
        linalg.yield %s : f16
      } -> tensor<3xf16>)"),
                     {x}, 0x1p-11);
}

/// Moving keeps every bit, of unsigned integers, too.
TEST(StorageKernels, MovedElementsKeepTheirBits) {
  Tensor x{{2, 3}, {0, 255, 128, 1, 127, 200}};
  expectCompiledNear(functionOf({"tensor<2x3xui8>"}, "tensor<3x2xui8>", R"(
      %e = tensor.empty() : tensor<3x2xui8>
      %y = linalg.transpose ins(%0 : tensor<2x3xui8>)
          outs(%e : tensor<3x2xui8>) permutation = [1, 0])"),
                     {x}, 0);
}

} // namespace
