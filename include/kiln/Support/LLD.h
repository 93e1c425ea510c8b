//===- LLD.h - The linker, as a function ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_SUPPORT_LLD_H
#define KILN_SUPPORT_LLD_H

#include "kiln/Support/Result.h"
#include "llvm/ADT/ArrayRef.h"

namespace kiln {

/// Runs LLD for ELF with the arguments that follow the program's name. It keeps
/// process-wide state, so there is one link at a time, whoever calls. Fails
/// with K0502 and LLD's messages.
Result<void> runLLD(llvm::ArrayRef<const char *> arguments);

} // namespace kiln

#endif // KILN_SUPPORT_LLD_H
