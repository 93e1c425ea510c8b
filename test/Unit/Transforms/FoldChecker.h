//===- FoldChecker.h - Folded nets against unfolded ones ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_TEST_UNIT_TRANSFORMS_FOLDCHECKER_H
#define KILN_TEST_UNIT_TRANSFORMS_FOLDCHECKER_H

#include "NetWriter.h"
#include "Support/Interpret.h"
#include "kiln/Dialect/NN/Transforms/FoldLedger.h"
#include "kiln/Dialect/NN/Transforms/Pipelines.h"

#include "mlir/Pass/PassManager.h"

namespace kiln::test {

/// A net after the fold and fuse phases.
struct FoldedNet {
  Session session;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  llvm::SmallVector<nn::FoldLedgerEntry> ledger;

  template <typename OpTy> int64_t count() {
    int64_t number = 0;
    module->walk([&](OpTy) { ++number; });
    return number;
  }
};

/// Relative to the greatest output: a few f32 roundings of each parameter of
/// the few layers that the nets here have.
inline constexpr double kFoldTolerance = 3e-6;

/// Folds and fuses `text` and checks that its results on a patterned input are
/// those of the net as written, after each of the two phases; that folding
/// again changes nothing (F25); and that the ledger has one entry for each
/// batch normalisation, whose measured error is within its bound.
inline void foldAndCompare(const std::string &text, FoldedNet &net,
                           std::vector<int64_t> inputShape) {
  net.module = net.session.parse(text);
  ASSERT_TRUE(net.module) << net.session.errors << text;
  auto func = [&] { return *net.module->getOps<mlir::func::FuncOp>().begin(); };
  std::vector<Tensor> inputs = {pattern(std::move(inputShape), 3)};
  int64_t batchNorms = net.count<nn::BatchNormInferenceOp>() +
                       net.count<nn::BatchNormTrainingOp>();
  auto expected = reference::interpret(func(), inputs);
  ASSERT_TRUE(succeeded(expected)) << net.session.errors << text;

  auto run = [&](auto build) {
    mlir::PassManager manager(&net.session.context);
    build(manager);
    ASSERT_TRUE(succeeded(manager.run(*net.module)))
        << net.session.errors << text;
    auto actual = reference::interpret(func(), inputs);
    ASSERT_TRUE(succeeded(actual)) << net.session.errors;
    ASSERT_EQ(actual->size(), expected->size());
    for (size_t i = 0; i < actual->size(); ++i)
      expectNear((*actual)[i], (*expected)[i], kFoldTolerance);
  };
  auto print = [&] {
    std::string printed;
    llvm::raw_string_ostream stream(printed);
    net.module->print(stream);
    return printed;
  };
  run(nn::buildFoldPipeline);
  std::string once = print();
  run(nn::buildFoldPipeline);
  EXPECT_EQ(print(), once) << "folding twice is not folding once";
  run(nn::buildFusePipeline);

  net.ledger = nn::readFoldLedger(*net.module);
  EXPECT_EQ(static_cast<int64_t>(net.ledger.size()), batchNorms);
  for (const nn::FoldLedgerEntry &entry : net.ledger) {
    EXPECT_LE(entry.measured, entry.bound) << entry.name;
    if (entry.action != nn::FoldAction::Folded)
      EXPECT_NE(entry.reason, "") << entry.name;
  }
}

/// As above; every entry must be folded, in `direction` if that is not empty,
/// and no scale and shift may be left.
inline void expectFolded(const NetWriter &writer,
                         const std::vector<Value> &outputs,
                         const std::string &direction = "") {
  FoldedNet net;
  foldAndCompare(writer.finish(outputs), net, writer.input().shape);
  if (testing::Test::HasFatalFailure())
    return;
  for (const nn::FoldLedgerEntry &entry : net.ledger) {
    EXPECT_EQ(entry.action, nn::FoldAction::Folded) << entry.reason;
    if (!direction.empty())
      EXPECT_EQ(entry.direction, direction);
  }
  EXPECT_EQ(net.count<nn::ChannelAffineOp>(), 0);
}

/// As above; one affine at least must remain, and entry 0 of the ledger must
/// give a reason in which `why` occurs.
inline void expectNotFolded(const NetWriter &writer,
                            const std::vector<Value> &outputs,
                            const std::string &why,
                            nn::FoldAction action = nn::FoldAction::Kept) {
  FoldedNet net;
  foldAndCompare(writer.finish(outputs), net, writer.input().shape);
  if (testing::Test::HasFatalFailure())
    return;
  ASSERT_FALSE(net.ledger.empty());
  EXPECT_EQ(net.ledger[0].action, action) << net.ledger[0].reason;
  EXPECT_NE(net.ledger[0].reason.find(why), std::string::npos)
      << net.ledger[0].reason;
}

} // namespace kiln::test

#endif // KILN_TEST_UNIT_TRANSFORMS_FOLDCHECKER_H
