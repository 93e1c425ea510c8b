//===- GraphInputs.h - The inputs that a file declares ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_ONNX_GRAPHINPUTS_H
#define KILN_ONNX_GRAPHINPUTS_H

#include "kiln/Support/HostTensor.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <optional>
#include <string>
#include <vector>

namespace kiln {

/// A graph input as its file declares it.
struct GraphInput {
  std::string name;
  ElementType type = ElementType::F32;
  /// -1 for a dimension that is open; nothing where no shape is declared.
  std::optional<std::vector<int64_t>> shape;
};

/// The inputs of an ONNX file that are no constants of it, in its order,
/// before any shape is chosen. An error's text begins with its code.
llvm::Expected<std::vector<GraphInput>> readGraphInputs(llvm::StringRef path);

} // namespace kiln

#endif // KILN_ONNX_GRAPHINPUTS_H
