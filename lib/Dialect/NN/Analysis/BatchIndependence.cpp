//===- BatchIndependence.cpp - Proof that images do not meet ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// The two nets are walked in lockstep. Reshapes are no steps of their own: one
// batch size may need another chain of them than the other, and what they do
// together follows from the types at the ends.
//===----------------------------------------------------------------------===//

#include "kiln/Dialect/NN/Analysis/BatchIndependence.h"

#include "BatchRules.h"
#include "kiln/Dialect/NN/Utils/Constants.h"
#include "kiln/Support/Diagnostics.h"
#include "kiln/Support/Names.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;

namespace kiln::nn {

template <typename T> static std::string textOf(T what) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  stream << what;
  return text;
}

bool isSame(Type one, Type several) {
  return one == several || textOf(one) == textOf(several);
}

bool isSame(Attribute one, Attribute several) {
  if (one == several)
    return true;
  auto elements = dyn_cast<ElementsAttr>(one);
  auto others = dyn_cast<ElementsAttr>(several);
  if (!elements || !others)
    return textOf(one) == textOf(several);
  SmallVector<char> storage, otherStorage;
  auto bytes = rawBytes(elements, storage);
  auto otherBytes = rawBytes(others, otherStorage);
  return isSame(elements.getType(), others.getType()) && bytes && otherBytes &&
         *bytes == *otherBytes;
}

namespace {
class Prover {
public:
  explicit Prover(int64_t batch) : batch(batch) {}

  LogicalResult run(func::FuncOp one, func::FuncOp several);

private:
  /// What a value and its counterpart are to each other by their types.
  FailureOr<MaybeAxis> axisOf(Type one, Type several) const;
  LogicalResult addValue(Operation *at, Value one, Value several);
  /// Checks that the two are counterparts, reshapes seen through.
  FailureOr<MaybeAxis> match(Operation *at, Value one, Value several);
  LogicalResult checkReshape(Operation *at, Value one, Value several,
                             Value root, const MaybeAxis &axis) const;

  LogicalResult checkOp(Operation *one, Operation *several);
  LogicalResult compareOps(Operation *one, Operation *several, bool hasShapes);
  LogicalResult compareBodies(OpPair &pair);
  LogicalResult compareBlocks(OpPair &pair, Block &one, Block &several,
                              IRMapping &inner);
  LogicalResult checkReturn(Operation *one, Operation *several);

  int64_t batch;
  /// Of values of the net at several images, reshapes left out: the
  /// counterpart at one, and where the batch is.
  llvm::DenseMap<Value, Value> counterparts;
  llvm::DenseMap<Value, MaybeAxis> axes;
};
} // namespace

static LogicalResult refuse(Operation *at, const llvm::Twine &reason) {
  return kiln::emitError(at->getLoc(), ErrorCode::BatchNotIndependent)
         << "the batch cannot stay open: " << at->getName().getStringRef()
         << " " << reason << "; give --shapes a number for the batch";
}

/// " of node 'conv_1'", where the location names one.
static std::string nodeOf(Operation *op) {
  auto name = dyn_cast<NameLoc>(op->getLoc());
  return name ? " of node '" + escapeName(name.getName().strref()) + "'" : "";
}

static bool isReshape(Operation *op) {
  return isa_and_nonnull<tensor::CollapseShapeOp, tensor::ExpandShapeOp>(op);
}

static Value skipReshapes(Value value) {
  while (isReshape(value.getDefiningOp()))
    value = value.getDefiningOp()->getOperand(0);
  return value;
}

FailureOr<MaybeAxis> Prover::axisOf(Type one, Type several) const {
  if (isSame(one, several))
    return MaybeAxis();
  auto small = dyn_cast<RankedTensorType>(one);
  auto large = dyn_cast<RankedTensorType>(several);
  if (!small || !large || small.getRank() != large.getRank() ||
      !small.hasStaticShape() || !large.hasStaticShape() ||
      !isSame(small.getElementType(), large.getElementType()))
    return failure();
  MaybeAxis axis;
  for (auto [dim, sizes] :
       llvm::enumerate(llvm::zip_equal(small.getShape(), large.getShape()))) {
    auto [rows, all] = sizes;
    if (rows == all)
      continue;
    if (axis || all % batch != 0 || all / batch != rows)
      return failure();
    axis = BatchAxis{static_cast<int64_t>(dim), rows};
  }
  return axis;
}

