//===- ConstantSweeper.cpp - Freeing constants of no further use ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "kiln/Dialect/NN/Utils/ConstantSweeper.h"

#include "mlir/IR/AsmState.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinDialect.h"
#include "mlir/IR/DialectResourceBlobManager.h"

using namespace mlir;

namespace kiln::nn {

static DialectResourceBlobManager &blobsOf(MLIRContext *context) {
  return DenseResourceElementsHandle::getManagerInterface(context)
      .getBlobManager();
}

static llvm::StringSet<> allKeys(MLIRContext *context) {
  llvm::StringSet<> keys;
  blobsOf(context).getBlobMap([&](const auto &map) {
    for (StringRef key : map.keys())
      keys.insert(key);
  });
  return keys;
}

ConstantSweeper::Scope::Scope(ConstantSweeper &sweeper)
    : sweeper(sweeper), before(allKeys(sweeper.context)) {}

ConstantSweeper::Scope::~Scope() {
  for (const auto &entry : allKeys(sweeper.context))
    if (!before.contains(entry.getKey()))
      sweeper.claimed.insert(entry.getKey());
}

/// Operations of the LLVM dialect have no tensors, and are many.
static bool mayHold(Operation *op) {
  return op->getName().getDialectNamespace() != "llvm";
}

static llvm::StringSet<> keysWithin(ArrayRef<ModuleOp> roots) {
  llvm::StringSet<> keys;
  auto collect = [&](Operation *op) {
    if (mayHold(op))
      op->getAttrDictionary().walk([&](DenseResourceElementsAttr elements) {
        keys.insert(elements.getRawHandle().getKey());
      });
  };
  for (ModuleOp root : roots)
    root->walk(collect);
  return keys;
}

void ConstantSweeper::sweep(ArrayRef<ModuleOp> roots) {
  if (claimed.empty())
    return;
  llvm::StringSet<> live = keysWithin(roots);
  SmallVector<StringRef> dead;
  for (const auto &entry : claimed)
    if (!live.contains(entry.getKey()))
      dead.push_back(entry.getKey());
  DialectResourceBlobManager &blobs = blobsOf(context);
  for (StringRef key : dead) {
    // The entry stays, for attributes are never destroyed; its data goes.
    blobs.update(key, AsmResourceBlob());
    claimed.erase(key);
  }
}

} // namespace kiln::nn
