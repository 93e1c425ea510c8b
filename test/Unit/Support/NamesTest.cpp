//===- NamesTest.cpp - Names from files and error labels ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "kiln/Support/Names.h"
#include "kiln/Support/ErrorCodes.h"

#include <gtest/gtest.h>

using namespace kiln;

TEST(Names, BecomeIdentifiers) {
  EXPECT_EQ(toIdentifier("res-net.50"), "res_net_50");
  EXPECT_EQ(toIdentifier("50net"), "_50net");
  EXPECT_EQ(toIdentifier(""), "net");
  EXPECT_EQ(toIdentifier("while"), "while_");
  EXPECT_EQ(toIdentifier("a\"b\n/\xc3\xa9"), "a_b____");
}

TEST(Names, AreEscapedForLiterals) {
  EXPECT_EQ(escapeName("conv/1"), "conv/1");
  EXPECT_EQ(escapeName("a\"b\\c"), "a\\\"b\\\\c");
  // Octal escapes end after three digits: a digit that follows stays one.
  EXPECT_EQ(escapeName("\n1"), "\\0121");
  EXPECT_EQ(escapeName("\x1b[31m"), "\\033[31m");
  EXPECT_EQ(escapeName("\xc3\xa9"), "\\303\\251");
}

TEST(ErrorCodes, LabelsRoundTrip) {
  EXPECT_EQ(errorLabel(ErrorCode::FileUnreadable), "K0001");
  EXPECT_EQ(parseErrorLabel("K0301: shapes"), ErrorCode::BadShape);
  EXPECT_EQ(parseErrorLabel("K0399"), std::nullopt);
  EXPECT_EQ(parseErrorLabel("K03"), std::nullopt);
  EXPECT_EQ(parseErrorLabel("shape"), std::nullopt);
}

TEST(ErrorCodes, CarryExitCodes) {
  EXPECT_EQ(errorInfo(ErrorCode::NumbersDiffer).exitCode, 3);
  EXPECT_EQ(errorInfo(ErrorCode::UnsupportedOperator).exitCode, 4);
  EXPECT_EQ(errorInfo(ErrorCode::Internal).exitCode, 70);
}
