//===- ResamplingToLinalg.cpp - x ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "kiln/CodeGen/NNToLinalg.h"
namespace kiln {
void populateResamplingToLinalgPatterns(mlir::RewritePatternSet &) {}
} // namespace kiln
