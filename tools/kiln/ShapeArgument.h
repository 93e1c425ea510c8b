//===- ShapeArgument.h - Parsing of --shapes ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_TOOLS_KILN_SHAPEARGUMENT_H
#define KILN_TOOLS_KILN_SHAPEARGUMENT_H

#include "kiln/Support/Result.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace kiln::driver {

using Shapes = std::map<std::string, std::vector<int64_t>>;

/// Reads `x:1x3x224x224`, `x[1,3,224,224]` or several of them with commas
/// between; names that hold ':', ',', '[' or '"' stand in double quotes, with
/// '\' before '"' and '\'. Adds to `shapes`.
Result<void> parseShapes(const std::string &text, Shapes &shapes);

} // namespace kiln::driver

#endif // KILN_TOOLS_KILN_SHAPEARGUMENT_H
