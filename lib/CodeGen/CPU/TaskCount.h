//===- TaskCount.h - How many tasks a kernel is worth ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_CODEGEN_CPU_TASKCOUNT_H
#define KILN_LIB_CODEGEN_CPU_TASKCOUNT_H

#include <cstdint>

namespace kiln::cpu {

/// How many tasks a kernel is worth that takes about `cycles` of one core; one
/// where it is over in some microseconds. The target does not matter: how many
/// threads there are is known only at run time.
int64_t countTasks(double cycles);

/// The same for a kernel made of `parts` that may run in any order.
int64_t countTasks(double cycles, int64_t parts);

} // namespace kiln::cpu

#endif // KILN_LIB_CODEGEN_CPU_TASKCOUNT_H
