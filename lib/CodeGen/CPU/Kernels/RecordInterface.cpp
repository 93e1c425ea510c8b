//===- RecordInterface.cpp - Keep the net's interface ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "kiln/CodeGen/CPU/Passes.h"
#include "kiln/Dialect/NN/Analysis/BatchDependence.h"
#include "kiln/Dialect/NN/Analysis/BatchIndependence.h"
#include "kiln/Support/Diagnostics.h"
#include "mlir/IR/BuiltinOps.h"

namespace kiln::cpu {
#define GEN_PASS_DEF_RECORDINTERFACE
#include "kiln/CodeGen/CPU/Passes.h.inc"
} // namespace kiln::cpu

using namespace mlir;
using namespace kiln;

static bool isTaken(Type type) {
  return type.isF16() || type.isBF16() || type.isF32() || type.isF64() ||
         type.isInteger(1) || type.isInteger(8) || type.isInteger(16) ||
         type.isInteger(32) || type.isInteger(64);
}

static DictionaryAttr describe(Builder &builder, DictionaryAttr attributes,
                               Type type) {
  auto find = [&](StringRef key) {
    return attributes ? attributes.get(key) : Attribute();
  };
  Attribute name = find("nn.name");
  auto tensor = cast<RankedTensorType>(type);
  SmallVector<NamedAttribute> fields = {
      builder.getNamedAttr("name", name ? name : builder.getStringAttr("")),
      builder.getNamedAttr("type", TypeAttr::get(tensor.getElementType())),
      builder.getNamedAttr("shape",
                           builder.getDenseI64ArrayAttr(tensor.getShape()))};
  if (find(nn::kBatchAttrName))
    fields.push_back(builder.getNamedAttr("batched", builder.getUnitAttr()));
  if (Attribute layer = find(nn::kDependsOnBatchAttrName))
    fields.push_back(builder.getNamedAttr("depends_on_batch", layer));
  return builder.getDictionaryAttr(fields);
}

/// Static tensors of types that have kernels.
static LogicalResult checkType(Location loc, Type type) {
  auto tensor = dyn_cast<TensorType>(type);
  if (!tensor)
    return success();
  if (!isTaken(tensor.getElementType()))
    return kiln::emitError(loc, ErrorCode::UnsupportedType)
           << "no kernels for element type " << tensor.getElementType()
           << "; f16, bf16, f32, f64 and integers of 1 to 64 bits are taken";
  if (!tensor.hasStaticShape())
    return kiln::emitError(loc, ErrorCode::MissingShape)
           << "a tensor of unknown shape " << type
           << ": kernels are made for fixed shapes";
  return success();
}

static LogicalResult checkTypes(func::FuncOp function) {
  WalkResult walk = function.walk([](Operation *op) -> WalkResult {
    for (Type type : op->getResultTypes())
      if (failed(checkType(op->getLoc(), type)))
        return WalkResult::interrupt();
    return WalkResult::advance();
  });
  if (walk.wasInterrupted())
    return failure();
  for (Type type : function.getArgumentTypes())
    if (failed(checkType(function.getLoc(), type)))
      return failure();
  return success();
}

namespace {
struct RecordInterface : cpu::impl::RecordInterfaceBase<RecordInterface> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    SmallVector<func::FuncOp> functions(module.getOps<func::FuncOp>());
    if (functions.size() != 1) {
      kiln::emitError(module.getLoc(), ErrorCode::CodeGenFailed)
          << "expects a module with one function, got " << functions.size();
      return signalPassFailure();
    }
    func::FuncOp function = functions.front();
    if (failed(checkTypes(function)))
      return signalPassFailure();
    record(module, function);
    function.setName(cpu::kMainName);
  }

  static void record(ModuleOp module, func::FuncOp function) {
    Builder builder(module.getContext());
    SmallVector<Attribute> inputs, outputs;
    for (auto [i, type] : llvm::enumerate(function.getArgumentTypes()))
      inputs.push_back(describe(builder, function.getArgAttrDict(i), type));
    for (auto [i, type] : llvm::enumerate(function.getResultTypes()))
      outputs.push_back(describe(builder, function.getResultAttrDict(i), type));
    module->setAttr(
        cpu::kInterfaceAttrName,
        builder.getDictionaryAttr(
            {builder.getNamedAttr("name", function.getSymNameAttr()),
             builder.getNamedAttr("inputs", builder.getArrayAttr(inputs)),
             builder.getNamedAttr("outputs", builder.getArrayAttr(outputs))}));
  }
};
} // namespace
