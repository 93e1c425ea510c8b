//===- ShapeSets.h - The sets of shapes that a net is to serve ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_COMPILER_SHAPESETS_H
#define KILN_LIB_COMPILER_SHAPESETS_H

#include "kiln/Compiler/Options.h"
#include "kiln/ONNX/Import.h"
#include "kiln/Support/Result.h"

namespace kiln {

bool hasOpenBatch(const Shapes &shapes);

/// How an ONNX file is imported at one set of shapes, with `batch` in the place
/// of the open batch.
ImportOptions importOptions(const CompileOptions &options, Shapes shapes,
                            int64_t batch);

/// All sets in their order, each once; `numDropped` says how many stood twice.
/// Fails where the options contradict themselves.
Result<std::vector<Shapes>> collectShapeSets(const CompileOptions &options,
                                             size_t &numDropped);

} // namespace kiln

#endif // KILN_LIB_COMPILER_SHAPESETS_H
