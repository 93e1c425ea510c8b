//===- Interpreter.cpp - The f64 reference interpreter ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "kiln/Reference/Interpreter.h"
#include "Kernels.h"
#include "Payload.h"
#include "kiln/Dialect/NN/Utils/Constants.h"
#include "kiln/Support/Diagnostics.h"

#include "mlir/Transforms/RegionUtils.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace kiln::reference {

namespace {
class Interpreter {
public:
  explicit Interpreter(Observer observer) : observer(observer) {}

  FailureOr<std::vector<Tensor>> run(func::FuncOp func,
                                     ArrayRef<Tensor> inputs);

private:
  /// Runs all of `block` but its terminator, whose operands stay alive.
  LogicalResult runBlock(Block &block);
  LogicalResult runOp(Operation &op);
  Outcome dispatch(Operation *op);
  Outcome runFused(nn::FusedOp op);
  /// Makes the constants among `values` available.
  LogicalResult loadConstants(const SetVector<Value> &values);

  Environment env;
  Observer observer;
};
} // namespace

/// The values that `op` reads: operands, and what its regions capture.
static SetVector<Value> valuesUsed(Operation &op) {
  SetVector<Value> values(op.operand_begin(), op.operand_end());
  if (op.getNumRegions() != 0)
    getUsedValuesDefinedAbove(op.getRegions(), values);
  return values;
}

static bool isConstant(Operation *op) { return isa<arith::ConstantOp>(op); }

/// For each operation of `block`, the values that it is the last to use.
/// Values from outside are left to the block around.
static DenseMap<Operation *, SmallVector<Value>> lastUses(Block &block) {
  DenseMap<Operation *, SmallVector<Value>> result;
  DenseSet<Value> seen;
  for (Operation &op : llvm::reverse(block))
    for (Value value : valuesUsed(op))
      if (value.getParentBlock() == &block && seen.insert(value).second)
        result[&op].push_back(value);
  return result;
}

LogicalResult Interpreter::loadConstants(const SetVector<Value> &values) {
  for (Value value : values) {
    auto constant = value.getDefiningOp<arith::ConstantOp>();
    if (!constant || env.contains(value))
      continue;
    FailureOr<Tensor> tensor = constantTensor(constant);
    if (failed(tensor))
      return failure();
    env.set(value, std::move(*tensor));
  }
  return success();
}

/// Checks what kernels made against the type the IR states.
static LogicalResult checkResults(Operation *op, ArrayRef<Tensor> results) {
  assert(results.size() == op->getNumResults());
  for (auto [type, tensor] : llvm::zip_equal(op->getResultTypes(), results)) {
    auto shaped = dyn_cast<RankedTensorType>(type);
    ArrayRef<int64_t> shape(tensor.shape);
    if (shaped ? succeeded(verifyCompatibleShape(shaped.getShape(), shape))
               : shape.empty())
      continue;
    shapeError(op) << "computed a result of shape [" << shape
                   << "] where the IR states " << type;
    return failure();
  }
  return success();
}

Outcome Interpreter::runFused(nn::FusedOp op) {
  Block &block = op.getBody().front();
  Operation *yield = block.getTerminator();
  if (failed(runBlock(block)) || failed(loadConstants(valuesUsed(*yield))))
    return failure();
  Results results;
  for (Value yielded : yield->getOperands())
    results.push_back(env.get(yielded));
  for (Value yielded : yield->getOperands())
    if (yielded.getParentBlock() == &block)
      env.erase(yielded);
  return results;
}

Outcome Interpreter::dispatch(Operation *op) {
  if (std::optional<Outcome> outcome = evaluateActivation(op, env))
    return std::move(*outcome);
  if (std::optional<Outcome> outcome = evaluateTensorOp(op, env))
    return std::move(*outcome);
  if (isPayloadOp(op))
    return evaluateElementwise(op, env);
  return TypeSwitch<Operation *, Outcome>(op)
      .Case<nn::ConvOp, nn::ConvTransposeOp, nn::LinearOp,
            nn::BatchNormInferenceOp, nn::BatchNormTrainingOp,
            nn::ChannelAffineOp, nn::MaxPoolOp, nn::AveragePoolOp,
            nn::GlobalMaxPoolOp, nn::GlobalAveragePoolOp, nn::ChannelShuffleOp,
            nn::ResizeOp, linalg::LinalgOp>(
          [this](auto concrete) { return evaluate(concrete, env); })
      .Case<nn::FusedOp>([this](auto fused) { return runFused(fused); })
      .Default([](Operation *unknown) -> Outcome {
        emitError(unknown->getLoc(), ErrorCode::UnsupportedOperator)
            << "the reference interpreter does not know '" << unknown->getName()
            << "'";
        return failure();
      });
}

LogicalResult Interpreter::runOp(Operation &op) {
  if (failed(loadConstants(valuesUsed(op))))
    return failure();
  Outcome results = dispatch(&op);
  if (failed(results) || failed(checkResults(&op, *results)))
    return failure();
  if (observer)
    observer(&op, *results);
  for (auto [value, tensor] : llvm::zip_equal(op.getResults(), *results))
    if (!value.use_empty())
      env.set(value, std::move(tensor));
  return success();
}

LogicalResult Interpreter::runBlock(Block &block) {
  auto dying = lastUses(block);
  for (Operation &op : block.without_terminator()) {
    if (isConstant(&op))
      continue;
    if (failed(runOp(op)))
      return failure();
    for (Value value : dying.lookup(&op))
      env.erase(value);
  }
  return success();
}

FailureOr<std::vector<Tensor>> Interpreter::run(func::FuncOp func,
                                                ArrayRef<Tensor> inputs) {
  Block &block = func.getBody().front();
  for (auto [argument, input] : llvm::zip_equal(block.getArguments(), inputs))
    env.set(argument, input);
  Operation *terminator = block.getTerminator();
  if (failed(runBlock(block)) || failed(loadConstants(valuesUsed(*terminator))))
    return failure();
  std::vector<Tensor> results;
  for (Value value : terminator->getOperands())
    results.push_back(env.get(value));
  return results;
}

static LogicalResult checkInputs(func::FuncOp func, ArrayRef<Tensor> inputs) {
  auto fail = [&] { return emitError(func.getLoc(), ErrorCode::BadInput); };
  if (func.isExternal() || !func.getBody().hasOneBlock())
    return fail() << "function '" << func.getName()
                  << "' has no body of one block to interpret";
  if (inputs.size() != func.getNumArguments())
    return fail() << "the net takes " << func.getNumArguments()
                  << " inputs, got " << inputs.size();
  for (auto [i, input] : llvm::enumerate(inputs)) {
    auto type = dyn_cast<RankedTensorType>(func.getArgumentTypes()[i]);
    ArrayRef<int64_t> shape(input.shape);
    if (!type || failed(verifyCompatibleShape(type.getShape(), shape)))
      return fail() << "input " << i << " of shape [" << shape
                    << "] does not fit " << func.getArgumentTypes()[i];
    std::optional<int64_t> count = elementCount(input.shape);
    if (count != input.size())
      return fail() << "input " << i << " of shape [" << shape << "] has "
                    << input.size() << " elements";
  }
  return success();
}

FailureOr<std::vector<Tensor>>
interpret(func::FuncOp func, ArrayRef<Tensor> inputs, Observer observer) {
  if (failed(checkInputs(func, inputs)))
    return failure();
  return Interpreter(observer).run(func, inputs);
}

} // namespace kiln::reference
