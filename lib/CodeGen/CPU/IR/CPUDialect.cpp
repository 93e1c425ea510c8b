//===- CPUDialect.cpp - The cpu dialect ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "kiln/CodeGen/CPU/IR/CPU.h"

#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Utils/IndexingUtils.h"

#include "kiln/CodeGen/CPU/IR/CPUDialect.cpp.inc"

using namespace mlir;
using namespace kiln::cpu;

void CPUDialect::initialize() {
  addOperations<
#define GET_OP_LIST
#include "kiln/CodeGen/CPU/IR/CPUOps.cpp.inc"
      >();
}

//===----------------------------------------------------------------------===//
// Constraints of cpu.contract
//===----------------------------------------------------------------------===//

static LogicalResult verifyMaps(ContractOp op) {
  if (op.getMaps().size() != op->getNumOperands())
    return op.emitOpError("(contract-C1) expects ")
           << op->getNumOperands() << " maps, got " << op.getMaps().size();
  for (auto [i, operand] : llvm::enumerate(op->getOperands())) {
    AffineMap map = op.getMap(i);
    int64_t rank = cast<ShapedType>(operand.getType()).getRank();
    if (map.getNumDims() != op.getNumLoops() || map.getNumSymbols() != 0 ||
        map.getNumResults() != rank)
      return op.emitOpError("(contract-C1) expects map ")
             << i << " to go from " << op.getNumLoops() << " loops to " << rank
             << " dimensions, got " << AffineMapAttr::get(map);
  }
  return success();
}

static LogicalResult verifyPlan(ContractOp op) {
  int64_t least = std::min({static_cast<int64_t>(op.getRows()),
                            static_cast<int64_t>(op.getVectors()),
                            static_cast<int64_t>(op.getLanes())});
  int64_t reductions = op.getReductions(), unrolled = op.getUnrolled();
  for (auto [loop, size] : llvm::enumerate(op.getSizes()))
    if (size < (static_cast<int64_t>(loop) < op.getNumParallel() ? 1 : 0))
      least = 0;
  if (least < 1 || reductions < 0 || op.getNumParallel() < 2 || unrolled < 0 ||
      unrolled > reductions)
    return op.emitOpError("(contract-C2) expects a row and a column loop, "
                          "extents and tile sizes of at least 1, and at most "
                          "as many unrolled loops as reductions");
  if (static_cast<int64_t>(op.getOrder().size()) != op.getNumParallel() ||
      !isPermutationVector(op.getOrder()))
    return op.emitOpError("(contract-C2) expects order to be a permutation of "
                          "the parallel loops");
  return success();
}

static Type elementType(Value value) {
  return cast<ShapedType>(value.getType()).getElementType();
}

static LogicalResult verifyBody(ContractOp op) {
  Block &block = op.getBody().front();
  SmallVector<Type> expected{elementType(op.getOut())};
  for (Value extra : op.getExtras())
    expected.push_back(elementType(extra));
  auto yield = dyn_cast<YieldOp>(block.getTerminator());
  if (!llvm::equal(block.getArgumentTypes(), expected) || !yield ||
      yield.getValue().getType() != expected.front())
    return op.emitOpError("(contract-C3) expects a body from the sum and an "
                          "element of each extra to an element of out");
  return success();
}

LogicalResult ContractOp::verify() {
  if (failed(verifyMaps(*this)) || failed(verifyPlan(*this)) ||
      failed(verifyBody(*this)))
    return failure();
  Type element = elementType(getOut());
  if (!isa<FloatType>(element) || elementType(getLhs()) != element ||
      elementType(getRhs()) != element)
    return emitOpError("(contract-C4) expects one floating-point element type "
                       "of lhs, rhs and out");
  bool tensors = isa<TensorType>(getOut().getType());
  if (!llvm::all_of(
          getOperandTypes(),
          [&](Type type) { return isa<TensorType>(type) == tensors; }) ||
      (tensors != static_cast<bool>(getResult())) ||
      (tensors && getResult().getType() != getOut().getType()))
    return emitOpError("(contract-C5) expects tensors and a result of the "
                       "type of out, or memrefs and no result");
  return success();
}

void ContractOp::getEffects(
    SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>
        &effects) {
  if (isa<TensorType>(getOut().getType()))
    return;
  for (OpOperand &operand : getOperation()->getOpOperands()) {
    if (isDpsInit(&operand))
      effects.emplace_back(MemoryEffects::Write::get(), &operand);
    else
      effects.emplace_back(MemoryEffects::Read::get(), &operand);
  }
}

//===----------------------------------------------------------------------===//
// Bufferization of cpu.contract
//===----------------------------------------------------------------------===//

bool ContractOp::bufferizesToMemoryRead(OpOperand &operand,
                                        const bufferization::AnalysisState &) {
  return !isDpsInit(&operand);
}

bool ContractOp::bufferizesToMemoryWrite(OpOperand &operand,
                                         const bufferization::AnalysisState &) {
  return isDpsInit(&operand);
}

bufferization::AliasingValueList
ContractOp::getAliasingValues(OpOperand &operand,
                              const bufferization::AnalysisState &) {
  if (!isDpsInit(&operand))
    return {};
  return {{getOperation()->getResult(0),
           bufferization::BufferRelation::Equivalent}};
}

LogicalResult
ContractOp::bufferize(RewriterBase &rewriter,
                      const bufferization::BufferizationOptions &options,
                      bufferization::BufferizationState &state) {
  SmallVector<Value> buffers;
  for (Value operand : getOperands()) {
    FailureOr<Value> buffer =
        bufferization::getBuffer(rewriter, operand, options, state);
    if (failed(buffer))
      return failure();
    buffers.push_back(*buffer);
  }
  OperationState created(getLoc(), getOperationName());
  created.addOperands(buffers);
  created.propertiesAttr = getOperation()->getPropertiesAsAttribute();
  created.addRegion()->takeBody(getBody());
  rewriter.create(created);
  bufferization::replaceOpWithBufferizedValues(rewriter, *this, buffers.back());
  return success();
}

#define GET_OP_CLASSES
#include "kiln/CodeGen/CPU/IR/CPUOps.cpp.inc"
