//===- LaneLoop.cpp - Loops over the lanes of a block ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LaneLoop.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;

namespace kiln::cpu {
namespace {

/// What a value of the body is for the lanes.
enum class Kind {
  Uniform, ///< the same for all
  Lane,    ///< an index that grows by 1 from lane to lane
  Varying, ///< an element for each lane
};

class LaneVectorizer {
public:
  explicit LaneVectorizer(scf::ForOp loop)
      : loop(loop), builder(loop),
        lanes(getConstantIntValue(loop.getUpperBound()).value_or(0)) {}

  bool fits();
  void rewrite();

private:
  Kind kindOf(Value value) const {
    auto found = kinds.find(value);
    return found == kinds.end() ? Kind::Uniform : found->second;
  }
  bool fits(Operation &op);
  bool fitsIndices(MemRefType type, ValueRange indices, bool &varies);
  void rewrite(Operation &op);
  SmallVector<Value> firstOf(ValueRange indices);
  Value vectorOf(Value value);
  VectorType vectorType(Type element) {
    return VectorType::get({lanes}, element);
  }

  scf::ForOp loop;
  OpBuilder builder;
  int64_t lanes;
  DenseMap<Value, Kind> kinds;
  /// To the value for all lanes, or that of the first.
  IRMapping mapping;
};

} // namespace

/// All indices are uniform, or the last alone grows along contiguous memory. A
/// vector of bits would lie in memory as bits, where the buffer has bytes.
bool LaneVectorizer::fitsIndices(MemRefType type, ValueRange indices,
                                 bool &varies) {
  varies = false;
  for (auto [i, index] : llvm::enumerate(indices)) {
    Kind kind = kindOf(index);
    if (kind == Kind::Uniform)
      continue;
    if (kind != Kind::Lane || i + 1 != indices.size())
      return false;
    varies = true;
  }
  return !varies ||
         (type.isLastDimUnitStride() && type.getElementType().isIntOrFloat() &&
          type.getElementTypeBitWidth() >= 8);
}

/// True for an affine map that adds nothing but multiples of uniform values to
/// its one growing operand.
static bool addsToLane(affine::AffineApplyOp apply,
                       function_ref<Kind(Value)> kindOf) {
  AffineMap map = apply.getAffineMap();
  unsigned growing = 0;
  for (auto [i, operand] : llvm::enumerate(apply.getMapOperands())) {
    if (kindOf(operand) == Kind::Varying)
      return false;
    if (kindOf(operand) == Kind::Uniform)
      continue;
    ++growing;
    // The map with the operand one larger is the map plus one.
    if (i >= map.getNumDims())
      return false;
    AffineExpr expr = map.getResult(0);
    AffineExpr dim = getAffineDimExpr(i, map.getContext());
    AffineExpr moved = expr.replace(dim, dim + 1);
    if (simplifyAffineExpr(moved - expr, map.getNumDims(),
                           map.getNumSymbols()) !=
        getAffineConstantExpr(1, map.getContext()))
      return false;
  }
  return growing == 1;
}

bool LaneVectorizer::fits(Operation &op) {
  bool varies;
  if (auto load = dyn_cast<memref::LoadOp>(op)) {
    if (!fitsIndices(load.getMemRefType(), load.getIndices(), varies))
      return false;
    if (varies)
      kinds[load] = Kind::Varying;
    return true;
  }
  if (auto store = dyn_cast<memref::StoreOp>(op))
    return fitsIndices(store.getMemRefType(), store.getIndices(), varies) &&
           varies;
  bool isUniform = llvm::all_of(op.getOperands(), [&](Value operand) {
    return kindOf(operand) == Kind::Uniform;
  });
  if (isUniform)
    return isPure(&op) && op.getNumRegions() == 0;
  if (auto apply = dyn_cast<affine::AffineApplyOp>(op)) {
    kinds[apply] = Kind::Lane;
    return addsToLane(apply, [&](Value value) { return kindOf(value); });
  }
  if (!OpTrait::hasElementwiseMappableTraits(&op) || op.getNumRegions() != 0 ||
      llvm::any_of(op.getOperands(),
                   [&](Value value) { return kindOf(value) == Kind::Lane; }))
    return false;
  for (Value result : op.getResults())
    kinds[result] = Kind::Varying;
  return true;
}

bool LaneVectorizer::fits() {
  if ((lanes != 4 && lanes != 8 && lanes != 16) || loop.getNumResults() != 0 ||
      getConstantIntValue(loop.getLowerBound()) != 0 ||
      getConstantIntValue(loop.getStep()) != 1)
    return false;
  kinds[loop.getInductionVar()] = Kind::Lane;
  return llvm::all_of(loop.getBody()->without_terminator(),
                      [&](Operation &op) { return fits(op); });
}

SmallVector<Value> LaneVectorizer::firstOf(ValueRange indices) {
  return llvm::map_to_vector(
      indices, [&](Value index) { return mapping.lookupOrDefault(index); });
}

Value LaneVectorizer::vectorOf(Value value) {
  Value mapped = mapping.lookupOrDefault(value);
  if (kindOf(value) == Kind::Varying)
    return mapped;
  return vector::BroadcastOp::create(builder, loop.getLoc(),
                                     vectorType(value.getType()), mapped);
}

void LaneVectorizer::rewrite(Operation &op) {
  Location loc = op.getLoc();
  auto load = dyn_cast<memref::LoadOp>(op);
  if (load && kindOf(load) == Kind::Varying) {
    Value vector =
        vector::LoadOp::create(builder, loc, vectorType(load.getType()),
                               load.getMemRef(), firstOf(load.getIndices()));
    mapping.map(load.getResult(), vector);
    return;
  }
  if (auto store = dyn_cast<memref::StoreOp>(op)) {
    vector::StoreOp::create(builder, loc, vectorOf(store.getValue()),
                            store.getMemRef(), firstOf(store.getIndices()));
    return;
  }
  bool varies = llvm::any_of(op.getResults(), [&](Value result) {
    return kindOf(result) == Kind::Varying;
  });
  if (!varies) {
    builder.clone(op, mapping);
    return;
  }
  IRMapping vectors;
  for (Value operand : op.getOperands())
    vectors.map(operand, vectorOf(operand));
  Operation *copy = builder.clone(op, vectors);
  for (auto [from, to] : llvm::zip_equal(op.getResults(), copy->getResults())) {
    to.setType(vectorType(from.getType()));
    mapping.map(from, to);
  }
}

void LaneVectorizer::rewrite() {
  mapping.map(loop.getInductionVar(), loop.getLowerBound());
  for (Operation &op : loop.getBody()->without_terminator())
    rewrite(op);
  loop.erase();
}

LogicalResult vectorizeLanes(scf::ForOp loop) {
  LaneVectorizer vectorizer(loop);
  if (!vectorizer.fits())
    return failure();
  vectorizer.rewrite();
  return success();
}

} // namespace kiln::cpu
