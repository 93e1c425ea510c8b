//===- Ledger.cpp - What became of each batch normalisation ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Ledger.h"

#include "kiln/Dialect/NN/IR/NN.h"
#include "kiln/Support/Names.h"

using namespace mlir;

namespace kiln::nn {

StringRef stringifyFoldAction(FoldAction action) {
  switch (action) {
  case FoldAction::Folded:
    return "folded";
  case FoldAction::Fused:
    return "fused";
  case FoldAction::Kept:
    return "kept";
  }
  llvm_unreachable("unknown action");
}

static FoldAction parseAction(StringRef text) {
  return text == "folded"  ? FoldAction::Folded
         : text == "fused" ? FoldAction::Fused
                           : FoldAction::Kept;
}

SmallVector<FoldLedgerEntry> readFoldLedger(ModuleOp module) {
  SmallVector<FoldLedgerEntry> entries;
  auto ledger = module->getAttrOfType<ArrayAttr>(kFoldLedgerAttrName);
  if (!ledger)
    return entries;
  // IR can come from a file: what is missing or of another type reads as empty.
  for (Attribute attr : ledger) {
    auto dict = dyn_cast<DictionaryAttr>(attr);
    FoldLedgerEntry &entry = entries.emplace_back();
    if (!dict)
      continue;
    auto text = [&](StringRef key) {
      auto value = dict.getAs<StringAttr>(key);
      return value ? value.str() : std::string();
    };
    auto number = [&](StringRef key) {
      auto value = dict.getAs<FloatAttr>(key);
      return value ? value.getValueAsDouble() : 0.0;
    };
    entry.name = text("name");
    entry.action = parseAction(text("action"));
    entry.into = text("into");
    entry.direction = text("direction");
    entry.reason = text("reason");
    entry.maxWeightChange = number("max_weight_change");
    entry.bound = number("bound");
    entry.measured = number("measured");
  }
  return entries;
}

void writeFoldLedger(ModuleOp module, ArrayRef<FoldLedgerEntry> entries) {
  Builder builder(module.getContext());
  SmallVector<Attribute> ledger;
  for (const FoldLedgerEntry &entry : entries) {
    NamedAttrList dict;
    dict.set("name", builder.getStringAttr(entry.name));
    dict.set("action",
             builder.getStringAttr(stringifyFoldAction(entry.action)));
    dict.set("into", builder.getStringAttr(entry.into));
    dict.set("direction", builder.getStringAttr(entry.direction));
    dict.set("reason", builder.getStringAttr(entry.reason));
    dict.set("max_weight_change",
             builder.getF64FloatAttr(entry.maxWeightChange));
    dict.set("bound", builder.getF64FloatAttr(entry.bound));
    dict.set("measured", builder.getF64FloatAttr(entry.measured));
    ledger.push_back(dict.getDictionary(module.getContext()));
  }
  module->setAttr(kFoldLedgerAttrName, builder.getArrayAttr(ledger));
}

std::string describe(Operation *op) {
  std::string type = op->getName().getStringRef().str();
  StringAttr name = findLayerName(op->getLoc());
  return name ? "'" + escapeName(name.strref()) + "' (" + type + ")" : type;
}

void openFoldLedger(ModuleOp module) {
  SmallVector<FoldLedgerEntry> entries = readFoldLedger(module);
  module.walk([&](Operation *op) {
    if (!isa<BatchNormInferenceOp, BatchNormTrainingOp>(op) ||
        op->hasAttr(kLedgerEntriesAttrName))
      return;
    setLedgerEntries(op, static_cast<int64_t>(entries.size()));
    entries.emplace_back().name = layerName(op);
  });
  writeFoldLedger(module, entries);
}

ArrayRef<int64_t> ledgerEntries(Operation *op) {
  auto attr = op->getAttrOfType<DenseI64ArrayAttr>(kLedgerEntriesAttrName);
  return attr ? attr.asArrayRef() : ArrayRef<int64_t>();
}

void setLedgerEntries(Operation *op, ArrayRef<int64_t> entries) {
  if (!entries.empty())
    op->setAttr(kLedgerEntriesAttrName,
                DenseI64ArrayAttr::get(op->getContext(), entries));
}

} // namespace kiln::nn
