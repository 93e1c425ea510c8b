//===- BoundInputs.h - Graph inputs made constants ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_ONNX_BOUNDINPUTS_H
#define KILN_LIB_ONNX_BOUNDINPUTS_H

#include "Model.h"

#include "kiln/ONNX/Import.h"

#include "mlir/IR/Location.h"

namespace kiln::onnx_import {

/// Turns the graph inputs that `options.constants` names into initializers.
/// Each must be an input without one, of the tensor's type and shape (K0600).
llvm::LogicalResult bindInputs(Model &model, const ImportOptions &options,
                               mlir::Location loc);

} // namespace kiln::onnx_import

#endif // KILN_LIB_ONNX_BOUNDINPUTS_H
