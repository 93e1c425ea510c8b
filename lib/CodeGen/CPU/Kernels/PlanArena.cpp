//===- PlanArena.cpp - All buffers in one arena ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "kiln/CodeGen/CPU/Passes.h"
#include "kiln/Support/Diagnostics.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/MathExtras.h"

namespace kiln::cpu {
#define GEN_PASS_DEF_PLANARENA
#include "kiln/CodeGen/CPU/Passes.h.inc"
} // namespace kiln::cpu

using namespace mlir;
using namespace kiln;

namespace {
/// A buffer, when it is in use (positions of the first and last operation that
/// takes it) and where it is put.
struct Buffer {
  memref::AllocOp alloc;
  int64_t bytes = 0, first = 0, last = 0, offset = 0;

  bool meets(const Buffer &other) const {
    return first <= other.last && other.first <= last;
  }
};
} // namespace

static constexpr int64_t kAlignment = 64;

static int64_t bytesOf(MemRefType type) {
  int64_t width = llvm::divideCeil(type.getElementTypeBitWidth(), 8);
  return llvm::alignTo(type.getNumElements() * width, kAlignment);
}

static SmallVector<Buffer> collectBuffers(Block &block) {
  DenseMap<Operation *, int64_t> positions;
  SmallVector<Buffer> buffers;
  for (auto [i, op] : llvm::enumerate(block))
    positions[&op] = i;
  for (auto alloc : block.getOps<memref::AllocOp>()) {
    Buffer buffer{alloc, bytesOf(alloc.getType()), positions[alloc], 0, 0};
    buffer.last = buffer.first;
    int64_t first = std::numeric_limits<int64_t>::max();
    for (Operation *user : alloc->getUsers()) {
      first = std::min(first, positions[user]);
      buffer.last = std::max(buffer.last, positions[user]);
    }
    buffer.first = std::min(first, buffer.last);
    buffers.push_back(buffer);
  }
  return buffers;
}

/// Largest first, each at the lowest gap among the buffers in use with it.
/// Returns the arena's size.
static int64_t assignOffsets(MutableArrayRef<Buffer> buffers) {
  SmallVector<Buffer *> order;
  for (Buffer &buffer : buffers)
    order.push_back(&buffer);
  // Ties by position in the function, so that the plan is always the same.
  llvm::sort(order, [](const Buffer *a, const Buffer *b) {
    return std::pair(-a->bytes, a) < std::pair(-b->bytes, b);
  });
  SmallVector<Buffer *> placed; // by offset
  int64_t arena = 0;
  for (Buffer *buffer : order) {
    int64_t offset = 0;
    for (const Buffer *other : placed) {
      if (!buffer->meets(*other))
        continue;
      if (offset + buffer->bytes <= other->offset)
        break;
      offset = std::max(offset, other->offset + other->bytes);
    }
    buffer->offset = offset;
    arena = std::max(arena, offset + buffer->bytes);
    auto *behind = llvm::upper_bound(
        placed, offset, [](int64_t o, Buffer *b) { return o < b->offset; });
    placed.insert(behind, buffer);
  }
  return arena;
}

/// True if `op` takes a buffer only while it runs: nothing keeps it.
static bool keepsNothing(Operation *op) {
  return isa<func::CallOp>(op) && op->getNumResults() == 0;
}

namespace {
struct PlanArena : cpu::impl::PlanArenaBase<PlanArena> {
  void runOnOperation() override {
    auto main = getOperation().lookupSymbol<func::FuncOp>(cpu::kMainName);
    if (!main)
      return;
    Block &block = main.getBody().front();
    for (auto alloc : block.getOps<memref::AllocOp>())
      if (!llvm::all_of(alloc->getUsers(), keepsNothing)) {
        kiln::emitError(alloc.getLoc(), ErrorCode::CodeGenFailed)
            << "a buffer is used by more than kernels";
        return signalPassFailure();
      }
    SmallVector<Buffer> buffers = collectBuffers(block);
    int64_t bytes = assignOffsets(buffers);
    replace(main, buffers, bytes);
    getOperation()->setAttr(
        cpu::kArenaBytesAttrName,
        IntegerAttr::get(IntegerType::get(&getContext(), 64), bytes));
  }

  static void replace(func::FuncOp main, ArrayRef<Buffer> buffers,
                      int64_t bytes) {
    OpBuilder builder(main.getBody());
    auto type = MemRefType::get({bytes}, builder.getI8Type());
    Value arena = main.getBody().front().addArgument(type, main.getLoc());
    main.setType(
        builder.getFunctionType(main.getBody().front().getArgumentTypes(), {}));
    for (Buffer buffer : buffers) {
      builder.setInsertionPoint(buffer.alloc);
      Location loc = buffer.alloc.getLoc();
      Value offset =
          arith::ConstantIndexOp::create(builder, loc, buffer.offset);
      Value view = memref::ViewOp::create(builder, loc, buffer.alloc.getType(),
                                          arena, offset, ValueRange());
      buffer.alloc.replaceAllUsesWith(view);
      buffer.alloc.erase();
    }
  }
};
} // namespace
