//===- NNToLinalg.cpp - The nn dialect as linalg on tensors ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "kiln/CodeGen/NNToLinalg.h"

#include "kiln/Dialect/NN/IR/NN.h"
#include "kiln/Support/Diagnostics.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Tensor/Transforms/Transforms.h"
#include "mlir/Transforms/WalkPatternRewriteDriver.h"

using namespace mlir;

namespace kiln {
namespace {

struct ConvertNNToLinalg
    : PassWrapper<ConvertNNToLinalg, OperationPass<func::FuncOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(ConvertNNToLinalg)

  StringRef getArgument() const override { return "convert-nn-to-linalg"; }
  StringRef getDescription() const override {
    return "Express the nn dialect, but for convolutions and linear layers, in "
           "linalg on tensors";
  }
  void getDependentDialects(DialectRegistry &registry) const override {
    registry.insert<arith::ArithDialect, linalg::LinalgDialect,
                    math::MathDialect, tensor::TensorDialect>();
  }
  LogicalResult initialize(MLIRContext *context) override {
    RewritePatternSet set(context);
    populateElementwiseToLinalgPatterns(set);
    populatePoolingToLinalgPatterns(set);
    populateResamplingToLinalgPatterns(set);
    populateNormalizationToLinalgPatterns(set);
    tensor::populateDecomposeTensorConcatPatterns(set);
    patterns = std::move(set);
    return success();
  }
  void runOnOperation() override {
    splitWideConcats(getOperation());
    walkAndApplyPatterns(getOperation(), patterns);
    WalkResult walk = getOperation().walk([](Operation *op) -> WalkResult {
      if (!isa_and_nonnull<nn::NNDialect>(op->getDialect()))
        return WalkResult::advance();
      kiln::emitError(op->getLoc(), ErrorCode::CodeGenFailed)
          << "no kernel for '" << op->getName() << "'";
      return WalkResult::interrupt();
    });
    if (walk.wasInterrupted())
      signalPassFailure();
  }

  FrozenRewritePatternSet patterns;
};

} // namespace

std::unique_ptr<Pass> createConvertNNToLinalgPass() {
  return std::make_unique<ConvertNNToLinalg>();
}

void registerConvertNNToLinalgPass() { PassRegistration<ConvertNNToLinalg>(); }

} // namespace kiln