LogicalResult Prover::addValue(Operation *at, Value one, Value several) {
  FailureOr<MaybeAxis> axis = axisOf(one.getType(), several.getType());
  if (failed(axis))
    return refuse(at, "makes " + textOf(one.getType()) + " of one image and " +
                          textOf(several.getType()) + " of " +
                          std::to_string(batch) +
                          ", which is not one part for each image");
  counterparts[several] = one;
  axes[several] = *axis;
  return success();
}

/// Product of the dimensions before `dim`.
static int64_t outerSize(Value value, int64_t dim) {
  int64_t product = 1;
  for (int64_t size :
       cast<RankedTensorType>(value.getType()).getShape().take_front(dim))
    product *= size;
  return product;
}

/// In C order an element of image n stands at (outer * batch + n) * inner +
/// rest: a reshape keeps images whole exactly if it keeps `outer`.
LogicalResult Prover::checkReshape(Operation *at, Value one, Value several,
                                   Value root, const MaybeAxis &axis) const {
  MaybeAxis source = axes.lookup(root);
  if (source.has_value() == axis.has_value() &&
      (!axis || outerSize(root, source->dim) == outerSize(several, axis->dim)))
    return success();
  return refuse(at, "takes a reshape of " + textOf(root.getType()) + " to " +
                        textOf(several.getType()) +
                        " that does not keep images whole");
}

FailureOr<MaybeAxis> Prover::match(Operation *at, Value one, Value several) {
  Value root = skipReshapes(several);
  if (counterparts.lookup(root) != skipReshapes(one)) {
    (void)refuse(at, "takes another operand at another batch size");
    return failure();
  }
  FailureOr<MaybeAxis> axis = axisOf(one.getType(), several.getType());
  if (failed(axis)) {
    (void)refuse(at, "takes a reshape of " + textOf(root.getType()) + " to " +
                         textOf(several.getType()) +
                         ", which is not one part for each image");
    return failure();
  }
  if (failed(checkReshape(at, one, several, root, *axis)))
    return failure();
  return axis;
}

/// Name, attributes and counts; `hasShapes` leaves shape attributes to the
/// operation's rule.
LogicalResult Prover::compareOps(Operation *one, Operation *several,
                                 bool hasShapes) {
  if (one->getName().getStringRef() != several->getName().getStringRef())
    return refuse(one, "stands where " + several->getName().getStringRef() +
                           nodeOf(several) + " is at another batch size");
  if (one->getNumOperands() != several->getNumOperands() ||
      one->getNumResults() != several->getNumResults() ||
      one->getNumRegions() != several->getNumRegions())
    return refuse(one, "has other operands at another batch size");
  DictionaryAttr attributes = one->getAttrDictionary();
  DictionaryAttr others = several->getAttrDictionary();
  bool isEqual = attributes.size() == others.size();
  for (NamedAttribute attribute : attributes) {
    StringRef name = attribute.getName().strref();
    Attribute other = others.get(name);
    isEqual &= other && ((hasShapes && isShapeAttribute(several, name)) ||
                         isSame(attribute.getValue(), other));
  }
  return isEqual ? success()
                 : refuse(one, "has other attributes at another batch size");
}

LogicalResult Prover::compareBlocks(OpPair &pair, Block &one, Block &several,
                                    IRMapping &inner) {
  bool fits = one.getNumArguments() == several.getNumArguments() &&
              llvm::range_size(one) == llvm::range_size(several);
  for (auto [argument, other] :
       llvm::zip(one.getArguments(), several.getArguments())) {
    fits &= isSame(argument.getType(), other.getType());
    inner.map(other, argument);
  }
  if (!fits)
    return refuse(pair.one, "has another body at another batch size");
  for (auto [op, other] : llvm::zip_equal(one, several)) {
    if (failed(compareOps(&op, &other, /*hasShapes=*/false)))
      return failure();
    if (op.getNumRegions() != 0)
      return refuse(pair.one, "has a body with bodies in it");
    for (auto [operand, outer] :
         llvm::zip_equal(op.getOperands(), other.getOperands())) {
      if (Value known = inner.lookupOrNull(outer)) {
        if (known != operand)
          return refuse(pair.one, "has another body at another batch size");
        continue;
      }
      FailureOr<MaybeAxis> axis = match(pair.one, operand, outer);
      if (failed(axis))
        return failure();
      pair.captured[outer] = *axis;
    }
    for (auto [result, outer] :
         llvm::zip_equal(op.getResults(), other.getResults())) {
      if (!isSame(result.getType(), outer.getType()))
        return refuse(pair.one, "has another body at another batch size");
      inner.map(outer, result);
    }
  }
  return success();
}

