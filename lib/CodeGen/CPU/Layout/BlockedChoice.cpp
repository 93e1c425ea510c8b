//===- BlockedChoice.cpp - The kernel over blocks for an operation ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "BlockedChoice.h"

#include "BlockedConvolution.h"
#include "BlockedWindow.h"
#include "BlockedWinograd.h"
#include "kiln/CodeGen/CPU/IR/CPU.h"

using namespace mlir;

namespace kiln::cpu {
namespace {

/// One way to compute a convolution.
struct Candidate {
  /// Of one core.
  double cycles;
  std::function<Value()> lower;
};

} // namespace

static Value blockedInput(OpBuilder &builder, nn::ConvOp conv,
                          const TargetDescription &target) {
  Value input = conv.getInput();
  auto type = cast<RankedTensorType>(input.getType());
  return packChannels(builder, conv.getLoc(), input,
                      target.lanes(type.getElementTypeBitWidth()));
}

static void addDirect(OpBuilder &builder, nn::ConvOp conv,
                      const TargetDescription &target,
                      SmallVectorImpl<Candidate> &candidates) {
  if (!canBlockConv(conv, target))
    return;
  auto type = cast<RankedTensorType>(conv.getInput().getType());
  int64_t lanes = target.lanes(type.getElementTypeBitWidth());
  bool plain =
      prefersPlainInput(conv, target) && !isBlocked(conv.getInput(), lanes);
  candidates.push_back({predictConv(conv, target), [=, &builder, &target] {
                          nn::ConvOp op = conv;
                          Value input = plain
                                            ? op.getInput()
                                            : blockedInput(builder, op, target);
                          return lowerBlockedConv(builder, op, input, target);
                        }});
}

static void addDepthwise(OpBuilder &builder, nn::ConvOp conv,
                         const TargetDescription &target,
                         SmallVectorImpl<Candidate> &candidates) {
  if (!canBlockDepthwise(conv, target))
    return;
  candidates.push_back({predictDepthwise(conv, target), [=, &builder, &target] {
                          return lowerBlockedDepthwise(
                              builder, conv,
                              blockedInput(builder, conv, target), target);
                        }});
}

static void addWinograd(OpBuilder &builder, nn::ConvOp conv,
                        WinogradVariant variant,
                        const TargetDescription &target,
                        SmallVectorImpl<Candidate> &candidates) {
  if (!canBlockWinograd(conv, target))
    return;
  candidates.push_back(
      {predictWinograd(conv, variant, target), [=, &builder, &target] {
         return lowerBlockedWinograd(builder, conv,
                                     blockedInput(builder, conv, target),
                                     variant, target);
       }});
}

/// True if the result would not fill one block where nothing is in blocks yet:
/// vectors along the pixels waste fewer lanes.
static bool wastesBlocks(nn::ConvOp conv, const TargetDescription &target) {
  auto type = cast<RankedTensorType>(conv.getType());
  int64_t lanes = target.lanes(type.getElementTypeBitWidth());
  return type.getRank() == 4 && type.getDimSize(1) < lanes &&
         !isBlocked(conv.getInput(), lanes);
}

static Value lowerConv(OpBuilder &builder, nn::ConvOp conv,
                       const TargetDescription &target, ConvAccuracy accuracy) {
  if (wastesBlocks(conv, target))
    return {};
  SmallVector<Candidate> candidates;
  addDirect(builder, conv, target, candidates);
  addDepthwise(builder, conv, target, candidates);
  if (accuracy != ConvAccuracy::Direct)
    addWinograd(builder, conv, WinogradVariant::F2, target, candidates);
  if (accuracy == ConvAccuracy::Fast)
    addWinograd(builder, conv, WinogradVariant::F4, target, candidates);
  const Candidate *best =
      llvm::min_element(candidates, [](const Candidate &a, const Candidate &b) {
        return a.cycles < b.cycles;
      });
  if (best == candidates.end())
    return {};
  Value result = best->lower();
  if (Operation *kernel = result ? result.getDefiningOp() : nullptr)
    kernel->setAttr(kPredictedCyclesAttrName,
                    builder.getF64FloatAttr(best->cycles));
  return result;
}

Value lowerByBlockedKernel(OpBuilder &builder, Operation *op,
                           const TargetDescription &target,
                           ConvAccuracy accuracy) {
  Operation *root = op;
  if (auto fused = dyn_cast<nn::FusedOp>(op))
    root = fused.getRoot();
  if (auto conv = dyn_cast<nn::ConvOp>(root))
    return lowerConv(builder, conv, target, accuracy);
  if (root != op || !canBlockPool(op, target))
    return {};
  // Making blocks would cost more than it saves.
  Value plain = op->getOperand(0);
  auto type = cast<RankedTensorType>(plain.getType());
  int64_t lanes = target.lanes(type.getElementTypeBitWidth());
  if (!isBlocked(plain, lanes))
    return {};
  Value input = packChannels(builder, op->getLoc(), plain, lanes);
  return lowerBlockedPool(builder, op, input, target);
}

} // namespace kiln::cpu
