//===- BlockedConvolution.cpp - Convolutions over channel blocks ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "BlockedConvolution.h"

#include "Blocked.h"
#include "ConvPlan.h"
#include "Operands.h"
#include "Prologue.h"
#include "kiln/CodeGen/CPU/IR/CPU.h"
#include "kiln/Dialect/NN/Utils/Constants.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "llvm/Support/MathExtras.h"

#include <cstring>

using namespace mlir;

namespace kiln::cpu {

static RankedTensorType typeOf(Value value) {
  return cast<RankedTensorType>(value.getType());
}

static ConvProblem problemOf(nn::ConvOp conv, bool blockedInput,
                             const TargetDescription &target) {
  ArrayRef<int64_t> in = typeOf(conv.getInput()).getShape();
  ArrayRef<int64_t> kernel = typeOf(conv.getWeights()).getShape();
  RankedTensorType out = conv.getType();
  auto axis = [&](unsigned dim) -> ConvAxis {
    return {in[2 + dim],
            out.getDimSize(2 + dim),
            kernel[2 + dim],
            conv.getStrides()[dim],
            conv.getDilations()[dim],
            conv.getPadLow()[dim]};
  };
  auto groups = static_cast<int64_t>(conv.getGroups());
  unsigned bitWidth = out.getElementTypeBitWidth();
  return {in[0],
          groups,
          kernel[1],
          kernel[0] / groups,
          target.lanes(bitWidth),
          bitWidth / 8,
          axis(0),
          axis(1),
          blockedInput};
}

bool prefersPlainInput(nn::ConvOp conv, const TargetDescription &target) {
  RankedTensorType type = conv.getType();
  return conv.getGroups() == 1 &&
         2 * typeOf(conv.getInput()).getDimSize(1) <=
             target.lanes(type.getElementTypeBitWidth());
}

bool canBlockConv(nn::ConvOp conv, const TargetDescription &target) {
  RankedTensorType type = conv.getType();
  if (type.getRank() != 4 || !type.hasStaticShape() ||
      !isa<FloatType>(type.getElementType()) || type.getNumElements() == 0 ||
      typeOf(conv.getInput()).getNumElements() == 0 ||
      !nn::getConstant(conv.getWeights()))
    return false;
  int64_t lanes = target.lanes(type.getElementTypeBitWidth());
  ConvProblem problem = problemOf(conv, /*blockedInput=*/true, target);
  if (lanes < 2 || (problem.groups > 1 && (problem.channels % lanes != 0 ||
                                           problem.filters % lanes != 0)))
    return false;
  return findPrologue(conv, /*channelDim=*/1).empty() &&
         llvm::all_of(outsideOperands(conv), canBlockExtra);
}

double predictConv(nn::ConvOp conv, const TargetDescription &target) {
  bool blocked = !prefersPlainInput(conv, target);
  return chooseConvPlan(problemOf(conv, blocked, target), target).cycles;
}

/// Copies the weights `from` [filters, channels, taps] of all groups in the
/// order in which tiles of `vectors` blocks read them, see cpu.conv.
static void packWeights(const ConvProblem &problem, int64_t vectors,
                        ArrayRef<char> from, MutableArrayRef<char> to) {
  int64_t taps = problem.taps(), lanes = problem.lanes, width = problem.bytes;
  int64_t block = problem.blockedInput ? lanes : problem.channels;
  char *next = to.data();
  /// One vector: a lane for each filter from `first` on.
  auto addVector = [&](int64_t group, int64_t first, int64_t c, int64_t tap) {
    for (int64_t o = first; o < first + lanes; ++o, next += width) {
      if (o >= problem.filters) {
        std::memset(next, 0, width);
        continue;
      }
      int64_t filter = group * problem.filters + o;
      int64_t at = (filter * problem.channels + c) * taps + tap;
      std::memcpy(next, from.data() + at * width, width);
    }
  };
  for (int64_t group = 0; group < problem.groups; ++group)
    for (int64_t set = 0; set < problem.blocks(); set += vectors)
      for (int64_t c0 = 0; c0 < problem.channels; c0 += block)
        for (int64_t tap = 0; tap < taps; ++tap)
          for (int64_t c = c0; c < std::min(c0 + block, problem.channels); ++c)
            for (int64_t b = set; b < std::min(set + vectors, problem.blocks());
                 ++b)
              addVector(group, b * lanes, c, tap);
}

Value lowerBlockedConv(OpBuilder &builder, nn::ConvOp conv, Value input,
                       const TargetDescription &target) {
  Location loc = conv.getLoc();
  ConvProblem problem = problemOf(conv, typeOf(input).getRank() == 5, target);
  ConvPlan plan = chooseConvPlan(problem, target);
  int64_t size = problem.groups * problem.blocks() * problem.lanes *
                 problem.channels * problem.taps();
  Value weights =
      rewriteConstant(builder, conv.getWeights(), {size},
                      [&](ArrayRef<char> from, MutableArrayRef<char> to) {
                        packWeights(problem, plan.vectors, from, to);
                      });
  if (!weights)
    return {};
  Epilogue epilogue(builder, conv, conv.getBias(), /*biasDim=*/1);
  SmallVector<Value> extras;
  SmallVector<AffineMap> maps;
  for (const BlockedExtra &extra :
       blockExtras(builder, loc, epilogue, problem.lanes)) {
    extras.push_back(extra.value);
    maps.push_back(extra.map);
  }
  RankedTensorType type = blockedType(conv.getType(), problem.lanes);
  Value empty = tensor::EmptyOp::create(builder, loc, type.getShape(),
                                        type.getElementType());
  auto op = ConvOp::create(
      builder, loc, type, input, weights, extras, empty, problem.channels,
      problem.filters, problem.groups,
      SmallVector<int64_t>{problem.rows.kernel, problem.columns.kernel},
      conv.getStrides(), conv.getDilations(), conv.getPadLow(),
      builder.getAffineMapArrayAttr(maps), plan.vectors, plan.rows,
      plan.columns, plan.unrolled, plan.grid, plan.channelsOutside,
      plan.prefetch);
  op->setAttr(kPredictedCyclesAttrName, builder.getF64FloatAttr(plan.cycles));
  epilogue.build(builder, op.getBody());
  return op.getResult();
}

} // namespace kiln::cpu
