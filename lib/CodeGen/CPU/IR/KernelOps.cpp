//===- KernelOps.cpp - What the operations of kernels share ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "kiln/CodeGen/CPU/IR/KernelOps.h"

#include "kiln/CodeGen/CPU/IR/CPU.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Utils/StructuredOpsUtils.h"

using namespace mlir;

namespace kiln::cpu {

LogicalResult verifyKernelOperands(Operation *op, StringRef label) {
  auto style = cast<DestinationStyleOpInterface>(op);
  auto outTypes = style.getDpsInits().getTypes();
  bool tensors = isa<TensorType>(outTypes.front());
  auto fits = [&](Type type) {
    return isa<TensorType>(type) == tensors &&
           cast<ShapedType>(type).hasStaticShape();
  };
  if (llvm::all_of(op->getOperandTypes(), fits) &&
      (tensors ? llvm::equal(op->getResultTypes(), outTypes)
               : op->getNumResults() == 0))
    return success();
  return op->emitOpError("(")
         << label
         << ") expects static tensors and a result of the type of out, or "
            "static memrefs and no result";
}

bool isSumOfMultiples(AffineExpr expr) {
  if (auto constant = dyn_cast<AffineConstantExpr>(expr))
    return constant.getValue() >= 0;
  if (isa<AffineDimExpr>(expr))
    return true;
  auto binary = dyn_cast<AffineBinaryOpExpr>(expr);
  return binary &&
         (binary.getKind() == AffineExprKind::Add ||
          binary.getKind() == AffineExprKind::Mul) &&
         expr.isPureAffine() && isSumOfMultiples(binary.getLHS()) &&
         isSumOfMultiples(binary.getRHS());
}

LogicalResult verifyExtraMaps(Operation *op, ArrayAttr maps, ValueRange extras,
                              unsigned numLoops, StringRef label) {
  auto fits = [&](Attribute attr, Value extra) {
    AffineMap map = cast<AffineMapAttr>(attr).getValue();
    return map.getNumDims() == numLoops && map.getNumSymbols() == 0 &&
           map.getNumResults() == cast<ShapedType>(extra.getType()).getRank() &&
           llvm::all_of(map.getResults(), isSumOfMultiples);
  };
  bool good = maps.size() == extras.size();
  for (auto [map, extra] : llvm::zip(maps, extras))
    good &= fits(map, extra);
  if (good)
    return success();
  return op->emitOpError("(")
         << label << ") expects for each extra a map from " << numLoops
         << " loops to its dimensions, in sums of "
            "multiples of loops";
}

LogicalResult verifyElementBody(Operation *op, Region &body, Type element,
                                ValueRange extras, StringRef label) {
  Block &block = body.front();
  SmallVector<Type> expected{element};
  for (Value extra : extras)
    expected.push_back(getElementTypeOrSelf(extra));
  auto yield = block.empty() ? YieldOp() : dyn_cast<YieldOp>(block.back());
  if (llvm::equal(block.getArgumentTypes(), expected) && yield &&
      yield.getValue().getType() == element)
    return success();
  return op->emitOpError("(") << label
                              << ") expects a body from the sum and an element "
                                 "of each extra to an element of out";
}

void getKernelEffects(
    Operation *op,
    SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>
        &effects) {
  auto style = cast<DestinationStyleOpInterface>(op);
  if (style.hasPureTensorSemantics())
    return;
  for (OpOperand &operand : op->getOpOperands()) {
    if (style.isDpsInit(&operand))
      effects.emplace_back(MemoryEffects::Write::get(), &operand);
    else
      effects.emplace_back(MemoryEffects::Read::get(), &operand);
  }
}

LogicalResult
bufferizeKernel(Operation *op, RewriterBase &rewriter,
                const bufferization::BufferizationOptions &options,
                bufferization::BufferizationState &state) {
  SmallVector<Value> buffers;
  for (Value operand : op->getOperands()) {
    FailureOr<Value> buffer =
        bufferization::getBuffer(rewriter, operand, options, state);
    if (failed(buffer))
      return failure();
    buffers.push_back(*buffer);
  }
  auto style = cast<DestinationStyleOpInterface>(op);
  SmallVector<Value> outs;
  for (int64_t i = 0, e = style.getNumDpsInits(); i < e; ++i)
    outs.push_back(buffers[style.getDpsInitOperand(i)->getOperandNumber()]);
  // mlir::clone takes no region without blocks, such as a prologue not there.
  Operation *created = Operation::create(
      op->getLoc(), op->getName(), /*resultTypes=*/TypeRange(), buffers,
      op->getDiscardableAttrDictionary(), op->getPropertiesStorage(),
      /*successors=*/BlockRange(), op->getNumRegions());
  for (auto [to, from] :
       llvm::zip_equal(created->getRegions(), op->getRegions()))
    to.takeBody(from);
  rewriter.insert(created);
  bufferization::replaceOpWithBufferizedValues(rewriter, op, outs);
  return success();
}

} // namespace kiln::cpu
