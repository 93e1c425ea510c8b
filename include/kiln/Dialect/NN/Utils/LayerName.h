//===- LayerName.h - What a layer is called in its file ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_DIALECT_NN_UTILS_LAYERNAME_H
#define KILN_DIALECT_NN_UTILS_LAYERNAME_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Location.h"

#include <string>

namespace kiln::nn {

/// The first name in the location; null where there is none.
mlir::StringAttr findLayerName(mlir::Location location);

/// The name of the layer in its file (its location's name), as it stands
/// there; the operation's where there is none.
std::string layerName(mlir::Operation *op);

} // namespace kiln::nn

#endif // KILN_DIALECT_NN_UTILS_LAYERNAME_H
