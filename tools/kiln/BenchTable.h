//===- BenchTable.h - A benchmark for people ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_TOOLS_KILN_BENCHTABLE_H
#define KILN_TOOLS_KILN_BENCHTABLE_H

#include "kiln/Bench/Bench.h"

#include <ostream>

namespace kiln::driver {

/// Latency, memory, and a line for each kernel. Shares of the peak are of
/// executed FLOPs, and of all threads' peaks together.
void printBench(std::ostream &out, const BenchReport &report);

} // namespace kiln::driver

#endif // KILN_TOOLS_KILN_BENCHTABLE_H
