//===- ConstantsTest.cpp - Making, sharing, freeing constants ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "kiln/Dialect/NN/Utils/Constants.h"
#include "kiln/Dialect/NN/Utils/ConstantSweeper.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/AsmState.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/bit.h"

#include <cmath>
#include <gtest/gtest.h>
#include <random>

using namespace kiln;
using namespace mlir;

namespace {

class ConstantsTest : public ::testing::Test {
protected:
  ConstantsTest() : builder(&context) {
    context.loadDialect<arith::ArithDialect>();
    module = ModuleOp::create(builder.getUnknownLoc());
    builder.setInsertionPointToEnd(module->getBody());
  }

  RankedTensorType typeOf(int64_t size) {
    return RankedTensorType::get(size, builder.getF32Type());
  }

  /// A constant in the module, large enough not to be held inline.
  arith::ConstantOp addConstant(double value) {
    return arith::ConstantOp::create(
        builder, builder.getUnknownLoc(),
        cast<TypedAttr>(Attribute(nn::makeElements(
            typeOf(100), llvm::SmallVector<double>(100, value)))));
  }

  static bool hasData(Attribute elements) {
    return nn::readAsF64(elements).has_value();
  }

  MLIRContext context;
  OpBuilder builder;
  OwningOpRef<ModuleOp> module;
};

TEST_F(ConstantsTest, SweepFreesWhatTheModuleNoLongerRefersTo) {
  nn::ConstantSweeper sweeper(&context);
  arith::ConstantOp kept, dropped;
  {
    nn::ConstantSweeper::Scope scope(sweeper);
    kept = addConstant(1.5);
    dropped = addConstant(2.5);
  }
  Attribute keptValue = kept.getValue(), droppedValue = dropped.getValue();
  sweeper.sweep(*module);
  EXPECT_TRUE(hasData(keptValue) && hasData(droppedValue));
  dropped.erase();
  sweeper.sweep(*module);
  EXPECT_TRUE(hasData(keptValue));
  EXPECT_FALSE(hasData(droppedValue));
  EXPECT_EQ(nn::readAsF64(keptValue)->back(), 1.5);
}

TEST_F(ConstantsTest, SweepLeavesTheConstantsOfOthersAlone) {
  Attribute before = addConstant(1).getValue(), after;
  {
    nn::ConstantSweeper sweeper(&context);
    {
      nn::ConstantSweeper::Scope scope(sweeper);
    }
    after = addConstant(2).getValue();
    sweeper.sweep({});
  }
  EXPECT_TRUE(hasData(before));
  EXPECT_TRUE(hasData(after));
}

TEST_F(ConstantsTest, ASweeperFreesItsConstantsWithItself) {
  Attribute value;
  {
    nn::ConstantSweeper sweeper(&context);
    nn::ConstantSweeper::Scope scope(sweeper);
    value = addConstant(3).getValue();
  }
  EXPECT_FALSE(hasData(value));
}

TEST_F(ConstantsTest, AttributesOfAnOperationCountAsReferences) {
  nn::ConstantSweeper sweeper(&context);
  Attribute value;
  {
    nn::ConstantSweeper::Scope scope(sweeper);
    arith::ConstantOp op = addConstant(4);
    value = op.getValue();
    op.erase();
  }
  module->getOperation()->setAttr("test.nested", builder.getArrayAttr(value));
  sweeper.sweep(*module);
  EXPECT_TRUE(hasData(value));
}

TEST_F(ConstantsTest, LargeMemoryIsAdoptedWithoutACopy) {
  AsmResourceBlob blob = HeapAsmResourceBlob::allocate(400, /*align=*/64);
  for (int i = 0; i < 100; ++i) {
    float value = 0.5f * static_cast<float>(i);
    std::memcpy(blob.getMutableData().data() + 4 * i, &value, 4);
  }
  const char *memory = blob.getData().data();
  ElementsAttr elements = nn::adoptElements(typeOf(100), std::move(blob));
  llvm::SmallVector<char> storage;
  EXPECT_EQ(nn::rawBytes(elements, storage)->data(), memory);
  EXPECT_EQ((*nn::readAsF64(elements))[99], 49.5);
}

TEST_F(ConstantsTest, SmallMemoryIsHeldInline) {
  AsmResourceBlob blob = HeapAsmResourceBlob::allocate(12, /*align=*/64);
  const float values[] = {1, -2, 3};
  std::memcpy(blob.getMutableData().data(), values, 12);
  ElementsAttr elements = nn::adoptElements(typeOf(3), std::move(blob));
  EXPECT_TRUE(isa<DenseElementsAttr>(elements));
  EXPECT_EQ((*nn::readAsF64(elements))[1], -2);
}

/// What APFloat makes of a value: the rule that the short way must follow.
uint32_t roundedBits(double value) {
  llvm::APFloat rounded(value);
  bool losesInfo;
  rounded.convert(llvm::APFloat::IEEEsingle(),
                  llvm::APFloat::rmNearestTiesToEven, &losesInfo);
  return static_cast<uint32_t>(rounded.bitcastToAPInt().getZExtValue());
}

TEST_F(ConstantsTest, RoundsToF32AsAPFloatDoes) {
  std::vector<double> values = {0.0,
                                -0.0,
                                1 + 0x1p-24, // a tie, to even
                                1 + 0x1.8p-23,
                                0x1p-149, // the smallest subnormal
                                0x1p-150,
                                0x1.8p-150,
                                -0x1.fffffep127,
                                0x1.ffffffp127, // rounds to infinity
                                1e300,
                                HUGE_VAL,
                                std::nan("")};
  std::mt19937_64 random(20);
  for (int i = 0; i < 200; ++i)
    values.push_back(std::ldexp(std::normal_distribution<double>()(random), i - 150));
  auto size = static_cast<int64_t>(values.size());
  ElementsAttr elements = nn::makeElements(typeOf(size), values);
  llvm::SmallVector<char> storage;
  ArrayRef<char> bytes = *nn::rawBytes(elements, storage);
  for (int64_t i = 0; i < size; ++i) {
    uint32_t bits;
    std::memcpy(&bits, bytes.data() + 4 * i, 4);
    EXPECT_EQ(bits, roundedBits(values[i])) << values[i];
    EXPECT_EQ(llvm::bit_cast<uint64_t>(
                  nn::roundToType(values[i], builder.getF32Type())),
              llvm::bit_cast<uint64_t>((*nn::readAsF64(elements))[i]))
        << values[i];
  }
}

} // namespace
