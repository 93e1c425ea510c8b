//===- BlockedWindow.cpp - Depthwise convolution and pooling over blocks ---*-
// C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "BlockedWindow.h"

#include "Operands.h"
#include "Prologue.h"
#include "WindowPlan.h"
#include "kiln/CodeGen/Pooling.h"
#include "kiln/Dialect/NN/Utils/Constants.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace kiln::cpu {
static RankedTensorType typeOf(Value value) {
  return cast<RankedTensorType>(value.getType());
}

template <typename Op>
static Window windowOf(Op op, ArrayRef<int64_t> kernel, Combine combine) {
  return {typeOf(op.getInput()),
          typeOf(op.getResult()),
          SmallVector<int64_t>(kernel),
          SmallVector<int64_t>(op.getStrides()),
          SmallVector<int64_t>(op.getDilations()),
          SmallVector<int64_t>(op.getPadLow()),
          combine};
}

static Window windowOf(nn::ConvOp conv) {
  return windowOf(conv, typeOf(conv.getWeights()).getShape().drop_front(2),
                  Combine::MultiplyAdd);
}

/// That of a pooling, or of one over all of the plane.
static Window windowOfPool(Operation *op) {
  return llvm::TypeSwitch<Operation *, Window>(op)
      .Case([](nn::MaxPoolOp pool) {
        return windowOf(pool, pool.getKernel(), Combine::Maximum);
      })
      .Case([](nn::AveragePoolOp pool) {
        return windowOf(pool, pool.getKernel(), Combine::Sum);
      })
      .Default([](Operation *pool) {
        Window window{
            typeOf(pool->getOperand(0)), typeOf(pool->getResult(0)), {}};
        llvm::append_range(window.kernel,
                           window.input.getShape().drop_front(2));
        if (isa<nn::GlobalMaxPoolOp>(pool))
          window.combine = Combine::Maximum;
        return window;
      });
}

/// Shapes and elements that the kernel is for.
static bool fits(const Window &window, const TargetDescription &target) {
  for (RankedTensorType type : {window.input, window.result})
    if (type.getRank() != 4 || !type.hasStaticShape() ||
        type.getNumElements() == 0 ||
        !isa<Float32Type, Float64Type>(type.getElementType()))
      return false;
  return target.lanes(window.result.getElementTypeBitWidth()) > 1;
}

//===----------------------------------------------------------------------===//
// Making the operation
//===----------------------------------------------------------------------===//

namespace {
/// Operands beside input and result.
struct Parameters {
  Value weights, start;
  SmallVector<BlockedExtra> extras;
};
} // namespace

static WindowOp createWindow(OpBuilder &builder, Location loc,
                             const Window &window, const WindowPlan &plan,
                             Value input, const Parameters &parameters) {
  RankedTensorType type = blockedType(window.result, plan.lanes);
  Value empty = tensor::EmptyOp::create(builder, loc, type.getShape(),
                                        type.getElementType());
  SmallVector<Value> extras;
  SmallVector<AffineMap> maps;
  for (const BlockedExtra &extra : parameters.extras) {
    extras.push_back(extra.value);
    maps.push_back(extra.map);
  }
  auto op = WindowOp::create(builder, loc, type, window.combine, input,
                             parameters.weights, parameters.start, extras,
                             empty, window.kernel, window.strides,
                             window.dilations, window.padLow, plan.columns,
                             plan.tasks, builder.getAffineMapArrayAttr(maps));
  op->setAttr(kPredictedCyclesAttrName, builder.getF64FloatAttr(plan.cycles));
  return op;
}

//===----------------------------------------------------------------------===//
// Depthwise convolution
//===----------------------------------------------------------------------===//

/// True if the epilogue of `conv` can read everything by blocks.
static bool canBlockEpilogue(nn::ConvOp conv) {
  // What the epilogue makes for its own use is not wanted yet.
  Block scratch;
  OpBuilder builder(conv.getContext());
  builder.setInsertionPointToStart(&scratch);
  Epilogue epilogue(builder, conv, conv.getBias(), 1);
  return llvm::all_of(epilogue.getExtras(), canBlockExtra);
}

bool canBlockDepthwise(nn::ConvOp conv, const TargetDescription &target) {
  if (typeOf(conv.getInput()).getRank() != 4 || !fits(windowOf(conv), target))
    return false;
  int64_t channels = typeOf(conv.getInput()).getDimSize(1);
  return static_cast<int64_t>(conv.getGroups()) == channels &&
         typeOf(conv.getResult()).getDimSize(1) == channels &&
         nn::getConstant(conv.getWeights()) &&
         findPrologue(conv, /*channelDim=*/1).empty() && canBlockEpilogue(conv);
}

