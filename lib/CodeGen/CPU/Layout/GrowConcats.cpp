//===- GrowConcats.cpp - One tensor for concatenations that grow ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "kiln/CodeGen/CPU/Passes.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

#include <map>

namespace kiln::cpu {
#define GEN_PASS_DEF_GROWCONCATS
#include "kiln/CodeGen/CPU/Passes.h.inc"
} // namespace kiln::cpu

using namespace mlir;

/// Concatenations of which each begins with all parts of the one before, the
/// longest last.
using Chain = SmallVector<tensor::ConcatOp>;

static bool isPrefix(tensor::ConcatOp shorter, tensor::ConcatOp longer) {
  ValueRange parts = shorter.getInputs(), more = longer.getInputs();
  return shorter.getDim() == longer.getDim() && parts.size() < more.size() &&
         parts == more.take_front(parts.size());
}

/// A part that is itself a concatenation along the same dimension stands for
/// its own parts.
static void flattenParts(tensor::ConcatOp op) {
  SmallVector<Value> parts;
  for (Value part : op.getInputs()) {
    auto inner = part.getDefiningOp<tensor::ConcatOp>();
    if (inner && inner.getDim() == op.getDim())
      llvm::append_range(parts, inner.getInputs());
    else
      parts.push_back(part);
  }
  if (parts.size() != op.getInputs().size())
    op.getInputsMutable().assign(parts);
}

static SmallVector<Chain> findChains(func::FuncOp function) {
  // By the number of parts, which keeps those of one number in their order.
  std::multimap<size_t, tensor::ConcatOp> ops;
  function.walk([&](tensor::ConcatOp op) {
    flattenParts(op);
    ops.emplace(op.getInputs().size(), op);
  });
  SmallVector<Chain> chains;
  for (auto &[count, op] : ops) {
    tensor::ConcatOp longer = op;
    auto *grown = llvm::find_if(
        chains, [&](const Chain &chain) { return isPrefix(chain.back(), op); });
    if (grown == chains.end())
      chains.push_back({longer});
    else
      grown->push_back(longer);
  }
  llvm::erase_if(chains, [](const Chain &chain) { return chain.size() < 2; });
  return chains;
}

namespace {

/// Writes the parts of a chain's longest concatenation into one tensor, each as
/// soon as it is there.
class Growth {
public:
  explicit Growth(const Chain &chain)
      : chain(chain), longest(chain.back()), dim(longest.getDim()) {}

  void run();

private:
  void insertPart(Value part);
  void replace(tensor::ConcatOp op);
  SmallVector<OpFoldResult> along(ArrayRef<int64_t> shape, int64_t value,
                                  bool isOffset);
  /// Where the tensor so far and `part` are both there.
  void setInsertionPoint(OpBuilder &builder, Value part);

  const Chain &chain;
  tensor::ConcatOp longest;
  int64_t dim;
  Value grown;
  int64_t size = 0;
};

} // namespace

void Growth::setInsertionPoint(OpBuilder &builder, Value part) {
  Operation *before = grown.getDefiningOp(), *now = part.getDefiningOp();
  if (now && before->isBeforeInBlock(now))
    before = now;
  builder.setInsertionPointAfter(before);
}

SmallVector<OpFoldResult> Growth::along(ArrayRef<int64_t> shape, int64_t value,
                                        bool isOffset) {
  SmallVector<int64_t> values(shape.size(), 0);
  if (!isOffset)
    values.assign(shape.begin(), shape.end());
  values[dim] = value;
  return getAsIndexOpFoldResult(longest.getContext(), values);
}

void Growth::insertPart(Value part) {
  OpBuilder builder(longest);
  setInsertionPoint(builder, part);
  ArrayRef<int64_t> shape = cast<RankedTensorType>(part.getType()).getShape();
  SmallVector<OpFoldResult> ones(shape.size(), builder.getIndexAttr(1));
  grown = tensor::InsertSliceOp::create(
      builder, longest.getLoc(), part, grown,
      along(shape, size, /*isOffset=*/true),
      along(shape, shape[dim], /*isOffset=*/false), ones);
  size += shape[dim];
}

/// All of `op` has been written: it is the first part of the tensor so far.
void Growth::replace(tensor::ConcatOp op) {
  Value value = grown;
  auto type = cast<RankedTensorType>(op.getType());
  if (type != grown.getType()) {
    OpBuilder builder(op);
    builder.setInsertionPointAfter(grown.getDefiningOp());
    SmallVector<OpFoldResult> ones(type.getRank(), builder.getIndexAttr(1));
    value = tensor::ExtractSliceOp::create(
        builder, op.getLoc(), type, grown,
        along(type.getShape(), 0, /*isOffset=*/true),
        along(type.getShape(), type.getDimSize(dim), /*isOffset=*/false), ones);
  }
  op.replaceAllUsesWith(value);
  op.erase();
}

void Growth::run() {
  auto type = cast<RankedTensorType>(longest.getType());
  SmallVector<Value> parts(longest.getInputs());
  OpBuilder builder(longest->getBlock(), longest->getBlock()->begin());
  grown = tensor::EmptyOp::create(builder, longest.getLoc(), type.getShape(),
                                  type.getElementType());
  const auto *next = chain.begin();
  for (auto [i, part] : llvm::enumerate(parts)) {
    insertPart(part);
    if (next != chain.end() &&
        tensor::ConcatOp(*next).getInputs().size() == i + 1)
      replace(*next++);
  }
}

namespace {
struct GrowConcats : kiln::cpu::impl::GrowConcatsBase<GrowConcats> {
  void runOnOperation() override {
    for (const Chain &chain : findChains(getOperation())) {
      Growth(chain).run();
      ++numGrown;
    }
  }
};
} // namespace
