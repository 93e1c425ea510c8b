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
#include "mlir/IR/AsmState.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/xxhash.h"

#include <cstring>
#include <unordered_map>

namespace kiln::cpu {
#define GEN_PASS_DEF_PACKCONSTANTS
#include "kiln/CodeGen/CPU/Passes.h.inc"
} // namespace kiln::cpu

using namespace mlir;
using namespace kiln;

static constexpr int64_t kAlignment = 64;

namespace {
/// A constant's contents, which are `size` bytes of `elements` from `from` on,
/// and where they go in the region.
struct Placed {
  ElementsAttr elements;
  int64_t from, size, offset;

  ArrayRef<char> bytes(SmallVectorImpl<char> &storage) const {
    return nn::rawBytes(elements, storage)->slice(from, size);
  }
};

struct PackConstants : cpu::impl::PackConstantsBase<PackConstants> {
  void runOnOperation() override {
    size = 0;
    placed.clear();
    byHash.clear();
    table.clear();
    readEarlier();
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
    if (!uses.empty() || size != 0)
      replace(uses);
  }

private:
  static uint64_t hash(ArrayRef<char> bytes) {
    return llvm::xxh3_64bits(StringRef(bytes.data(), bytes.size()));
  }

  /// Begins with the region of another net, whose offsets stay as they are.
  void readEarlier() {
    ModuleOp module = getOperation();
    earlier = module->getAttrOfType<ElementsAttr>(cpu::kConstantsAttrName);
    auto chunks =
        module->getAttrOfType<DenseI64ArrayAttr>(cpu::kConstantChunksAttrName);
    SmallVector<char> storage;
    std::optional<ArrayRef<char>> bytes;
    if (earlier && chunks && chunks.size() % 2 == 0)
      bytes = nn::rawBytes(earlier, storage);
    if (!bytes) {
      earlier = {};
      return;
    }
    size = static_cast<int64_t>(bytes->size());
    for (int64_t i = 0; i < chunks.size(); i += 2) {
      int64_t offset = chunks[i], length = chunks[i + 1];
      if (offset < 0 || length < 0 || offset > size || length > size - offset)
        continue;
      byHash[hash(bytes->slice(offset, length))].push_back(
          {earlier, offset, length, offset});
      table.append({offset, length});
    }
  }

  /// Offset of the constant in the region, where it gets a place if it is new.
  /// Nothing is copied yet, nor kept by its contents: those are the weights.
  std::optional<int64_t> place(memref::GetGlobalOp get) {
    auto global = getOperation().lookupSymbol<memref::GlobalOp>(get.getName());
    auto elements = dyn_cast_or_null<ElementsAttr>(
        global.getInitialValue().value_or(Attribute()));
    SmallVector<char> storage, otherStorage;
    std::optional<ArrayRef<char>> bytes;
    if (elements)
      bytes = nn::rawBytes(elements, storage);
    if (!bytes) {
      kiln::emitError(get.getLoc(), ErrorCode::CodeGenFailed)
          << "the contents of constant '" << get.getName() << "' are not known";
      return std::nullopt;
    }
    SmallVector<Placed, 1> &equals = byHash[hash(*bytes)];
    for (const Placed &known : equals)
      if (known.bytes(otherStorage) == *bytes)
        return known.offset;
    int64_t offset = llvm::alignTo(size, kAlignment);
    auto length = static_cast<int64_t>(bytes->size());
    size = offset + length;
    placed.push_back(equals.emplace_back(Placed{elements, 0, length, offset}));
    table.append({offset, length});
    return offset;
  }

  /// All constants in their places, zeros between them.
  AsmResourceBlob fillRegion() const {
    AsmResourceBlob region = HeapAsmResourceBlob::allocate(size, kAlignment);
    MutableArrayRef<char> data = region.getMutableData();
    int64_t end = 0;
    SmallVector<char> storage;
    if (earlier) {
      ArrayRef<char> bytes = *nn::rawBytes(earlier, storage);
      llvm::copy(bytes, data.begin());
      end = static_cast<int64_t>(bytes.size());
    }
    for (const Placed &constant : placed) {
      ArrayRef<char> bytes = constant.bytes(storage);
      std::memset(data.data() + end, 0, constant.offset - end);
      llvm::copy(bytes, data.begin() + constant.offset);
      end = constant.offset + static_cast<int64_t>(bytes.size());
    }
    return region;
  }

  void replace(ArrayRef<std::pair<memref::GetGlobalOp, int64_t>> uses) {
    ModuleOp module = getOperation();
    OpBuilder builder = OpBuilder::atBlockBegin(module.getBody());
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
    module->setAttr(
        cpu::kConstantsAttrName,
        nn::adoptElements(RankedTensorType::get({size}, builder.getI8Type()),
                          fillRegion(), "constants"));
    module->setAttr(cpu::kConstantChunksAttrName,
                    builder.getDenseI64ArrayAttr(table));
  }

  int64_t size = 0; // of the region
  /// Another net's region, with which this one's begins; or null.
  ElementsAttr earlier;
  /// Offset and size of each constant in the region.
  SmallVector<int64_t> table;
  SmallVector<Placed> placed;
  std::unordered_map<uint64_t, SmallVector<Placed, 1>> byHash;
};
} // namespace
