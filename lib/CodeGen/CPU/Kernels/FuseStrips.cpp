//===- FuseStrips.cpp - Chains of kernels by strips ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "../TaskCount.h"
#include "StripChain.h"
#include "kiln/CodeGen/CPU/Passes.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "llvm/Support/MathExtras.h"

namespace kiln::cpu {
#define GEN_PASS_DEF_FUSESTRIPS
#include "kiln/CodeGen/CPU/Passes.h.inc"
} // namespace kiln::cpu

using namespace mlir;
using namespace kiln;

using Chain = SmallVector<cpu::Stage>;

/// Strips with code of their own.
static constexpr size_t kMostGroups = 4;
/// So many tasks at least, where there are as many rows.
static constexpr int64_t kWantedTasks = 16;
/// Pixels of a task: a register tile.
static constexpr int64_t kTaskPixels = 14;
/// Rows that are computed twice may cost so much of a stage's work.
static constexpr double kMostRepeated = 0.15;

static int64_t bytesOf(Value buffer) {
  auto type = cast<MemRefType>(buffer.getType());
  return type.getNumElements() * type.getElementTypeBitWidth() / 8;
}

/// The one kernel that reads what `stage` writes, if nothing else sees it.
static std::optional<cpu::Stage> soleReader(const cpu::Stage &stage) {
  Value out = stage.getOut();
  if (!out.getDefiningOp<memref::AllocOp>())
    return std::nullopt;
  Operation *reader = nullptr;
  for (Operation *user : out.getUsers()) {
    if (user == stage.op)
      continue;
    if (reader || isa<memref::DeallocOp>(user))
      return std::nullopt;
    reader = user;
  }
  std::optional<cpu::Stage> next = reader ? cpu::asStage(reader) : std::nullopt;
  // As the input, and as that alone.
  if (!next || next->getInput() != out || next->getOut() == out ||
      llvm::count(reader->getOperands(), out) != 1)
    return std::nullopt;
  return next;
}

static bool isPointwise(const cpu::Stage &stage) {
  auto conv = dyn_cast<cpu::ConvOp>(stage.op);
  return conv && conv.isPointwise();
}

/// What makes the input of `stage` for it alone.
static std::optional<cpu::Stage> soleMaker(const cpu::Stage &stage) {
  for (Operation *user : stage.getInput().getUsers()) {
    std::optional<cpu::Stage> maker = cpu::asStage(user);
    if (!maker || maker->op == stage.op || maker->getOut() != stage.getInput())
      continue;
    std::optional<cpu::Stage> reader = soleReader(*maker);
    if (reader && reader->op == stage.op)
      return maker;
  }
  return std::nullopt;
}

/// A window and the pointwise convolution behind it, with the one before it
/// where there is one.
static Chain chainAround(cpu::WindowOp window) {
  std::optional<cpu::Stage> middle = cpu::asStage(window);
  if (!middle)
    return {};
  std::optional<cpu::Stage> last = soleReader(*middle);
  if (!last || !isPointwise(*last))
    return {};
  Chain chain{*middle, *last};
  std::optional<cpu::Stage> first = soleMaker(*middle);
  if (first && isPointwise(*first))
    chain.insert(chain.begin(), *first);
  return chain;
}

/// Rows computed by all strips, over the rows that there are, less 1; the worst
/// stage's.
static double repeatedWork(ArrayRef<cpu::Stage> chain,
                           ArrayRef<cpu::StripGroup> groups) {
  double worst = 0;
  for (auto [i, stage] : llvm::enumerate(chain)) {
    if (isa<linalg::GenericOp>(stage.op))
      continue; // next to nothing
    int64_t computed = 0;
    for (const cpu::StripGroup &group : groups)
      computed += group.count * group.rows[i].out.count;
    worst = std::max(worst, double(computed) / stage.rows.output - 1);
  }
  return worst;
}

namespace {
struct FuseStrips : cpu::impl::FuseStripsBase<FuseStrips> {
  using FuseStripsBase::FuseStripsBase;

  void runOnOperation() override {
    SmallVector<cpu::WindowOp> windows;
    getOperation().walk([&](cpu::WindowOp op) { windows.push_back(op); });
    SmallVector<cpu::ConvOp> convs;
    getOperation().walk([&](cpu::ConvOp op) { convs.push_back(op); });
    for (cpu::ConvOp conv : convs)
      fuseProloguesOf(conv);
    for (cpu::WindowOp window : windows)
      if (!fuseAround(window))
        fuseProloguesOf(window);
  }

private:
  /// An elementwise loop costs a pass over memory by itself.
  void fuseProloguesOf(Operation *kernel) {
    std::optional<cpu::Stage> last = cpu::asStage(kernel);
    std::optional<cpu::Stage> first = last ? soleMaker(*last) : std::nullopt;
    if (first && isa<linalg::GenericOp>(first->op))
      fuse({*first, *last});
  }

