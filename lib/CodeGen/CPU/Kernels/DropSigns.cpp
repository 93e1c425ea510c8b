//===- DropSigns.cpp - Unsigned tensors as signless ones ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "kiln/CodeGen/CPU/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/DialectResourceBlobManager.h"

namespace kiln::cpu {
#define GEN_PASS_DEF_DROPSIGNS
#include "kiln/CodeGen/CPU/Passes.h.inc"
} // namespace kiln::cpu

using namespace mlir;

static Type signless(Type type) {
  auto element = dyn_cast<IntegerType>(getElementTypeOrSelf(type));
  if (!element || element.isSignless())
    return type;
  auto plain = IntegerType::get(type.getContext(), element.getWidth());
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor ? Type(tensor.clone(plain)) : plain;
}

/// The same bytes under the other type.
static void dropSigns(arith::ConstantOp op) {
  auto type = dyn_cast<RankedTensorType>(signless(op.getType()));
  if (!type || type == op.getType())
    return;
  if (auto dense = dyn_cast<DenseElementsAttr>(op.getValue()))
    op.setValueAttr(dense.bitcast(type.getElementType()));
  else if (auto resource = dyn_cast<DenseResourceElementsAttr>(op.getValue()))
    op.setValueAttr(
        DenseResourceElementsAttr::get(type, resource.getRawHandle()));
}

namespace {
struct DropSigns : kiln::cpu::impl::DropSignsBase<DropSigns> {
  void runOnOperation() override {
    func::FuncOp function = getOperation();
    SmallVector<tensor::BitcastOp> idle;
    function.walk([&](Operation *op) {
      if (auto constant = dyn_cast<arith::ConstantOp>(op))
        dropSigns(constant);
      for (OpResult result : op->getResults())
        result.setType(signless(result.getType()));
      for (Region &region : op->getRegions())
        for (Block &block : region)
          for (BlockArgument argument : block.getArguments())
            argument.setType(signless(argument.getType()));
      if (auto bitcast = dyn_cast<tensor::BitcastOp>(op))
        idle.push_back(bitcast);
    });
    // In order of definition, so that chains end at their start.
    for (tensor::BitcastOp op : idle)
      if (op.getSource().getType() == op.getType()) {
        op.replaceAllUsesWith(op.getSource());
        op.erase();
      }
    setSignature(function);
  }

  static void setSignature(func::FuncOp function) {
    SmallVector<Type> inputs, results;
    for (Type type : function.getArgumentTypes())
      inputs.push_back(signless(type));
    for (Type type : function.getResultTypes())
      results.push_back(signless(type));
    function.setFunctionType(
        FunctionType::get(function.getContext(), inputs, results));
  }
};
} // namespace
