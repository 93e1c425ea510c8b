//===- BlockedWinograd.cpp - 3x3 convolutions by minimal filtering ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "BlockedWinograd.h"

#include "../WinogradTransform.h"
#include "Blocked.h"
#include "WinogradPlan.h"
#include "kiln/CodeGen/CPU/IR/CPU.h"
#include "kiln/Dialect/NN/Utils/Constants.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/AsmState.h"
#include "llvm/Support/MathExtras.h"


using namespace mlir;

namespace kiln::cpu {

static Operation *rootOf(nn::ConvOp conv) {
  Operation *parent = conv->getParentOp();
  return isa<nn::FusedOp>(parent) ? parent : conv.getOperation();
}

static bool isSuitable(nn::ConvOp conv) {
  auto isOne = [](int64_t value) { return value == 1; };
  auto isSmall = [](int64_t pad) { return pad <= 2; };
  auto weights = cast<RankedTensorType>(conv.getWeights().getType());
  return weights.getRank() == 4 && weights.getDimSize(2) == 3 &&
         weights.getDimSize(3) == 3 && weights.getElementType().isF32() &&
         conv.getGroups() == 1 && llvm::all_of(conv.getStrides(), isOne) &&
         llvm::all_of(conv.getDilations(), isOne) &&
         llvm::all_of(conv.getPadLow(), isSmall) &&
         llvm::all_of(conv.getPadHigh(), isSmall) &&
         conv.getType().getNumElements() > 0 && weights.getNumElements() > 0 &&
         nn::getConstant(conv.getWeights());
}

bool canBlockWinograd(nn::ConvOp conv, const TargetDescription &target) {
  if (!isSuitable(conv) || target.lanes(32) < 2)
    return false;
  // A prologue makes the input inside of the region.
  if (conv.getInput().getParentBlock() == conv->getBlock() &&
      isa<nn::FusedOp>(conv->getParentOp()))
    return false;
  OpBuilder builder(rootOf(conv));
  Epilogue epilogue(builder, conv, conv.getBias(), /*biasDim=*/1);
  return llvm::all_of(epilogue.getExtras(), canBlockExtra);
}

static WinogradPlan planFor(nn::ConvOp conv, WinogradVariant variant,
                            const TargetDescription &target) {
  auto weights = cast<RankedTensorType>(conv.getWeights().getType());
  RankedTensorType result = conv.getType();
  auto m = static_cast<int64_t>(variant);
  WinogradProblem problem;
  problem.outputTile = m;
  problem.images = result.getDimSize(0);
  problem.inChannels = weights.getDimSize(1);
  problem.outChannels = weights.getDimSize(0);
  problem.tiles = llvm::divideCeilSigned(result.getDimSize(2), m) *
                  llvm::divideCeilSigned(result.getDimSize(3), m);
  return planWinograd(problem, target);
}

double predictWinograd(nn::ConvOp conv, WinogradVariant variant,
                       const TargetDescription &target) {
  return planFor(conv, variant, target).cycles;
}

namespace {
/// G w G^T of one filter, in f64.
class FilterTransform {
public:
  explicit FilterTransform(const WinogradTransform &transform)
      : rows(transform.getKernelRows()) {}

  /// `w` holds 3 x 3 values, `result` has room for n x n.
  void apply(const double *w, MutableArrayRef<double> result) const {
    for (auto [i, left] : llvm::enumerate(rows))
      for (auto [j, right] : llvm::enumerate(rows)) {
        double sum = 0;
        for (int k = 0; k < 3; ++k)
          sum += left[k] * (w[3 * k] * right[0] + w[3 * k + 1] * right[1] +
                            w[3 * k + 2] * right[2]);
        result[i * rows.size() + j] = sum;
      }
  }

private:
  SmallVector<std::array<double, 3>> rows;
};
} // namespace

/// The weights [O, C, 3, 3] as [parts, n * n, groups, C, vectors * lanes], the
/// order in which the kernel reads them; zeros beyond O.
static Value packWeights(OpBuilder &builder, nn::ConvOp conv,
                         const WinogradTransform &transform,
                         const WinogradPlan &plan, int64_t lanes) {
  std::optional<SmallVector<double>> values = nn::readAsF64(conv.getWeights());
  if (!values)
    return {};
  auto type = cast<RankedTensorType>(conv.getWeights().getType());
  int64_t outChannels = type.getDimSize(0), channels = type.getDimSize(1);
  int64_t positions = transform.getInputTile() * transform.getInputTile();
  int64_t width = plan.vectors * lanes;
  auto packedType = RankedTensorType::get(
      {plan.parts, positions, plan.groups, channels, width},
      type.getElementType());
  int64_t size = packedType.getNumElements();
  AsmResourceBlob packed = HeapAsmResourceBlob::allocate(
      size * sizeof(float), /*align=*/64, /*dataIsMutable=*/true);
  MutableArrayRef<float> data(
      reinterpret_cast<float *>(packed.getMutableData().data()), size);
  llvm::fill(data, 0.0f);
  FilterTransform filter(transform);
  SmallVector<double> transformed(positions);
  for (int64_t o = 0; o < outChannels; ++o) {
    int64_t group = o / width, part = group / plan.groups;
    for (int64_t c = 0; c < channels; ++c) {
      filter.apply(values->data() + (o * channels + c) * 9, transformed);
      for (int64_t position = 0; position < positions; ++position) {
        int64_t panel =
            (part * positions + position) * plan.groups + group % plan.groups;
        data[(panel * channels + c) * width + o % width] =
            static_cast<float>(transformed[position]);
      }
    }
  }
  return arith::ConstantOp::create(
      builder, conv.getWeights().getLoc(),
      cast<TypedAttr>(Attribute(
          nn::adoptElements(packedType, std::move(packed), "packed"))));
}

Value lowerBlockedWinograd(OpBuilder &builder, nn::ConvOp conv, Value input,
                           WinogradVariant variant,
                           const TargetDescription &target) {
  Location loc = conv.getLoc();
  int64_t lanes = target.lanes(32);
  WinogradTransform transform(static_cast<int64_t>(variant));
  WinogradPlan plan = planFor(conv, variant, target);
  Value weights = packWeights(builder, conv, transform, plan, lanes);
  if (!weights)
    return {};
  Epilogue epilogue(builder, conv, conv.getBias(), /*biasDim=*/1);
  SmallVector<Value> extras;
  SmallVector<AffineMap> maps;
  for (BlockedExtra &extra : blockExtras(builder, loc, epilogue, lanes)) {
    extras.push_back(extra.value);
    maps.push_back(extra.map);
  }
  RankedTensorType type = blockedType(conv.getType(), lanes);
  Value out = tensor::EmptyOp::create(builder, loc, type.getShape(),
                                      type.getElementType());
  auto op = WinogradOp::create(builder, loc, type, input, weights, extras, out,
                               transform.getOutputTile(), conv.getPadLow(),
                               conv.getType().getDimSize(1), plan.blockTiles,
                               plan.rows, builder.getAffineMapArrayAttr(maps));
  op->setAttr(kPredictedCyclesAttrName, builder.getF64FloatAttr(plan.cycles));
  epilogue.build(builder, op.getBody());
  return op.getResult();
}

} // namespace kiln::cpu
