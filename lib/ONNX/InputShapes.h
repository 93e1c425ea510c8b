//===- InputShapes.h - Shapes of a net's inputs ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_ONNX_INPUTSHAPES_H
#define KILN_LIB_ONNX_INPUTSHAPES_H

#include "Model.h"

#include "kiln/ONNX/Import.h"

#include "mlir/IR/Location.h"

namespace kiln::onnx_import {

struct InputShape {
  std::string name;
  ElementType elementType;
  std::vector<int64_t> shape;
};

/// The graph inputs that are no constants, each dimension known: from the file
/// or from `options.shapes`. One error names all dimensions left open.
llvm::FailureOr<std::vector<InputShape>>
resolveInputShapes(const Model &model, const ImportOptions &options,
                   mlir::Location loc);

} // namespace kiln::onnx_import

#endif // KILN_LIB_ONNX_INPUTSHAPES_H
