//===- LedgerTable.cpp - The fold ledger as a table ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LedgerTable.h"

#include "CommonFlags.h"

#include <algorithm>
#include <iomanip>
#include <sstream>

namespace kiln::driver {

/// "folded backward into conv1", "kept: reason".
static std::string describe(const FoldEntry &entry) {
  std::string text = entry.action;
  if (!entry.direction.empty())
    text += " " + entry.direction;
  if (!entry.into.empty())
    text += " into " + printable(entry.into);
  if (!entry.reason.empty())
    text += ": " + printable(entry.reason);
  return text;
}

void printLedger(std::ostream &out, const FoldLedger &ledger) {
  if (ledger.empty()) {
    out << "fold ledger: the net has no batch normalisation\n";
    return;
  }
  size_t width = 0;
  size_t folded = 0, fused = 0;
  for (const FoldEntry &entry : ledger) {
    width = std::max(width, printable(entry.name).size());
    folded += entry.action == "folded" ? 1 : 0;
    fused += entry.action == "fused" ? 1 : 0;
  }
  width = std::min<size_t>(width, 48);
  out << "fold ledger: batch normalisation, what became of it, greatest weight "
         "change, error bound, measured error (per unit of max|input|)\n";
  for (const FoldEntry &entry : ledger) {
    std::ostringstream line;
    line << "  " << std::left << std::setw(static_cast<int>(width))
         << printable(entry.name) << "  " << describe(entry);
    if (entry.action == "folded")
      line << std::scientific << std::setprecision(2) << "  dW "
           << entry.maxWeightChange << "  bound " << entry.bound
           << "  measured " << entry.measured;
    out << line.str() << '\n';
  }
  out << "  " << ledger.size() << " in all: " << folded << " folded, " << fused
      << " fused, " << ledger.size() - folded - fused << " kept\n";
}

} // namespace kiln::driver
