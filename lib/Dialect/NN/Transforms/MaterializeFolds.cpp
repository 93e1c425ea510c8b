//===- MaterializeFolds.cpp - Folded weights and biases as constants ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MaterializeFolds.h"

#include "Ledger.h"
#include "kiln/Dialect/NN/Utils/Constants.h"
#include "kiln/Support/Diagnostics.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"

using namespace mlir;

namespace kiln::nn {

static void setBias(Operation *root, Value bias) {
  auto set = [&](auto op) {
    if (bias)
      op.getBiasMutable().assign(bias);
    else
      op.getBiasMutable().clear();
  };
  if (auto conv = dyn_cast<ConvOp>(root))
    set(conv);
  else if (auto transposed = dyn_cast<ConvTransposeOp>(root))
    set(transposed);
  else
    set(cast<LinearOp>(root));
}

/// Adds `border` [1, O, spatial...] to the root's result for each element of
/// the batch.
static void addBorder(Operation *root, const RootLayout &layout,
                      ArrayRef<double> border) {
  OpBuilder builder(root->getContext());
  builder.setInsertionPointAfter(root);
  Location loc = root->getLoc();
  Value result = root->getResult(0);
  auto type = cast<RankedTensorType>(result.getType());
  SmallVector<int64_t> shape = {1, layout.outputs};
  llvm::append_range(shape, layout.outputSize);
  Value constant = createConstant(
      builder, loc, RankedTensorType::get(shape, type.getElementType()),
      border);
  Value init = tensor::EmptyOp::create(
      builder, loc, tensor::getMixedSizes(builder, loc, result),
      type.getElementType());

  int64_t rank = type.getRank();
  AffineMap identity = builder.getMultiDimIdentityMap(rank);
  SmallVector<AffineExpr> exprs(identity.getResults());
  exprs[0] = builder.getAffineConstantExpr(0);
  AffineMap broadcast = AffineMap::get(rank, 0, exprs, builder.getContext());
  auto sum = linalg::GenericOp::create(
      builder, loc, type, ValueRange{result, constant}, ValueRange{init},
      ArrayRef<AffineMap>{identity, broadcast, identity},
      SmallVector<utils::IteratorType>(rank, utils::IteratorType::parallel),
      [](OpBuilder &b, Location l, ValueRange args) {
        Value value = arith::AddFOp::create(b, l, args[0], args[1]);
        linalg::YieldOp::create(b, l, value);
      });
  result.replaceUsesWithIf(sum.getResult(0), [&](OpOperand &use) {
    return use.getOwner() != sum && !isa<tensor::DimOp>(use.getOwner());
  });
}

FailureOr<MaterializedFold> materializeFold(Operation *root,
                                            const RootState &state,
                                            int64_t maxBorderElements,
                                            uint64_t seed) {
  RootLayout layout = RootLayout::of(root);
  auto type = cast<RankedTensorType>(rootWeights(root).getType());
  std::string reason;
  std::optional<RootParameters> parameters =
      RootParameters::read(root, layout, reason);
  std::optional<FoldedParameters> folded;
  if (parameters)
    folded = foldParameters(layout, *parameters, state, type.getElementType(),
                            maxBorderElements, reason);
  if (!folded)
    return emitError(root->getLoc(), ErrorCode::Internal)
           << "a planned fold into " << describe(root) << " failed: " << reason;

  MaterializedFold result;
  result.hasBorder = !folded->border.empty();
  result.error = measureRoundingError(layout, *parameters, state, *folded,
                                      type.getElementType(), seed);
  if (!result.error.isWithinBound)
    return emitError(root->getLoc(), ErrorCode::Internal)
           << "folding into " << describe(root) << " changes its result by "
           << result.error.measured << ", more than rounding can ("
           << result.error.bound << ")";

  OpBuilder builder(root);
  root->setOperand(1, createConstant(builder, rootWeights(root).getLoc(), type,
                                     folded->weights));
  bool needsBias = rootBias(root) ||
                   llvm::any_of(folded->bias, [](double b) { return b != 0; });
  if (result.hasBorder) {
    setBias(root, {});
    addBorder(root, layout, folded->border);
  } else if (needsBias) {
    auto biasType =
        RankedTensorType::get({layout.outputs}, type.getElementType());
    setBias(root,
            createConstant(builder, root->getLoc(), biasType, folded->bias));
  }
  return result;
}

} // namespace kiln::nn
