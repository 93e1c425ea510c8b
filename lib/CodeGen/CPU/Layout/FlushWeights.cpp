//===- FlushWeights.cpp - No subnormal numbers in weights ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "kiln/CodeGen/CPU/IR/CPU.h"
#include "kiln/CodeGen/CPU/Passes.h"
#include "kiln/Dialect/NN/Utils/Constants.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/AsmState.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/TypeSwitch.h"

#include <cmath>
#include <cstring>

namespace kiln::cpu {
#define GEN_PASS_DEF_FLUSHWEIGHTS
#include "kiln/CodeGen/CPU/Passes.h.inc"
} // namespace kiln::cpu

using namespace mlir;
using namespace kiln;

/// The runtime's rule (Runtime/Net.c): with f64 at the net's border subnormal
/// numbers count.
static bool keepsSubnormals(func::FuncOp function) {
  auto isDouble = [](Type type) { return getElementTypeOrSelf(type).isF64(); };
  FunctionType type = function.getFunctionType();
  return llvm::any_of(type.getInputs(), isDouble) ||
         llvm::any_of(type.getResults(), isDouble);
}

/// True where a kernel only multiplies by what it reads.
static bool isWeights(OpOperand &use) {
  Value value = use.get();
  return TypeSwitch<Operation *, bool>(use.getOwner())
      .Case<cpu::ConvOp, cpu::WinogradOp>([&](auto op) {
        return op.getWeights() == value &&
               !llvm::is_contained(op.getExtras(), value);
      })
      .Case([&](cpu::WindowOp op) {
        return op.getWeights() == value && op.getStart() != value &&
               !llvm::is_contained(op.getExtras(), value);
      })
      .Case([&](cpu::ContractOp op) {
        return (op.getLhs() == value || op.getRhs() == value) &&
               !llvm::is_contained(op.getExtras(), value) &&
               !llvm::is_contained(op.getPrologueExtras(), value);
      })
      .Default(false);
}

static bool isSubnormal(float value) {
  return std::fpclassify(value) == FP_SUBNORMAL;
}

/// Sets subnormal numbers to zero, and gives how many there were. Memory is
/// taken only where there are some.
static int64_t flush(arith::ConstantOp constant) {
  auto elements = dyn_cast<ElementsAttr>(constant.getValue());
  auto type = dyn_cast<RankedTensorType>(constant.getType());
  if (!elements || !type || !type.getElementType().isF32())
    return 0;
  SmallVector<char> storage;
  std::optional<ArrayRef<char>> bytes = nn::rawBytes(elements, storage);
  if (!bytes)
    return 0;
  ArrayRef<float> values(reinterpret_cast<const float *>(bytes->data()),
                         bytes->size() / sizeof(float));
  int64_t count = llvm::count_if(values, isSubnormal);
  if (count == 0)
    return 0;
  AsmResourceBlob blob = HeapAsmResourceBlob::allocate(
      bytes->size(), /*align=*/64, /*dataIsMutable=*/true);
  MutableArrayRef<float> flushed(
      reinterpret_cast<float *>(blob.getMutableData().data()), values.size());
  llvm::replace_copy_if(values, flushed.begin(), isSubnormal, 0.0f);
  constant.setValueAttr(cast<TypedAttr>(
      Attribute(nn::adoptElements(type, std::move(blob), "packed"))));
  return count;
}

namespace {
struct FlushWeights : cpu::impl::FlushWeightsBase<FlushWeights> {
  void runOnOperation() override {
    int64_t count = 0;
    for (auto function : getOperation().getOps<func::FuncOp>()) {
      if (keepsSubnormals(function))
        continue;
      function.walk([&](arith::ConstantOp constant) {
        if (!constant->use_empty() &&
            llvm::all_of(constant->getUses(), isWeights))
          count += flush(constant);
      });
    }
    if (count == 0)
      return;
    numFlushed += count;
    getOperation()->setAttr(cpu::kFlushedWeightsAttrName,
                            Builder(&getContext()).getI64IntegerAttr(count));
  }
};
} // namespace
