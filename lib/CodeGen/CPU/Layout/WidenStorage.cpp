//===- WidenStorage.cpp - f32 arithmetic on f16 and bf16 ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "kiln/CodeGen/CPU/Passes.h"
#include "kiln/Dialect/NN/IR/NN.h"
#include "kiln/Dialect/NN/Utils/Constants.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Transforms/RegionUtils.h"

namespace kiln::cpu {
#define GEN_PASS_DEF_WIDENSTORAGE
#include "kiln/CodeGen/CPU/Passes.h.inc"
} // namespace kiln::cpu

using namespace mlir;
using namespace kiln;

/// True for f16 and bf16, and for tensors of them.
static bool isNarrow(Type type) {
  Type element = getElementTypeOrSelf(type);
  return element.isF16() || element.isBF16();
}

/// The same in f32; other types as they are.
static Type widened(Type type) {
  if (!isNarrow(type))
    return type;
  Type f32 = Float32Type::get(type.getContext());
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor ? tensor.clone(f32) : f32;
}

static Value convertScalar(OpBuilder &builder, Location loc, Value value,
                           Type type) {
  return isNarrow(type)
             ? arith::TruncFOp::create(builder, loc, type, value).getResult()
             : arith::ExtFOp::create(builder, loc, type, value);
}

/// One loop that converts each element; what is around it takes it in.
static Value convertTensor(OpBuilder &builder, Location loc, Value value,
                           RankedTensorType type) {
  Value init = tensor::EmptyOp::create(builder, loc, type.getShape(),
                                       type.getElementType());
  AffineMap identity = builder.getMultiDimIdentityMap(type.getRank());
  SmallVector<utils::IteratorType> loops(type.getRank(),
                                         utils::IteratorType::parallel);
  auto generic = linalg::GenericOp::create(
      builder, loc, TypeRange{type}, value, init, {identity, identity}, loops,
      [&](OpBuilder &inner, Location at, ValueRange arguments) {
        Value element =
            convertScalar(inner, at, arguments[0], type.getElementType());
        linalg::YieldOp::create(inner, at, element);
      });
  return generic.getResult(0);
}

static TypedAttr widenedAttr(Attribute value) {
  if (auto number = dyn_cast<FloatAttr>(value))
    return FloatAttr::get(widened(number.getType()), number.getValueAsDouble());
  auto elements = dyn_cast<ElementsAttr>(value);
  auto values = nn::readAsF64(elements);
  if (!values)
    return {};
  return nn::makeElements(cast<RankedTensorType>(widened(elements.getType())),
                          *values);
}

/// `value` in f32. Constants, and what starts an accumulator, are widened where
/// they are made.
static Value widen(OpBuilder &builder, Value value) {
  Location loc = value.getLoc();
  if (auto constant = value.getDefiningOp<arith::ConstantOp>())
    if (TypedAttr attr = widenedAttr(constant.getValue()))
      return arith::ConstantOp::create(builder, loc, attr);
  auto type = dyn_cast<RankedTensorType>(widened(value.getType()));
  if (!type)
    return convertScalar(builder, loc, value, widened(value.getType()));
  if (value.getDefiningOp<tensor::EmptyOp>())
    return tensor::EmptyOp::create(builder, loc, type.getShape(),
                                   type.getElementType());
  if (auto fill = value.getDefiningOp<linalg::FillOp>())
    if (isNarrow(fill.value().getType())) {
      Value number = widen(builder, fill.value());
      Value init = widen(builder, fill.output());
      return linalg::FillOp::create(builder, loc, number, init).getResult(0);
    }
  return convertTensor(builder, loc, value, type);
}

/// Operations that only move or convert elements, which needs no arithmetic.
static bool onlyMoves(Operation &op) {
  return isa<arith::ConstantOp, arith::ExtFOp, arith::TruncFOp, arith::SIToFPOp,
             arith::UIToFPOp, arith::FPToSIOp, arith::FPToUIOp, arith::SelectOp,
             tensor::ExtractOp, linalg::YieldOp>(op);
}

static bool touchesNarrow(Operation *op) {
  return llvm::any_of(op->getOperandTypes(), isNarrow) ||
         llvm::any_of(op->getResultTypes(), isNarrow);
}

static bool computesNarrow(Operation *op) {
  if (isa<linalg::LinalgOp>(op))
    return llvm::any_of(op->getRegion(0).front(), [](Operation &inner) {
      return !onlyMoves(inner) && touchesNarrow(&inner);
    });
  bool isArithmetic =
      OpTrait::hasElementwiseMappableTraits(op) && !onlyMoves(*op);
  return (isa<nn::FusedOp>(op) || isArithmetic ||
          isa_and_nonnull<nn::NNDialect>(op->getDialect())) &&
         (touchesNarrow(op) || isa<nn::FusedOp>(op));
}

/// Conversions between equal types say nothing.
static void eraseIdleCasts(Operation *root) {
  root->walk([](Operation *op) {
    if (!isa<arith::ExtFOp, arith::TruncFOp>(op) ||
        op->getOperand(0).getType() != op->getResult(0).getType())
      return;
    op->getResult(0).replaceAllUsesWith(op->getOperand(0));
    op->erase();
  });
}

