//===- LowerLinear.cpp - From linear layers and matrix products to contractions
//---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ContractionBuilder.h"
#include "Lowerings.h"
#include "Operands.h"
#include "kiln/Dialect/NN/Utils/Constants.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/IndexingUtils.h"
#include "mlir/IR/Matchers.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace kiln::cpu {

using Operand = ContractionBuilder::Operand;

/// Weights [O, K] as vectors of outputs: [O / lanes, K, lanes].
static Operand packLinear(OpBuilder &builder, Value weights, int64_t lanes,
                          AffineExpr out, AffineExpr in) {
  auto type = cast<RankedTensorType>(weights.getType());
  int64_t outputs = type.getDimSize(0), inputs = type.getDimSize(1);
  Value packed = repackConstant(
      builder, weights, {llvm::divideCeilSigned(outputs, lanes), inputs, lanes},
      [&](ArrayRef<int64_t> index) {
        int64_t o = index[0] * lanes + index[2];
        return o < outputs ? o * inputs + index[1] : -1;
      });
  if (!packed)
    return {weights, {out, in}};
  return {packed, {out.floorDiv(lanes), in, out % lanes}};
}

/// `extra` broadcast over the leading dimensions of the result, which have
/// become one row, and over the last one where it varies along that, too.
static Value broadcastRows(OpBuilder &builder, Location loc,
                           const Epilogue::Extra &extra,
                           ArrayRef<int64_t> leading, int64_t columns) {
  SmallVector<int64_t> shape(leading);
  if (columns != 0)
    shape.push_back(columns);
  Value init = tensor::EmptyOp::create(
      builder, loc, shape, getElementTypeOrSelf(extra.value.getType()));
  AffineMap maps[] = {AffineMap::get(shape.size(), 0, extra.map.getResults(),
                                     builder.getContext()),
                      builder.getMultiDimIdentityMap(shape.size())};
  SmallVector<utils::IteratorType> loops(shape.size(),
                                         utils::IteratorType::parallel);
  auto rows = linalg::GenericOp::create(
      builder, loc, init.getType(), extra.value, init, maps, loops,
      [](OpBuilder &inner, Location at, ValueRange args) {
        linalg::YieldOp::create(inner, at, args[0]);
      });
  SmallVector<int64_t> flat{computeProduct(leading)};
  if (columns != 0)
    flat.push_back(columns);
  return reshape(builder, loc, rows.getResult(0), flat);
}

/// An extra of the epilogue, whose leading dimensions have become one row.
static std::optional<Operand> flattenExtra(OpBuilder &builder, Location loc,
                                           const Epilogue::Extra &extra,
                                           ArrayRef<int64_t> resultShape,
                                           AffineExpr row, AffineExpr column) {
  ArrayRef<int64_t> leading = resultShape.drop_back();
  int64_t columns = resultShape.back();
  if (extra.map.isIdentity())
    return Operand{
        reshape(builder, loc, extra.value, {computeProduct(leading), columns}),
        {row, column}};
  bool usesRow = false, usesColumn = false;
  SmallVector<AffineExpr> position;
  for (AffineExpr expr : extra.map.getResults()) {
    auto dim = dyn_cast<AffineDimExpr>(expr);
    if (!dim && !expr.isSymbolicOrConstant())
      return std::nullopt;
    bool isLast = dim && dim.getPosition() + 1 == extra.map.getNumDims();
    usesColumn |= isLast;
    usesRow |= dim && !isLast;
    position.push_back(!dim ? expr : isLast ? column : row);
  }
  // One leading dimension is the row as it is.
  if (!usesRow || leading.size() == 1)
    return Operand{extra.value, std::move(position)};
  Value rows =
      broadcastRows(builder, loc, extra, leading, usesColumn ? columns : 0);
  if (usesColumn)
    return Operand{rows, {row, column}};
  return Operand{rows, {row}};
}

