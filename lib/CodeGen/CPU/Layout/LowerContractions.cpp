//===- LowerContractions.cpp - Algorithm and layout of each contraction ---*-
// C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Lowerings.h"
#include "kiln/CodeGen/CPU/IR/CPU.h"
#include "kiln/CodeGen/CPU/Passes.h"
#include "kiln/Support/Diagnostics.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "llvm/ADT/TypeSwitch.h"

namespace kiln::cpu {
#define GEN_PASS_DEF_LOWERCONTRACTIONS
#include "kiln/CodeGen/CPU/Passes.h.inc"
} // namespace kiln::cpu

using namespace mlir;
using namespace kiln;

static bool isRoot(Operation *op) {
  return isa<nn::ConvOp, nn::LinearOp, linalg::MatmulOp, linalg::BatchMatmulOp>(
      op);
}

static Value lower(OpBuilder &builder, Operation *root,
                   const cpu::TargetDescription &target) {
  return TypeSwitch<Operation *, Value>(root)
      .Case([&](nn::ConvOp conv) {
        return cpu::lowerConvolution(builder, conv, target);
      })
      .Case([&](nn::LinearOp linear) {
        return cpu::lowerLinear(builder, linear, target);
      })
      .Default([&](Operation *op) {
        return cpu::lowerMatmul(builder, cast<linalg::LinalgOp>(op), target);
      });
}

namespace {
struct LowerContractions : cpu::impl::LowerContractionsBase<LowerContractions> {
  using LowerContractionsBase::LowerContractionsBase;

  void runOnOperation() override {
    cpu::TargetDescription target;
    target.vectorBits = vectorBits;
    target.numVectorRegisters = registers;
    SmallVector<Operation *> roots;
    getOperation().walk([&](Operation *op) {
      if (isRoot(op))
        roots.push_back(op);
    });
    for (Operation *root : roots)
      if (failed(lowerRoot(root, target)))
        return signalPassFailure();
  }

private:
  LogicalResult lowerRoot(Operation *root,
                          const cpu::TargetDescription &target) {
    Operation *replaced = root;
    if (auto fused = dyn_cast<nn::FusedOp>(root->getParentOp()))
      replaced = fused;
    OpBuilder builder(replaced);
    Value value = lower(builder, root, target);
    if (!value && isa<linalg::LinalgOp>(root))
      return success(); // becomes plain loops
    if (!value)
      return kiln::emitError(root->getLoc(), ErrorCode::CodeGenFailed)
             << "no kernel for '" << root->getName() << "'";
    replaced->getResult(0).replaceAllUsesWith(value);
    replaced->erase();
    return success();
  }
};
} // namespace
