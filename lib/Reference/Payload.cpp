//===- Payload.cpp - Scalar code, compiled once ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Payload.h"
#include "kiln/Dialect/NN/Utils/Constants.h"
#include "kiln/Support/Diagnostics.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace kiln::reference {

bool isPayloadOp(Operation *op) {
  return !isa<tensor::ExtractOp>(op) && instructionFor(op) != nullptr;
}

FailureOr<Tensor> constantTensor(arith::ConstantOp op) {
  Attribute value = op.getValue();
  if (auto number = dyn_cast<FloatAttr>(value))
    return Tensor{{}, {number.getValueAsDouble()}};
  if (auto number = dyn_cast<IntegerAttr>(value)) {
    bool isBool = number.getType().isInteger(1);
    return Tensor{{},
                  {isBool ? static_cast<double>(!number.getValue().isZero())
                          : static_cast<double>(number.getInt())}};
  }
  auto type = dyn_cast<RankedTensorType>(op.getType());
  auto values = nn::readAsF64(value);
  if (!type || !values) {
    emitError(op.getLoc(), ErrorCode::UnsupportedType)
        << "cannot read a constant of type " << op.getType();
    return failure();
  }
  return Tensor{type.getShape().vec(), {values->begin(), values->end()}};
}

unsigned Payload::newSlot(double value) {
  buffers.emplace_back(kBatch, value);
  slots.push_back(buffers.back().data());
  return static_cast<unsigned>(slots.size()) - 1;
}

unsigned Payload::slotOf(Value value) {
  auto it = slotNumbers.find(value);
  if (it != slotNumbers.end())
    return it->second;
  unsigned slot = newSlot();
  slotNumbers[value] = slot;
  return slot;
}

static unsigned integerWidth(Type type) {
  Type element = getElementTypeOrSelf(type);
  return element.isInteger() ? element.getIntOrFloatBitWidth() : 64;
}

/// The comparison's predicate; 0 for other operations.
static unsigned predicateOf(Operation *op) {
  if (auto compare = dyn_cast<arith::CmpFOp>(op))
    return static_cast<unsigned>(compare.getPredicate());
  if (auto compare = dyn_cast<arith::CmpIOp>(op))
    return static_cast<unsigned>(compare.getPredicate());
  return 0;
}

LogicalResult Payload::appendConstant(arith::ConstantOp op) {
  FailureOr<Tensor> tensor = constantTensor(op);
  if (failed(tensor) || tensor->size() != 1)
    return op.emitOpError("is not a scalar inside a payload");
  slotNumbers[op] = newSlot(tensor->data.front());
  return success();
}

LogicalResult Payload::append(Operation *op, const Environment *env) {
  if (auto constant = dyn_cast<arith::ConstantOp>(op))
    return appendConstant(constant);
  if (auto index = dyn_cast<linalg::IndexOp>(op)) {
    indices.push_back({static_cast<int64_t>(index.getDim()), slotOf(index)});
    return success();
  }
  Instruction instruction = {};
  instruction.function = instructionFor(op);
  if (!instruction.function)
    return emitError(op->getLoc(), ErrorCode::UnsupportedOperator)
           << "the reference interpreter does not know '" << op->getName()
           << "' in a payload";
  instruction.op = op;
  ValueRange operands = op->getOperands();
  if (auto extract = dyn_cast<tensor::ExtractOp>(op)) {
    instruction.table = &env->get(extract.getTensor());
    instruction.strides = stridesOf(instruction.table->shape);
    operands = extract.getIndices();
  } else if (!operands.empty()) {
    instruction.width = integerWidth(operands.back().getType());
  }
  for (Value operand : operands)
    instruction.sources.push_back(slotOf(operand));
  instruction.predicate = predicateOf(op);
  instruction.resultWidth = integerWidth(op->getResult(0).getType());
  instruction.result = slotOf(op->getResult(0));
  instructions.push_back(std::move(instruction));
  return success();
}

FailureOr<Payload> Payload::compile(Block &body, const Environment &env) {
  Payload payload;
  for (Value argument : body.getArguments())
    payload.slotOf(argument);
  // Scalars from outside are the same for each element.
  for (Operation &op : body)
    for (Value operand : op.getOperands())
      if (operand.getParentBlock() != &body &&
          !isa<ShapedType>(operand.getType()))
        payload.slotNumbers[operand] =
            payload.newSlot(env.get(operand).data.front());
  for (Operation &op : body.without_terminator())
    if (failed(payload.append(&op, &env)))
      return failure();
  for (Value value : body.getTerminator()->getOperands())
    payload.yielded.push_back(payload.slotOf(value));
  return payload;
}

FailureOr<Payload> Payload::compile(Operation *op) {
  Payload payload;
  // One slot an operand, also where one value is used twice.
  for (unsigned i = 0; i < op->getNumOperands(); ++i)
    payload.newSlot();
  for (auto [i, operand] : llvm::enumerate(op->getOperands()))
    payload.slotNumbers[operand] = static_cast<unsigned>(i);
  if (failed(payload.append(op, nullptr)))
    return failure();
  payload.yielded.push_back(payload.slotOf(op->getResult(0)));
  return payload;
}

LogicalResult Payload::run(int64_t n) const {
  for (const Instruction &instruction : instructions)
    if (!instruction.function(instruction, slots.data(), n))
      return emitError(instruction.op->getLoc(), ErrorCode::BadInput)
             << instruction.op->getName()
             << (instruction.table ? ": index out of range"
                                   : ": division by zero or overflow");
  return success();
}

} // namespace kiln::reference
