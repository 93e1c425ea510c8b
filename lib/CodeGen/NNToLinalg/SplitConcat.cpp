//===- SplitConcat.cpp - Concatenations of few operands ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "kiln/CodeGen/NNToLinalg.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace kiln {

/// Bufferization follows the chain of insertions that a concatenation becomes
/// from each of its parts: its time is the square of their number.
static constexpr size_t kMaxParts = 16;

static void split(tensor::ConcatOp op) {
  OpBuilder builder(op);
  SmallVector<Value> parts(op.getInputs());
  while (parts.size() > kMaxParts) {
    SmallVector<Value> groups;
    for (size_t i = 0; i < parts.size(); i += kMaxParts) {
      ValueRange group =
          ValueRange(parts).slice(i, std::min(kMaxParts, parts.size() - i));
      groups.push_back(group.size() == 1
                           ? group[0]
                           : tensor::ConcatOp::create(builder, op.getLoc(),
                                                      op.getDim(), group)
                                 .getResult());
    }
    parts = std::move(groups);
  }
  op.getInputsMutable().assign(parts);
}

void splitWideConcats(func::FuncOp function) {
  SmallVector<tensor::ConcatOp> wide;
  function.walk([&](tensor::ConcatOp op) {
    if (op.getInputs().size() > kMaxParts)
      wide.push_back(op);
  });
  for (tensor::ConcatOp op : wide)
    split(op);
}

} // namespace kiln
