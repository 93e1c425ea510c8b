//===- FoldLedger.cpp - The fold ledger, from the IR and to JSON ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FoldLedgerReader.h"

#include "kiln/Dialect/NN/IR/NN.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

#include <cmath>

using namespace mlir;

namespace kiln {

static std::string stringOf(DictionaryAttr entry, StringRef key) {
  auto value = entry.getAs<StringAttr>(key);
  return value ? value.str() : std::string();
}

static double numberOf(DictionaryAttr entry, StringRef key) {
  auto value = entry.getAs<FloatAttr>(key);
  return value ? value.getValueAsDouble() : 0.0;
}

FoldLedger readFoldLedger(ModuleOp module) {
  FoldLedger ledger;
  auto entries = module->getAttrOfType<ArrayAttr>(nn::kFoldLedgerAttrName);
  if (!entries)
    return ledger;
  for (auto entry : entries.getAsRange<DictionaryAttr>())
    ledger.push_back({stringOf(entry, "name"), stringOf(entry, "action"),
                      stringOf(entry, "into"), stringOf(entry, "direction"),
                      stringOf(entry, "reason"),
                      numberOf(entry, "max_weight_change"),
                      numberOf(entry, "bound"), numberOf(entry, "measured")});
  return ledger;
}

/// JSON has neither NaN nor infinity.
static llvm::json::Value numberOrNull(double value) {
  if (!std::isfinite(value))
    return nullptr;
  return value;
}

/// Names from a file need not be UTF-8.
static std::string utf8(const std::string &text) {
  return llvm::json::isUTF8(text) ? text : llvm::json::fixUTF8(text);
}

std::string toJson(const FoldLedger &ledger, const std::string &netName) {
  llvm::json::Array entries;
  for (const FoldEntry &entry : ledger)
    entries.push_back(llvm::json::Object{
        {"name", utf8(entry.name)},
        {"action", entry.action},
        {"into", utf8(entry.into)},
        {"direction", entry.direction},
        {"reason", utf8(entry.reason)},
        {"max_weight_change", numberOrNull(entry.maxWeightChange)},
        {"bound", numberOrNull(entry.bound)},
        {"measured", numberOrNull(entry.measured)}});
  llvm::json::Value report = llvm::json::Object{
      {"net", utf8(netName)}, {"entries", std::move(entries)}};
  std::string text;
  llvm::raw_string_ostream(text) << llvm::formatv("{0:2}", report) << '\n';
  return text;
}

} // namespace kiln
