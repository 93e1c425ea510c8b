//===- Pooling.h - Counts behind averages ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_CODEGEN_POOLING_H
#define KILN_CODEGEN_POOLING_H

#include "kiln/Dialect/NN/IR/NN.h"

namespace kiln {

/// By how many elements each window of `op` is divided, [spatial...] of the
/// result in C order. Requires static shapes.
llvm::SmallVector<double> divisorsOf(nn::AveragePoolOp op);

} // namespace kiln

#endif // KILN_CODEGEN_POOLING_H
