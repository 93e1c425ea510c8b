//===- RecordTraffic.cpp - What each kernel reads and writes ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "kiln/CodeGen/CPU/IR/CPU.h"
#include "kiln/CodeGen/CPU/Passes.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Transforms/RegionUtils.h"
#include "llvm/Support/MathExtras.h"

namespace kiln::cpu {
#define GEN_PASS_DEF_RECORDTRAFFIC
#include "kiln/CodeGen/CPU/Passes.h.inc"
} // namespace kiln::cpu

using namespace mlir;
using namespace kiln;

namespace {
struct Traffic {
  StringRef kind;
  int64_t reads = 0, writes = 0;
};
} // namespace

static StringRef kindOf(Operation *op) {
  if (op->hasAttr(cpu::kCostAttrName))
    return "strips";
  if (isa<cpu::ConvOp>(op))
    return "convolution";
  if (isa<cpu::WinogradOp>(op))
    return "winograd";
  if (auto window = dyn_cast<cpu::WindowOp>(op))
    return window.getWeights() ? "depthwise" : "pooling";
  if (isa<cpu::CostOpInterface>(op))
    return "contraction";
  if (isa<linalg::FillOp>(op))
    return "fill";
  auto linalgOp = dyn_cast<linalg::LinalgOp>(op);
  if (!linalgOp)
    return op->getName().getStringRef();
  return linalgOp.getNumReductionLoops() > 0 ? "reduction" : "elementwise";
}

/// The kernel's argument that `value` is a view of.
static BlockArgument baseOf(Value value) {
  while (Operation *op = value.getDefiningOp()) {
    if (op->getNumOperands() == 0)
      return {};
    value = op->getOperand(0);
  }
  return cast<BlockArgument>(value);
}

/// The buffers that an operation works on; those that its regions take from
/// outside too.
static SmallVector<Value> buffersOf(Operation *op) {
  SmallVector<Value> buffers(op->getOperands());
  llvm::SetVector<Value> captured;
  getUsedValuesDefinedAbove(op->getRegions(), captured);
  llvm::append_range(buffers, captured);
  llvm::erase_if(buffers,
                 [](Value value) { return !isa<MemRefType>(value.getType()); });
  return buffers;
}

/// True if `op`, or an operation inside of it, writes `buffer` or a view of it.
static bool writes(Operation *op, Value buffer) {
  auto isWritten = [&](Value value) {
    while (value != buffer) {
      auto view = value.getDefiningOp<ViewLikeOpInterface>();
      if (!view)
        return false;
      value = view.getViewSource();
    }
    return true;
  };
  return op
      ->walk([&](DestinationStyleOpInterface inner) {
        return llvm::any_of(inner.getDpsInits(), isWritten)
                   ? WalkResult::interrupt()
                   : WalkResult::advance();
      })
      .wasInterrupted();
}

/// Elements, each counted once for an operand: a kernel of tiles reads some
/// again, from the cache. Constants do not count.
static Traffic trafficOf(Operation *op, func::CallOp call) {
  Traffic traffic{kindOf(op)};
  for (Value buffer : buffersOf(op)) {
    BlockArgument base = baseOf(buffer);
    Operation *maker =
        base ? call.getOperand(base.getArgNumber()).getDefiningOp() : nullptr;
    if (maker && isa<memref::GetGlobalOp>(maker))
      continue;
    int64_t elements = cast<MemRefType>(buffer.getType()).getNumElements();
    (writes(op, buffer) ? traffic.writes : traffic.reads) += elements;
  }
  return traffic;
}

/// Bytes of all operands, each once: what must move where no cache holds it.
static int64_t bytesOf(Operation *op) {
  int64_t bytes = 0;
  for (Value buffer : buffersOf(op)) {
    auto type = cast<MemRefType>(buffer.getType());
    bytes += type.getNumElements() *
             llvm::divideCeil(type.getElementTypeBitWidth(), 8);
  }
  return bytes;
}

static Attribute costOf(Builder &builder, Operation *op) {
  if (auto known = op->getAttrOfType<DictionaryAttr>(cpu::kCostAttrName)) {
    SmallVector<NamedAttribute> fields(known.getValue());
    fields.push_back(
        builder.getNamedAttr("bytes", builder.getI64IntegerAttr(bytesOf(op))));
    return builder.getDictionaryAttr(fields);
  }
  auto number = [&](StringRef name, int64_t value) {
    return builder.getNamedAttr(name, builder.getI64IntegerAttr(value));
  };
  auto cost = dyn_cast<cpu::CostOpInterface>(op);
  SmallVector<NamedAttribute> fields = {
      number("bytes", bytesOf(op)),
      number("nominal", cost ? cost.getNominalFlops() : 0),
      number("executed", cost ? cost.getExecutedFlops() : 0)};
  if (std::optional<double> cycles =
          cost ? cost.getPredictedCycles() : std::nullopt)
    fields.push_back(
        builder.getNamedAttr("cycles", builder.getF64FloatAttr(*cycles)));
  return builder.getDictionaryAttr(fields);
}

/// The one operation of a kernel that touches memory.
static Operation *bodyOf(func::FuncOp kernel) {
  for (Operation &op : kernel.getBody().front().without_terminator())
    if (!isPure(&op))
      return &op;
  return nullptr;
}

static StringRef layerOf(Location location) {
  auto name = location->findInstanceOf<NameLoc>();
  return name ? name.getName().getValue() : "";
}

namespace {
struct RecordTraffic : cpu::impl::RecordTrafficBase<RecordTraffic> {
  void runOnOperation() override {
    auto main = getOperation().lookupSymbol<func::FuncOp>(cpu::kMainName);
    if (!main)
      return;
    Builder builder(&getContext());
    SmallVector<Attribute> entries, costs;
    SymbolTable symbols(getOperation());
    for (auto call : main.getBody().front().getOps<func::CallOp>()) {
      auto kernel = symbols.lookup<func::FuncOp>(call.getCallee());
      Operation *op = kernel ? bodyOf(kernel) : nullptr;
      if (!op)
        continue;
      costs.push_back(costOf(builder, op));
      Traffic traffic = trafficOf(op, call);
      entries.push_back(builder.getDictionaryAttr(
          {builder.getNamedAttr("kind", builder.getStringAttr(traffic.kind)),
           builder.getNamedAttr("layer",
                                builder.getStringAttr(layerOf(call.getLoc()))),
           builder.getNamedAttr("reads",
                                builder.getI64IntegerAttr(traffic.reads)),
           builder.getNamedAttr("writes",
                                builder.getI64IntegerAttr(traffic.writes))}));
    }
    getOperation()->setAttr(cpu::kTrafficAttrName,
                            builder.getArrayAttr(entries));
    getOperation()->setAttr(cpu::kCostsAttrName, builder.getArrayAttr(costs));
  }
};
} // namespace
