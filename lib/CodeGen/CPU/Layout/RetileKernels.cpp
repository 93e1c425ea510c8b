//===- RetileKernels.cpp - The same kernels on fewer registers ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// An artifact with code for several processors has one copy of its weights,
// packed for the best of them. For the others the kernels keep vectors and
// panels, and so the algorithm, of that one: a vector is then several
// registers, of which there are fewer, and tiles become smaller.
//===----------------------------------------------------------------------===//

#include "kiln/CodeGen/CPU/IR/CPU.h"
#include "kiln/CodeGen/CPU/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/TypeSwitch.h"

namespace kiln::cpu {
#define GEN_PASS_DEF_RETILEKERNELS
#include "kiln/CodeGen/CPU/Passes.h.inc"
} // namespace kiln::cpu

using namespace mlir;
using namespace kiln::cpu;

/// How many rows of `vectors` sums fit beside the weights of a step and a
/// broadcast element.
static int64_t rowsFor(int64_t vectors, int64_t registers) {
  return std::max<int64_t>(1, (registers - 1 - vectors) / vectors);
}

static void retile(ConvOp op, int64_t registers) {
  int64_t vectors = op.getVectors();
  // With one vector of weights, elements are operands in memory.
  int64_t positions =
      vectors == 1 ? registers - 2 : rowsFor(vectors, registers);
  int64_t rows = op.getRows(), columns = op.getColumns();
  if (rows * columns <= positions)
    return;
  columns = std::min(columns, positions);
  op.setColumns(columns);
  op.setRows(std::min(rows, std::max<int64_t>(1, positions / columns)));
}

static void retile(WinogradOp op, int64_t registers) {
  auto weights = cast<ShapedType>(op.getWeights().getType());
  auto out = cast<ShapedType>(op.getOut().getType());
  int64_t vectors = weights.getShape().back() / out.getShape().back();
  op.setRows(std::min<int64_t>(op.getRows(), rowsFor(vectors, registers)));
}

/// The panels of a contraction do not depend on its tile: both sides give way.
static void retile(ContractOp op, int64_t registers) {
  int64_t rows = op.getRows(), vectors = op.getVectors();
  while (rows * vectors + vectors + 1 > registers && rows * vectors > 1)
    --(vectors >= rows ? vectors : rows);
  op.setRows(rows);
  op.setVectors(vectors);
}

static void retile(WindowOp op, int64_t registers) {
  op.setColumns(std::min<int64_t>(op.getColumns(), registers - 2));
}

namespace {
struct RetileKernels : kiln::cpu::impl::RetileKernelsBase<RetileKernels> {
  using RetileKernelsBase::RetileKernelsBase;

  void runOnOperation() override {
    int64_t count = std::max<int64_t>(registers, 4);
    getOperation().walk([&](Operation *op) {
      llvm::TypeSwitch<Operation *>(op)
          .Case<ConvOp, WinogradOp, ContractOp, WindowOp>(
              [&](auto kernel) { retile(kernel, count); });
      // What the cost model expected was of another processor.
      op->removeDiscardableAttr(kPredictedCyclesAttrName);
    });
  }
};
} // namespace
