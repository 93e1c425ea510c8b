//===- LinalgKernels.cpp - Loop nests of linalg operations ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Kernels.h"
#include "Payload.h"

#include "mlir/IR/AffineExpr.h"
#include "mlir/IR/AffineMap.h"

#include <limits>

using namespace mlir;

namespace kiln::reference {

namespace {
/// constant + sum of coefficients[d] * loop index d.
struct Linear {
  SmallVector<int64_t> coefficients;
  int64_t constant = 0;

  explicit Linear(int64_t loops) : coefficients(loops, 0) {}

  /// Adds `factor` times `expr`; fails where that is not linear.
  LogicalResult add(AffineExpr expr, int64_t factor) {
    if (auto dim = dyn_cast<AffineDimExpr>(expr)) {
      coefficients[dim.getPosition()] += factor;
      return success();
    }
    if (auto number = dyn_cast<AffineConstantExpr>(expr)) {
      constant += factor * number.getValue();
      return success();
    }
    auto binary = dyn_cast<AffineBinaryOpExpr>(expr);
    if (!binary)
      return failure();
    if (expr.getKind() == AffineExprKind::Add)
      return success(succeeded(add(binary.getLHS(), factor)) &&
                     succeeded(add(binary.getRHS(), factor)));
    auto number = dyn_cast<AffineConstantExpr>(binary.getRHS());
    if (expr.getKind() == AffineExprKind::Mul && number)
      return add(binary.getLHS(), factor * number.getValue());
    return failure();
  }

  int64_t at(ArrayRef<int64_t> index) const {
    int64_t value = constant;
    for (auto [coefficient, i] : llvm::zip_equal(coefficients, index))
      value += coefficient * i;
    return value;
  }
};

/// A loop nest over tensors: operand i, results last, is read or written at
/// `accesses[i]`.
class LoopNest {
public:
  LoopNest(linalg::LinalgOp op, const Environment &env) : op(op), env(env) {}

  Outcome run();

private:
  LogicalResult analyse();
  LogicalResult addAccess(OpOperand &operand, AffineMap map);
  LogicalResult inferRanges(ArrayRef<AffineMap> maps);
  LogicalResult makeResults(ArrayRef<AffineMap> maps);
  void chooseBatchedLoop(ArrayRef<AffineMap> maps);
  LogicalResult execute(Payload &payload);
  LogicalResult executeBatch(Payload &payload, ArrayRef<int64_t> index,
                             int64_t n);
  int64_t batchStride(size_t operand) const {
    return batched < 0 ? 0 : accesses[operand].coefficients[batched];
  }

