//===- LowerMath.cpp - Calls of Kiln's own mathematical functions ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "kiln/CodeGen/CPU/Passes.h"
#include "kiln/Support/Diagnostics.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "llvm/ADT/TypeSwitch.h"

namespace kiln::cpu {
#define GEN_PASS_DEF_LOWERMATH
#include "kiln/CodeGen/CPU/Passes.h.inc"
} // namespace kiln::cpu

using namespace mlir;
using namespace kiln;

/// The C name (f64) of the runtime's function, or nothing for operations that
/// LLVM has instructions for.
static StringRef functionOf(Operation *op) {
  return llvm::TypeSwitch<Operation *, StringRef>(op)
      .Case([](math::ExpOp) { return "kiln_exp"; })
      .Case([](math::Exp2Op) { return "kiln_exp2"; })
      .Case([](math::ExpM1Op) { return "kiln_expm1"; })
      .Case([](math::LogOp) { return "kiln_log"; })
      .Case([](math::Log2Op) { return "kiln_log2"; })
      .Case([](math::Log10Op) { return "kiln_log10"; })
      .Case([](math::Log1pOp) { return "kiln_log1p"; })
      .Case([](math::TanhOp) { return "kiln_tanh"; })
      .Case([](math::ErfOp) { return "kiln_erf"; })
      .Case([](math::PowFOp) { return "kiln_pow"; })
      .Case([](math::SinOp) { return "kiln_sin"; })
      .Case([](math::CosOp) { return "kiln_cos"; })
      .Case([](math::TanOp) { return "kiln_tan"; })
      .Case([](math::SinhOp) { return "kiln_sinh"; })
      .Case([](math::CoshOp) { return "kiln_cosh"; })
      .Case([](math::AsinOp) { return "kiln_asin"; })
      .Case([](math::AcosOp) { return "kiln_acos"; })
      .Case([](math::AtanOp) { return "kiln_atan"; })
      .Case([](math::AsinhOp) { return "kiln_asinh"; })
      .Case([](math::AcoshOp) { return "kiln_acosh"; })
      .Case([](math::AtanhOp) { return "kiln_atanh"; })
      .Case([](math::IPowIOp) { return "kiln_ipow"; })
      .Case([](arith::RemFOp) { return "kiln_fmod"; })
      .Default([](Operation *) { return ""; });
}

static func::FuncOp declare(ModuleOp module, StringRef name,
                            FunctionType type) {
  if (auto known = module.lookupSymbol<func::FuncOp>(name))
    return known;
  OpBuilder builder = OpBuilder::atBlockEnd(module.getBody());
  auto function = func::FuncOp::create(builder, module.getLoc(), name, type);
  function.setPrivate();
  return function;
}

static Value callScalar(OpBuilder &builder, Operation *op,
                        func::FuncOp function, ValueRange operands) {
  return func::CallOp::create(builder, op->getLoc(), function, operands)
      .getResult(0);
}

/// A buffer of one vector on the kernel's stack.
static Value createScratch(Operation *op, VectorType type) {
  auto function = op->getParentOfType<func::FuncOp>();
  OpBuilder builder = OpBuilder::atBlockBegin(&function.getBody().front());
  return memref::AllocaOp::create(
      builder, op->getLoc(),
      MemRefType::get(type.getShape(), type.getElementType()));
}

/// A loop over the lanes: the function is inlined into it, and LLVM makes
/// vectors of it again.
static Value callLanes(OpBuilder &builder, Operation *op, func::FuncOp function,
                       VectorType type) {
  Location loc = op->getLoc();
  auto index = [&](int64_t value) -> Value {
    return arith::ConstantIndexOp::create(builder, loc, value);
  };
  Value zero = index(0);
  SmallVector<Value> buffers;
  for (Value operand : op->getOperands()) {
    buffers.push_back(createScratch(op, type));
    vector::StoreOp::create(builder, loc, operand, buffers.back(), zero);
  }
  auto loop = scf::ForOp::create(builder, loc, zero, index(type.getDimSize(0)),
                                 index(1));
  OpBuilder inner = OpBuilder::atBlockBegin(loop.getBody());
  SmallVector<Value> elements;
  for (Value buffer : buffers)
    elements.push_back(
        memref::LoadOp::create(inner, loc, buffer, loop.getInductionVar()));
  Value element = callScalar(inner, op, function, elements);
  memref::StoreOp::create(inner, loc, element, buffers.front(),
                          loop.getInductionVar());
  return vector::LoadOp::create(builder, loc, type, buffers.front(), zero);
}

/// One rounding or two, as the CPU can: without the instruction, `llvm.fma`
/// would become a call to libm.
static void lowerFma(math::FmaOp op) {
  ImplicitLocOpBuilder builder(op.getLoc(), op);
  auto contract = arith::FastMathFlags::contract;
  Value product =
      arith::MulFOp::create(builder, op.getA(), op.getB(), contract);
  op.replaceAllUsesWith(
      arith::AddFOp::create(builder, product, op.getC(), contract).getResult());
  op.erase();
}

namespace {
struct LowerMath : cpu::impl::LowerMathBase<LowerMath> {
  void runOnOperation() override {
    WalkResult walk = getOperation().walk([&](Operation *op) -> WalkResult {
      if (auto fma = dyn_cast<math::FmaOp>(op)) {
        lowerFma(fma);
        return success();
      }
      StringRef name = functionOf(op);
      return name.empty() ? success() : lower(op, name.str());
    });
    if (walk.wasInterrupted())
      signalPassFailure();
  }

private:
  LogicalResult lower(Operation *op, std::string name) {
    Type type = op->getResult(0).getType();
    Type element = getElementTypeOrSelf(type);
    auto vector = dyn_cast<VectorType>(type);
    bool isTaken = isa<math::IPowIOp>(op) ? element.isInteger(64)
                                          : element.isF32() || element.isF64();
    if (!isTaken || (vector && vector.getRank() != 1))
      return kiln::emitError(op->getLoc(), ErrorCode::UnsupportedType)
             << "no function for '" << op->getName() << "' on " << type;
    if (element.isF32())
      name += "f";
    SmallVector<Type> operands(op->getNumOperands(), element);
    func::FuncOp function =
        declare(getOperation(), name,
                FunctionType::get(&getContext(), operands, element));
    OpBuilder builder(op);
    op->getResult(0).replaceAllUsesWith(
        vector ? callLanes(builder, op, function, vector)
               : callScalar(builder, op, function, op->getOperands()));
    op->erase();
    return success();
  }
};
} // namespace