LogicalResult Prover::compareBodies(OpPair &pair) {
  for (auto [one, several] :
       llvm::zip_equal(pair.one->getRegions(), pair.several->getRegions())) {
    IRMapping inner;
    if (one.getBlocks().size() != several.getBlocks().size() ||
        one.getBlocks().size() > 1)
      return refuse(pair.one, "has another body at another batch size");
    if (!one.empty() &&
        failed(compareBlocks(pair, one.front(), several.front(), inner)))
      return failure();
  }
  return success();
}

LogicalResult Prover::checkOp(Operation *one, Operation *several) {
  if (failed(compareOps(one, several, /*hasShapes=*/true)))
    return failure();
  OpPair pair;
  pair.one = one;
  pair.several = several;
  for (auto [operand, other] :
       llvm::zip_equal(one->getOperands(), several->getOperands())) {
    FailureOr<MaybeAxis> axis = match(one, operand, other);
    if (failed(axis))
      return failure();
    pair.operands.push_back(*axis);
  }
  if (failed(compareBodies(pair)))
    return failure();
  for (auto [result, other] :
       llvm::zip_equal(one->getResults(), several->getResults())) {
    // Before its type is looked at: the rule knows better what is wrong.
    FailureOr<MaybeAxis> axis = axisOf(result.getType(), other.getType());
    pair.results.push_back(succeeded(axis) ? *axis : MaybeAxis());
  }
  if (std::string reason = checkRule(pair); !reason.empty())
    return refuse(one, reason);
  for (auto [result, other] :
       llvm::zip_equal(one->getResults(), several->getResults())) {
    if (failed(addValue(one, result, other)))
      return failure();
    if (pair.hasBatchedSource() && !axes.lookup(other))
      return refuse(one, "makes one result of all images");
  }
  return success();
}

LogicalResult Prover::checkReturn(Operation *one, Operation *several) {
  for (auto [operand, other] :
       llvm::zip_equal(one->getOperands(), several->getOperands())) {
    FailureOr<MaybeAxis> axis = match(one, operand, other);
    if (failed(axis))
      return failure();
    if (*axis && (*axis)->dim != 0)
      return refuse(one, "gives an output with the batch in dimension " +
                             std::to_string((*axis)->dim) + ", not 0");
  }
  return success();
}

LogicalResult Prover::run(func::FuncOp one, func::FuncOp several) {
  Block &body = one.getBody().front(), &other = several.getBody().front();
  auto isStep = [](Operation &op) { return !isReshape(&op); };
  auto steps = llvm::make_filter_range(body, isStep);
  auto others = llvm::make_filter_range(other, isStep);
  if (body.getNumArguments() != other.getNumArguments())
    return refuse(one, "has other inputs at another batch size");
  for (auto [argument, batched] :
       llvm::zip_equal(body.getArguments(), other.getArguments())) {
    if (failed(addValue(one, argument, batched)))
      return failure();
    if (MaybeAxis axis = axes.lookup(batched); axis && axis->dim != 0)
      return refuse(one, "takes the batch in another dimension than 0");
  }
  for (auto [step, batched] : llvm::zip(steps, others)) {
    bool isLast = step.hasTrait<OpTrait::IsTerminator>();
    if (isLast != batched.hasTrait<OpTrait::IsTerminator>() ||
        (isLast && step.getNumOperands() != batched.getNumOperands()))
      return refuse(&step, "stands where the net goes on otherwise at another "
                           "batch size");
    if (failed(isLast ? checkReturn(&step, &batched)
                      : checkOp(&step, &batched)))
      return failure();
  }
  return success();
}

/// By the types: they are known to tell.
static void markBatch(func::FuncOp one, func::FuncOp several) {
  auto mark = UnitAttr::get(one.getContext());
  for (unsigned i = 0; i < one.getNumArguments(); ++i)
    if (!isSame(one.getArgumentTypes()[i], several.getArgumentTypes()[i]))
      one.setArgAttr(i, kBatchAttrName, mark);
  for (unsigned i = 0; i < one.getNumResults(); ++i)
    if (!isSame(one.getResultTypes()[i], several.getResultTypes()[i]))
      one.setResultAttr(i, kBatchAttrName, mark);
}

LogicalResult proveImagesIndependent(func::FuncOp one, func::FuncOp several,
                                     int64_t batch) {
  if (failed(Prover(batch).run(one, several)))
    return failure();
  markBatch(one, several);
  return success();
}

} // namespace kiln::nn