  bool fuseAround(cpu::WindowOp window) {
    Chain chain = chainAround(window);
    if (chain.size() > 2 && fuse(chain))
      return true;
    if (chain.size() > 2)
      chain.erase(chain.begin());
    return chain.size() > 1 && fuse(chain);
  }

  /// Worth it where what lies between the stages does not stay in the cache.
  bool isWorthIt(ArrayRef<cpu::Stage> chain) const {
    if (isa<linalg::GenericOp>(chain.front().op))
      return true;
    int64_t bytes = 0;
    for (const cpu::Stage &stage : chain.drop_back())
      bytes += bytesOf(stage.getOut());
    return bytes > cacheBytes / 4;
  }

  bool fuse(ArrayRef<cpu::Stage> chain) {
    if (!isWorthIt(chain) || !sameBlock(chain))
      return false;
    int64_t total = chain.back().rows.output;
    int64_t least = leastStrips(chain);
    for (int64_t tasks = wantedTasks(chain); tasks <= total; ++tasks) {
      int64_t height = llvm::divideCeilSigned(total, tasks);
      auto groups = cpu::splitIntoStrips(chain, height);
      if (!groups || groups->size() > kMostGroups ||
          cpu::scratchBytes(chain, *groups) > cacheBytes / 2)
        continue;
      if (groups->back().first + groups->back().count < least)
        return false;
      if (repeatedWork(chain, *groups) > kMostRepeated)
        return false;
      cpu::emitStrips(chain, *groups);
      ++numFused;
      return true;
    }
    return false;
  }

  /// Kernels by themselves can be divided along their channels, too: a chain
  /// that gives threads much less to do than its work is worth is left to them.
  /// Not so an elementwise loop, which would be a pass over memory.
  static int64_t leastStrips(ArrayRef<cpu::Stage> chain) {
    if (isa<linalg::GenericOp>(chain.front().op))
      return 1;
    double cycles = 0;
    for (const cpu::Stage &stage : chain)
      if (auto kernel = dyn_cast<cpu::CostOpInterface>(stage.op))
        cycles += kernel.getPredictedCycles().value_or(0);
    auto type = cast<MemRefType>(chain.back().getOut().getType());
    return llvm::divideCeilSigned(cpu::countTasks(cycles),
                                  2 * type.getDimSize(0));
  }

  /// A task has some tiles of pixels, for which it reads the weights once.
  static int64_t wantedTasks(ArrayRef<cpu::Stage> chain) {
    auto type = cast<MemRefType>(chain.back().getOut().getType());
    int64_t images = type.getDimSize(0), height = type.getDimSize(2);
    int64_t pixels = images * height * type.getDimSize(3);
    int64_t tasks = std::clamp<int64_t>(pixels / kTaskPixels, 1, kWantedTasks);
    return std::min(llvm::divideCeilSigned(tasks, images), height);
  }

  /// Nothing between the stages may write what an earlier one reads: a chain
  /// moves down to its last stage.
  static bool sameBlock(ArrayRef<cpu::Stage> chain) {
    Block *block = chain.front().op->getBlock();
    llvm::SmallPtrSet<Operation *, 4> stages;
    for (const cpu::Stage &stage : chain) {
      if (stage.op->getBlock() != block)
        return false;
      stages.insert(stage.op);
    }
    for (Operation *op = chain.front().op; op != chain.back().op;
         op = op->getNextNode())
      if (!stages.contains(op) && writesWhatIsRead(op, chain))
        return false;
    return true;
  }

  static bool writesWhatIsRead(Operation *op, ArrayRef<cpu::Stage> chain) {
    auto destination = dyn_cast<DestinationStyleOpInterface>(op);
    if (!destination)
      return !isPure(op) && !isa<memref::AllocOp>(op);
    for (Value written : destination.getDpsInits())
      for (const cpu::Stage &stage : chain)
        for (Value read : stage.op->getOperands())
          if (baseOf(read) == baseOf(written))
            return true;
    return false;
  }

  static Value baseOf(Value buffer) {
    while (auto view = buffer.getDefiningOp<ViewLikeOpInterface>())
      buffer = view.getViewSource();
    return buffer;
  }
};
} // namespace
