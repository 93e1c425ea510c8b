//===- PackConstants.cpp - All constants in one region ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "kiln/CodeGen/CPU/Passes.h"
#include "kiln/Dialect/NN/Utils/Constants.h"
#include "kiln/Support/Diagnostics.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/MathExtras.h"

namespace kiln::cpu {
#define GEN_PASS_DEF_PACKCONSTANTS
#include "kiln/CodeGen/CPU/Passes.h.inc"
} // namespace kiln::cpu

using namespace mlir;
using namespace kiln;

static constexpr int64_t kAlignment = 64;

namespace {
struct PackConstants : cpu::impl::PackConstantsBase<PackConstants> {
  void runOnOperation() override {
    region.clear();
    offsets.clear();
    SmallVector<std::pair<memref::GetGlobalOp, int64_t>> uses;
    WalkResult walk =
        getOperation().walk([&](memref::GetGlobalOp get) -> WalkResult {
          std::optional<int64_t> offset = place(get);
          if (!offset)
            return WalkResult::interrupt();
          uses.emplace_back(get, *offset);
          return WalkResult::advance();
        });
    if (walk.wasInterrupted())
      return signalPassFailure();
    for (memref::GlobalOp global :
         llvm::make_early_inc_range(getOperation().getOps<memref::GlobalOp>()))
      global.erase();
    if (!uses.empty())
      replace(uses);
  }

private:
  /// Offset of the constant in the region, where it is put if it is new.
  std::optional<int64_t> place(memref::GetGlobalOp get) {
    auto global = getOperation().lookupSymbol<memref::GlobalOp>(get.getName());
    auto elements = dyn_cast_or_null<ElementsAttr>(
        global.getInitialValue().value_or(Attribute()));
    SmallVector<char> storage;
    std::optional<ArrayRef<char>> bytes;
    if (elements)
      bytes = nn::rawBytes(elements, storage);
    if (!bytes) {
      kiln::emitError(get.getLoc(), ErrorCode::CodeGenFailed)
          << "the contents of constant '" << get.getName() << "' are not known";
      return std::nullopt;
    }
    StringRef key(bytes->data(), bytes->size());
    int64_t end = llvm::alignTo(region.size(), kAlignment);
    auto [known, isNew] = offsets.try_emplace(key, end);
    if (isNew) {
      region.resize(end, 0);
      llvm::append_range(region, *bytes);
    }
    return known->second;
  }

  void replace(ArrayRef<std::pair<memref::GetGlobalOp, int64_t>> uses) {
    ModuleOp module = getOperation();
    OpBuilder builder = OpBuilder::atBlockBegin(module.getBody());
    int64_t size = region.size();
    auto type = MemRefType::get({size}, builder.getI8Type());
    memref::GlobalOp::create(builder, module.getLoc(), cpu::kConstantsName,
                             /*sym_visibility=*/StringAttr(), type,
                             /*initial_value=*/Attribute(), /*constant=*/true,
                             builder.getI64IntegerAttr(kAlignment));
    for (auto [get, offset] : uses) {
      builder.setInsertionPoint(get);
      Location loc = get.getLoc();
      Value whole =
          memref::GetGlobalOp::create(builder, loc, type, cpu::kConstantsName);
      Value start = arith::ConstantIndexOp::create(builder, loc, offset);
      Value view =
          memref::ViewOp::create(builder, loc, cast<MemRefType>(get.getType()),
                                 whole, start, ValueRange());
      get.replaceAllUsesWith(view);
      get->erase();
    }
    module->setAttr(cpu::kConstantsAttrName,
                    nn::makeElementsFromBytes(
                        RankedTensorType::get({size}, builder.getI8Type()),
                        region, "constants"));
  }

  std::vector<char> region;
  llvm::StringMap<int64_t> offsets;
};
} // namespace
