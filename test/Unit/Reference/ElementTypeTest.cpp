//===- ElementTypeTest.cpp - Integers in the interpreter ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Support/Interpret.h"

using namespace kiln::test;

namespace {

Tensor bitcast(const std::string &from, const std::string &to, Tensor x) {
  std::string in = "tensor<4x" + from + ">", out = "tensor<4x" + to + ">";
  auto results = interpretText(
      functionOf({in}, out, "%y = tensor.bitcast %0 : " + in + " to " + out),
      {std::move(x)});
  return results.empty() ? Tensor() : results.front();
}

} // namespace

TEST(ReferenceTypes, BitcastKeepsTheBits) {
  expectNear(bitcast("ui8", "i8", {{4}, {0, 127, 128, 255}}),
             {{4}, {0, 127, -128, -1}}, 0);
  expectNear(bitcast("i8", "ui8", {{4}, {0, 127, -128, -1}}),
             {{4}, {0, 127, 128, 255}}, 0);
  expectNear(bitcast("ui32", "i32", {{4}, {1, 2147483648., 4294967295., 7}}),
             {{4}, {1, -2147483648., -1, 7}}, 0);
}

// What docs/element-types.md says of larger integers: rounded, not wrong.
TEST(ReferenceTypes, BeyondTwoToThe53IntegersAreRounded) {
  Tensor y = bitcast("i64", "ui64", {{4}, {-2, 0x1p53, -0x1p63, 5}});
  expectNear(y, {{4}, {0x1p64, 0x1p53, 0x1p63, 5}}, 0);
}

TEST(ReferenceTypes, OtherBitcastsAreRefused) {
  std::string errors = errorsOf(
      functionOf({"tensor<4xf32>"}, "tensor<4xi32>",
                 "%y = tensor.bitcast %0 : tensor<4xf32> to tensor<4xi32>"),
      {Tensor{{4}, {1, 2, 3, 4}}});
  EXPECT_NE(errors.find("K0301"), std::string::npos) << errors;
}