  linalg::LinalgOp op;
  const Environment &env;
  SmallVector<int64_t> ranges;
  SmallVector<Linear> accesses;
  Results results;
  /// The loop that runs in batches, innermost; -1 where none can.
  int64_t batched = -1;
};
} // namespace

/// The loops' ranges: the size of a dimension that a loop runs along alone.
LogicalResult LoopNest::inferRanges(ArrayRef<AffineMap> maps) {
  ranges.assign(op.getNumLoops(), -1);
  for (auto [operand, map] : llvm::zip_equal(op->getOperands(), maps))
    for (auto [expr, size] :
         llvm::zip_equal(map.getResults(), env.get(operand).shape))
      if (auto dim = dyn_cast<AffineDimExpr>(expr)) {
        int64_t &range = ranges[dim.getPosition()];
        if (range >= 0 && range != size) {
          shapeError(op) << "loop " << dim.getPosition() << " would run over "
                         << range << " and over " << size << " elements";
          return failure();
        }
        range = size;
      }
  if (!llvm::is_contained(ranges, -1))
    return success();
  shapeError(op) << "a loop has no range";
  return failure();
}

/// Makes the operand's offset a linear function of the loops, and checks that
/// it stays inside the tensor.
LogicalResult LoopNest::addAccess(OpOperand &operand, AffineMap map) {
  ArrayRef<int64_t> shape = env.get(operand.get()).shape;
  Linear access(op.getNumLoops());
  for (auto [expr, size, stride] :
       llvm::zip_equal(map.getResults(), shape, stridesOf(shape))) {
    Linear position(op.getNumLoops());
    if (failed(position.add(expr, 1)) || failed(access.add(expr, stride))) {
      shapeError(op) << "operand " << operand.getOperandNumber()
                     << " is not indexed linearly";
      return failure();
    }
    int64_t least = position.constant, most = position.constant;
    for (auto [coefficient, range] :
         llvm::zip_equal(position.coefficients, ranges))
      (coefficient < 0 ? least : most) += coefficient * (range - 1);
    if (least < 0 || most >= size) {
      shapeError(op) << "operand " << operand.getOperandNumber()
                     << " is indexed from " << least << " to " << most
                     << " along a dimension of " << size;
      return failure();
    }
  }
  accesses.push_back(std::move(access));
  return success();
}

/// Results start as the destinations where these are read or not wholly
/// overwritten; else as NaN, which an element left out would show.
LogicalResult LoopNest::makeResults(ArrayRef<AffineMap> maps) {
  for (OpOperand &init : op.getDpsInitsMutable()) {
    const Tensor &destination = env.get(init.get());
    if (op.payloadUsesValueFromOperand(&init) ||
        !maps[init.getOperandNumber()].isPermutation()) {
      results.push_back(destination);
      continue;
    }
    FailureOr<Tensor> tensor = allocate(
        op, destination.shape, std::numeric_limits<double>::quiet_NaN());
    if (failed(tensor))
      return failure();
    results.push_back(std::move(*tensor));
  }
  return success();
}

/// A loop may run in batches where its iterations write different elements of
/// every result: reductions then keep their order. The longest is taken.
void LoopNest::chooseBatchedLoop(ArrayRef<AffineMap> maps) {
  auto outputs = maps.take_back(op.getNumDpsInits());
  for (int64_t loop = 0; loop < static_cast<int64_t>(ranges.size()); ++loop) {
    auto indexes = [&](AffineMap map) {
      return llvm::is_contained(map.getResults(),
                                getAffineDimExpr(loop, op->getContext()));
    };
    if (llvm::all_of(outputs, indexes) &&
        (batched < 0 || ranges[loop] >= ranges[batched]))
      batched = loop;
  }
}

LogicalResult LoopNest::analyse() {
  SmallVector<AffineMap> maps = op.getIndexingMapsArray();
  if (failed(inferRanges(maps)))
    return failure();
  // Nothing is read where a range is zero.
  bool isEmpty = llvm::is_contained(ranges, 0);
  for (auto [operand, map] : llvm::zip_equal(op->getOpOperands(), maps))
    if (!isEmpty && failed(addAccess(operand, map)))
      return failure();
  chooseBatchedLoop(maps);
  return makeResults(maps);
}

LogicalResult LoopNest::executeBatch(Payload &payload, ArrayRef<int64_t> index,
                                     int64_t n) {
  size_t inputs = op.getNumDpsInputs();
  for (auto [i, operand] : llvm::enumerate(op->getOperands())) {
    const Tensor &tensor = i < inputs ? env.get(operand) : results[i - inputs];
    const double *from = tensor.data.data() + accesses[i].at(index);
    int64_t stride = batchStride(i);
    auto slot = static_cast<unsigned>(i);
    if (stride == 1 || n == 1) {
      payload.pointTo(slot, from);
      continue;
    }
    double *to = payload.storage(slot);
    payload.pointTo(slot, to);
    for (int64_t k = 0; k < n; ++k)
      to[k] = from[k * stride];
  }
  for (auto [dim, slot] : payload.indexSlots())
    for (int64_t k = 0; k < n; ++k)
      payload.storage(slot)[k] =
          static_cast<double>(index[dim] + (dim == batched ? k : 0));
  if (failed(payload.run(n)))
    return failure();
  for (auto [i, slot] : llvm::enumerate(payload.yields())) {
    double *to = results[i].data.data() + accesses[inputs + i].at(index);
    int64_t stride = batchStride(inputs + i);
    const double *from = payload.values(slot);
    for (int64_t k = 0; k < n; ++k)
      to[k * stride] = from[k];
  }
  return success();
}

LogicalResult LoopNest::execute(Payload &payload) {
  SmallVector<int64_t> index(ranges.size(), 0), outer(ranges);
  int64_t length = 1;
  if (batched >= 0) {
    length = ranges[batched];
    outer[batched] = 1;
  }
  do {
    for (int64_t begin = 0; begin < length; begin += kBatch) {
      if (batched >= 0)
        index[batched] = begin;
      if (failed(
              executeBatch(payload, index, std::min(kBatch, length - begin))))
        return failure();
    }
    if (batched >= 0)
      index[batched] = 0;
  } while (nextIndex(index, outer));
  return success();
}

Outcome LoopNest::run() {
  if (!op.hasPureTensorSemantics() || op->getNumRegions() != 1) {
    shapeError(op) << "is not a loop nest on tensors";
    return failure();
  }
  if (failed(analyse()))
    return failure();
  FailureOr<Payload> payload = Payload::compile(*op.getBlock(), env);
  if (failed(payload) ||
      (!llvm::is_contained(ranges, 0) && failed(execute(*payload))))
    return failure();
  return std::move(results);
}

Outcome evaluate(linalg::LinalgOp op, const Environment &env) {
  return LoopNest(op, env).run();
}

Outcome evaluateElementwise(Operation *op, const Environment &env) {
  FailureOr<Payload> payload = Payload::compile(op);
  if (failed(payload))
    return failure();
  // The condition of arith.select may be a scalar beside tensors.
  SmallVector<int64_t> shape;
  for (Value operand : op->getOperands())
    if (shape.empty())
      shape = llvm::to_vector(env.get(operand).shape);
  for (Value operand : op->getOperands())
    if (ArrayRef<int64_t> own = env.get(operand).shape;
        !own.empty() && own != ArrayRef(shape)) {
      shapeError(op) << "operands of shapes [" << shape << "] and [" << own
                     << "]";
      return failure();
    }
  FailureOr<Tensor> result = allocate(op, shape);
  if (failed(result))
    return failure();
  for (int64_t begin = 0; begin < result->size(); begin += kBatch) {
    int64_t n = std::min(kBatch, result->size() - begin);
    for (auto [i, operand] : llvm::enumerate(op->getOperands())) {
      const Tensor &tensor = env.get(operand);
      auto slot = static_cast<unsigned>(i);
      if (tensor.rank() == 0)
        std::fill_n(payload->storage(slot), n, tensor.data.front());
      else
        payload->pointTo(slot, tensor.data.data() + begin);
    }
    if (failed(payload->run(n)))
      return failure();
    std::copy_n(payload->values(payload->yields().front()), n,
                result->data.begin() + begin);
  }
  return single(std::move(*result));
}

} // namespace kiln::reference
