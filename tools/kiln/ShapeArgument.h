//===- ShapeArgument.h - Parsing of --shapes ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_TOOLS_KILN_SHAPEARGUMENT_H
#define KILN_TOOLS_KILN_SHAPEARGUMENT_H

#include "kiln/Compiler/Options.h"
#include "kiln/Support/Result.h"

#include <string>
#include <vector>

namespace kiln::driver {

/// Reads what --shapes gives at one occurrence: `x:1x3x224x224`,
/// `x[1,3,224,224]` or several of them with commas between; names that hold
/// ':', ',', '[' or '"' stand in double quotes, with '\' before '"' and '\'. A
/// name instead of a number, as in `x:Nx3x224x224`, leaves the dimension open
/// (kOpenBatch).
///
/// Adds to the last of `sets`, or begins a new set where an input is named that
/// the last one has already.
Result<void> parseShapes(const std::string &text, std::vector<Shapes> &sets);

} // namespace kiln::driver

#endif // KILN_TOOLS_KILN_SHAPEARGUMENT_H