/// Makes what `op` computes f32.
static void widenResultsOf(Operation *op) {
  auto constant = dyn_cast<arith::ConstantOp>(op);
  if (constant && isNarrow(constant.getType()))
    if (TypedAttr attr = widenedAttr(constant.getValue()))
      constant.setValueAttr(attr);
  for (OpResult result : op->getResults())
    result.setType(widened(result.getType()));
}

/// Rounds the results, whose types were `types`, once to be stored.
static void narrowResults(Operation *op, ArrayRef<Type> types) {
  OpBuilder builder(op->getContext());
  builder.setInsertionPointAfter(op);
  for (auto [result, type] : llvm::zip_equal(op->getResults(), types)) {
    if (type == result.getType() || result.use_empty())
      continue;
    Value stored = convertTensor(builder, op->getLoc(), result,
                                 cast<RankedTensorType>(type));
    result.replaceAllUsesExcept(stored, stored.getDefiningOp());
  }
}

/// Everything in and around `op` becomes f32, its regions included.
static void widenWhole(Operation *op) {
  OpBuilder builder(op);
  for (OpOperand &operand : op->getOpOperands())
    if (isNarrow(operand.get().getType()))
      operand.set(widen(builder, operand.get()));
  llvm::SetVector<Value> captured;
  getUsedValuesDefinedAbove(op->getRegions(), captured);
  for (Value value : captured)
    if (isNarrow(value.getType())) {
      Value wide = widen(builder, value);
      for (Region &region : op->getRegions())
        replaceAllUsesInRegionWith(value, wide, region);
    }
  SmallVector<Type> types(op->getResultTypes());
  op->walk([](Operation *inner) {
    widenResultsOf(inner);
    for (Region &region : inner->getRegions())
      for (Block &block : region)
        for (BlockArgument argument : block.getArguments())
          argument.setType(widened(argument.getType()));
  });
  eraseIdleCasts(op);
  narrowResults(op, types);
}

/// Accumulators hold f32 until the last element is added.
static void widenAccumulators(linalg::GenericOp op) {
  OpBuilder builder(op);
  for (OpOperand &init : op.getDpsInitsMutable()) {
    if (!isNarrow(init.get().getType()) ||
        !op.payloadUsesValueFromOperand(&init))
      continue;
    init.set(widen(builder, init.get()));
    BlockArgument argument = op.getMatchingBlockArgument(&init);
    argument.setType(widened(argument.getType()));
    OpResult result = op.getTiedOpResult(&init);
    result.setType(widened(result.getType()));
  }
}

/// The body reads narrow elements, computes in f32 and yields narrow ones.
static void widenBody(linalg::GenericOp op) {
  SmallVector<Type> types(op->getResultTypes());
  widenAccumulators(op);
  Block &body = *op.getBody();
  SmallVector<Operation *> inside(llvm::make_pointer_range(body));
  OpBuilder builder = OpBuilder::atBlockBegin(&body);
  llvm::SetVector<Value> read;
  for (BlockArgument argument : body.getArguments())
    if (isNarrow(argument.getType()) && !argument.use_empty())
      read.insert(argument);
  for (Operation *inner : inside) {
    if (isa<tensor::ExtractOp>(inner) &&
        isNarrow(inner->getResult(0).getType()))
      read.insert(inner->getResult(0));
    for (Value operand : inner->getOperands())
      if (operand.getParentBlock() != &body && isNarrow(operand.getType()) &&
          !isa<RankedTensorType>(operand.getType()))
        read.insert(operand);
    if (!isa<tensor::ExtractOp>(inner))
      widenResultsOf(inner);
  }
  for (Value value : read) {
    Operation *definer = value.getDefiningOp();
    if (definer && definer->getBlock() == &body)
      builder.setInsertionPointAfter(definer);
    else
      builder.setInsertionPointToStart(&body);
    Value wide =
        convertScalar(builder, op.getLoc(), value, builder.getF32Type());
    value.replaceUsesWithIf(wide, [&](OpOperand &use) {
      return use.getOwner()->getBlock() == &body &&
             use.getOwner() != wide.getDefiningOp();
    });
  }
  eraseIdleCasts(op);
  Operation *yield = body.getTerminator();
  builder.setInsertionPoint(yield);
  for (auto [operand, result] :
       llvm::zip_equal(yield->getOpOperands(), op->getResults()))
    if (Type stored = getElementTypeOrSelf(result.getType());
        isNarrow(stored) && !isNarrow(operand.get().getType()))
      operand.set(convertScalar(builder, op.getLoc(), operand.get(), stored));
  narrowResults(op, types);
}

namespace {
struct WidenStorage : cpu::impl::WidenStorageBase<WidenStorage> {
  void runOnOperation() override {
    SmallVector<Operation *> computing;
    for (Operation &op : getOperation().getBody().front())
      if (computesNarrow(&op))
        computing.push_back(&op);
    for (Operation *op : computing) {
      if (auto generic = dyn_cast<linalg::GenericOp>(op))
        widenBody(generic);
      else
        widenWhole(op);
      ++numWidened;
    }
  }
};
} // namespace
