//===- LedgerTable.h - The fold ledger as a table ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_TOOLS_KILN_LEDGERTABLE_H
#define KILN_TOOLS_KILN_LEDGERTABLE_H

#include "kiln/Compiler/FoldLedger.h"

#include <ostream>

namespace kiln::driver {

/// One line for each batch normalisation, and a line of totals.
void printLedger(std::ostream &out, const FoldLedger &ledger);

} // namespace kiln::driver

#endif // KILN_TOOLS_KILN_LEDGERTABLE_H