Value lowerLinear(OpBuilder &builder, nn::LinearOp linear,
                  const TargetDescription &target) {
  Location loc = linear.getLoc();
  auto type = cast<RankedTensorType>(linear.getResult().getType());
  int64_t columns = type.getShape().back();
  int64_t inputs =
      cast<RankedTensorType>(linear.getInput().getType()).getShape().back();
  SmallVector<int64_t> shape{type.getNumElements() / columns, columns};

  Prologue prologue(builder, linear, type.getRank() - 1);
  Epilogue epilogue(builder, linear, linear.getBias(), type.getRank() - 1);
  ContractionBuilder contraction{builder, loc, {}, 0, 0, {}, {}, nullptr, 0};
  TileProblem problem{.rows = shape[0],
                      .columns = columns,
                      .repeats = 1,
                      .reduction = inputs,
                      .rowsShareScalars = false,
                      .scatters = false,
                      .bitWidth = type.getElementTypeBitWidth()};
  contraction.tile = chooseTile(target, problem);
  AffineExpr row = contraction.addParallel(shape[0]);
  AffineExpr column = contraction.addParallel(columns);
  AffineExpr in = contraction.addReduction(inputs);
  contraction.order = {1, 0}; // weights are the larger operand: read once
  if (!prologue.isEmpty()) {
    contraction.prologue = &prologue;
    contraction.order = {0, 1}; // each part of the input goes through once
  }

  SmallVector<Operand> extras;
  for (const Epilogue::Extra &extra : epilogue.getExtras()) {
    std::optional<Operand> operand =
        flattenExtra(builder, loc, extra, type.getShape(), row, column);
    if (!operand)
      return {};
    extras.push_back(*operand);
  }
  Operand lhs{reshape(builder, loc, prologue.getSource(), {shape[0], inputs}),
              {row, in}};
  Operand rhs = packLinear(builder, linear.getWeights(), contraction.tile.lanes,
                           column, in);
  Value result =
      contraction.create(lhs, rhs, shape, {row, column}, extras, epilogue);
  return reshape(builder, loc, result, type.getShape());
}

/// True for a destination of zeros: nothing is added to the product.
static bool isZeroFill(Value value) {
  auto fill = value.getDefiningOp<linalg::FillOp>();
  return fill && (matchPattern(fill.getInputs()[0], m_AnyZeroFloat()) ||
                  matchPattern(fill.getInputs()[0], m_Zero()));
}

Value lowerMatmul(OpBuilder &builder, linalg::LinalgOp matmul,
                  const TargetDescription &target) {
  Location loc = matmul.getLoc();
  auto type = cast<RankedTensorType>(matmul->getResult(0).getType());
  if (!isa<FloatType>(type.getElementType()) ||
      !isZeroFill(matmul.getDpsInits()[0]) ||
      llvm::any_of(matmul->getOperandTypes(), [&](Type operand) {
        return getElementTypeOrSelf(operand) != type.getElementType();
      }))
    return {};
  SmallVector<int64_t> sizes = matmul.getStaticLoopRanges();
  size_t rank = type.getRank(); // loops: [batch,] m, n, k
  TileProblem problem;
  problem.rows = sizes[rank - 2];
  problem.columns = sizes[rank - 1];
  problem.repeats = rank == 3 ? sizes[0] : 1;
  problem.reduction = sizes[rank];
  problem.bitWidth = type.getElementTypeBitWidth();

  Epilogue epilogue(builder, matmul, Value(), 0);
  ContractionBuilder contraction{builder, loc, {}, 0, 0, {}, {}, nullptr, 0};
  contraction.tile = chooseTile(target, problem);
  for (int64_t size : ArrayRef(sizes).drop_back())
    contraction.addParallel(size);
  contraction.addReduction(sizes.back());
  SmallVector<AffineMap> maps = matmul.getIndexingMapsArray();
  Operand lhs{matmul->getOperand(0), llvm::to_vector(maps[0].getResults())};
  Operand rhs{matmul->getOperand(1), llvm::to_vector(maps[1].getResults())};
  return contraction.create(lhs, rhs, type.getShape(), maps[2].getResults(), {},
                            epilogue);
}

} // namespace kiln::cpu
