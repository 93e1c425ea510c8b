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
#include "llvm/Support/MathExtras.h"

#include "kiln/CodeGen/CPU/IR/CPUDialect.cpp.inc"
#include "kiln/CodeGen/CPU/IR/CPUEnums.cpp.inc"
#include "kiln/CodeGen/CPU/IR/CostOpInterface.cpp.inc"

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
  unsigned numMapped = op->getNumOperands();
  if (op.getMaps().size() != numMapped)
    return op.emitOpError("(contract-C1) expects ")
           << numMapped << " maps, got " << op.getMaps().size();
  if (op.getTransformed() > 1)
    return op.emitOpError("(contract-C6) expects the prologue to transform "
                          "operand 0 or 1, got ")
           << op.getTransformed();
  auto rankOf = [](Value value) {
    return cast<ShapedType>(value.getType()).getRank();
  };
  int64_t loops = op.getNumLoops();
  int64_t transformed = rankOf(op->getOperand(op.getTransformed()));
  unsigned firstOfPrologue = 2 + op.getExtras().size();
  for (unsigned i = 0; i < numMapped; ++i) {
    AffineMap map = op.getMap(i);
    unsigned place = i - firstOfPrologue;
    bool inPrologue =
        i >= firstOfPrologue && place < op.getPrologueExtras().size();
    int64_t from = inPrologue ? transformed : loops;
    int64_t rank = rankOf(op->getOperand(i));
    if (map.getNumDims() != from || map.getNumSymbols() != 0 ||
        map.getNumResults() != rank)
      return op.emitOpError("(contract-C1) expects map ")
             << i << " to go from " << from << " loops to " << rank
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

static LogicalResult verifyPrologue(ContractOp op) {
  if (!op.hasPrologue()) {
    if (!op.getPrologueExtras().empty())
      return op.emitOpError("(contract-C6) expects a prologue for its extras");
    return success();
  }
  Block &block = op.getPrologue().front();
  SmallVector<Type> expected{elementType(op->getOperand(op.getTransformed()))};
  for (Value extra : op.getPrologueExtras())
    expected.push_back(elementType(extra));
  auto yield = block.empty() ? YieldOp() : dyn_cast<YieldOp>(block.back());
  if (!llvm::equal(block.getArgumentTypes(), expected) || !yield ||
      yield.getValue().getType() != expected.front())
    return op.emitOpError(
        "(contract-C6) expects a prologue from an element of "
        "the operand and of each extra to one of the operand");
  // What a tile reads is then a block whose corners are those of the tile.
  if (!llvm::all_of(op.getMap(op.getTransformed()).getResults(),
                    isSumOfMultiples))
    return op.emitOpError("(contract-C6) expects the map of the operand that "
                          "the prologue transforms to hold sums of multiples "
                          "of loops");
  return success();
}

SmallVector<int64_t> ContractOp::getPanelShape(int64_t rows, int64_t columns) {
  SmallVector<int64_t> first(getNumLoops(), 0), last(getNumLoops(), 0);
  for (int64_t loop = getNumParallel(); loop < getNumLoops(); ++loop)
    last[loop] = std::max<int64_t>(getSizes()[loop], 1) - 1;
  last[getRowLoop()] = rows - 1;
  last[getColumnLoop()] = columns - 1;
  AffineMap map = getMap(getTransformed());
  SmallVector<int64_t> shape;
  for (auto [from, to] : llvm::zip_equal(map.compose(ArrayRef<int64_t>(first)),
                                         map.compose(ArrayRef<int64_t>(last))))
    shape.push_back(to - from + 1);
  return shape;
}

int64_t ContractOp::getPanelSize() {
  int64_t rows = getRows(), columns = getVectors() * getLanes();
  return llvm::product_of(
      getPanelShape(std::min(rows, getSizes()[getRowLoop()]),
                    std::min(columns, getSizes()[getColumnLoop()])));
}

LogicalResult ContractOp::verify() {
  if (failed(verifyMaps(*this)) || failed(verifyPlan(*this)) ||
      failed(verifyBody(*this)) || failed(verifyPrologue(*this)))
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

int64_t ContractOp::getNominalFlops() {
  return 2 * llvm::product_of(getSizes());
}

/// The last vector of columns is computed whole.
int64_t ContractOp::getExecutedFlops() {
  int64_t columns = getSizes()[getColumnLoop()];
  return getNominalFlops() / columns *
         static_cast<int64_t>(llvm::alignTo(columns, getLanes()));
}

#define GET_OP_CLASSES
#include "kiln/CodeGen/CPU/IR/CPUOps.cpp.inc"
