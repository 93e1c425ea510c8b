//===- ElementTypes.h - Element types of IR as host tensors have them ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_DIALECT_NN_UTILS_ELEMENTTYPES_H
#define KILN_DIALECT_NN_UTILS_ELEMENTTYPES_H

#include "kiln/Support/HostTensor.h"
#include "mlir/IR/Types.h"

#include <optional>

namespace kiln::nn {

/// Nothing for a type that cannot stand at a net's border. Signless integers
/// are signed; i1 is bool.
std::optional<ElementType> toElementType(mlir::Type type);

} // namespace kiln::nn

#endif // KILN_DIALECT_NN_UTILS_ELEMENTTYPES_H