double predictDepthwise(nn::ConvOp conv, const TargetDescription &target) {
  return planWindow(windowOf(conv), target).cycles;
}

/// Elements of channel `block * V + lane` side by side: [blocks, inner..., V]
/// of a constant [C, inner...], with zeros beyond C.
static Value packByChannel(OpBuilder &builder, Value constant,
                           ArrayRef<int64_t> inner, int64_t lanes) {
  int64_t channels = typeOf(constant).getDimSize(0);
  int64_t each = llvm::product_of(inner);
  SmallVector<int64_t> shape{llvm::divideCeilSigned(channels, lanes)};
  llvm::append_range(shape, inner);
  shape.push_back(lanes);
  return repackConstant(
      builder, constant, shape, [&](ArrayRef<int64_t> index) -> int64_t {
        int64_t channel = index.front() * lanes + index.back();
        int64_t at = 0;
        for (auto [i, size] :
             llvm::zip_equal(index.drop_front().drop_back(), inner))
          at = at * size + i;
        return channel < channels ? channel * each + at : -1;
      });
}

Value lowerBlockedDepthwise(OpBuilder &builder, nn::ConvOp conv, Value input,
                            const TargetDescription &target) {
  Window window = windowOf(conv);
  WindowPlan plan = planWindow(window, target);
  Parameters parameters;
  parameters.weights =
      packByChannel(builder, conv.getWeights(), window.kernel, plan.lanes);
  if (!parameters.weights)
    return {}; // a constant without contents
  // A constant bias is what the sum starts from.
  Value bias = conv.getBias();
  if (bias && nn::getConstant(bias))
    parameters.start = packByChannel(builder, bias, {}, plan.lanes);
  Epilogue epilogue(builder, conv, parameters.start ? Value() : bias, 1);
  parameters.extras = blockExtras(builder, conv.getLoc(), epilogue, plan.lanes);
  WindowOp op =
      createWindow(builder, conv.getLoc(), window, plan, input, parameters);
  epilogue.build(builder, op.getBody());
  return op.getResult();
}

//===----------------------------------------------------------------------===//
// Pooling
//===----------------------------------------------------------------------===//

bool canBlockPool(Operation *op, const TargetDescription &target) {
  return isa<nn::MaxPoolOp, nn::AveragePoolOp, nn::GlobalMaxPoolOp,
             nn::GlobalAveragePoolOp>(op) &&
         typeOf(op->getOperand(0)).getRank() == 4 &&
         fits(windowOfPool(op), target);
}

double predictPool(Operation *op, const TargetDescription &target) {
  return planWindow(windowOfPool(op), target).cycles;
}

/// What the sums of an average are divided by: one number or, where padding
/// does not count, one for each position, read as an extra.
static std::optional<double>
addDivisors(OpBuilder &builder, Operation *op, const Window &window,
            SmallVectorImpl<BlockedExtra> &extras) {
  auto pool = dyn_cast<nn::AveragePoolOp>(op);
  if (!pool)
    return llvm::product_of(window.kernel);
  SmallVector<double> divisors = divisorsOf(pool);
  if (llvm::all_equal(divisors))
    return divisors.front();
  auto type = RankedTensorType::get(window.result.getShape().drop_front(2),
                                    window.result.getElementType());
  AffineMap positions = builder.getMultiDimIdentityMap(5).getSliceMap(2, 2);
  extras.push_back(
      {nn::createConstant(builder, op->getLoc(), type, divisors), positions});
  return std::nullopt;
}

Value lowerBlockedPool(OpBuilder &builder, Operation *op, Value input,
                       const TargetDescription &target) {
  Window window = windowOfPool(op);
  WindowPlan plan = planWindow(window, target);
  Parameters parameters;
  std::optional<double> divisor;
  bool averages = window.combine == Combine::Sum;
  if (averages)
    divisor = addDivisors(builder, op, window, parameters.extras);
  WindowOp kernel =
      createWindow(builder, op->getLoc(), window, plan, input, parameters);
  OpBuilder::InsertionGuard guard(builder);
  Type element = window.result.getElementType();
  SmallVector<Type> types(1 + parameters.extras.size(), element);
  SmallVector<Location> locations(types.size(), op->getLoc());
  Block *body = builder.createBlock(&kernel.getBody(), {}, types, locations);
  Value value = body->getArgument(0);
  if (averages) {
    Value by =
        divisor
            ? arith::ConstantOp::create(builder, op->getLoc(),
                                        builder.getFloatAttr(element, *divisor))
                  .getResult()
            : body->getArgument(1);
    value = arith::DivFOp::create(builder, op->getLoc(), value, by);
  }
  YieldOp::create(builder, op->getLoc(), value);
  return kernel.getResult();
}

} // namespace kiln::cpu
