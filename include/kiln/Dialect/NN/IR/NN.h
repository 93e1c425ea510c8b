//===- NN.h - The nn dialect ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_DIALECT_NN_IR_NN_H
#define KILN_DIALECT_NN_IR_NN_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "kiln/Dialect/NN/IR/NNDialect.h.inc"
#include "kiln/Dialect/NN/IR/NNEnums.h.inc"

#define GET_ATTRDEF_CLASSES
#include "kiln/Dialect/NN/IR/NNAttributes.h.inc"

#define GET_OP_CLASSES
#include "kiln/Dialect/NN/IR/NNOps.h.inc"

namespace kiln::nn {

/// Module attribute (unit): batch normalisations have been folded.
inline constexpr llvm::StringLiteral kFoldedAttrName = "nn.folded";
/// Module attribute (array of dictionaries): the fold ledger.
inline constexpr llvm::StringLiteral kFoldLedgerAttrName = "nn.fold_ledger";

/// True for an operation that computes each element of its one result from
/// the elements at the same position of its operands (after broadcasting):
/// activations (softmax is none), `nn.channel_affine` and `linalg.generic`
/// with parallel loops, one result, an identity result map, operand maps that
/// only broadcast, and a body that neither asks for its index nor reads a
/// tensor.
bool isElementwise(mlir::Operation *op);

/// True for `nn.conv`, `nn.conv_transpose` and `nn.linear`.
bool isFusionRoot(mlir::Operation *op);

/// True for those, for pooling, `nn.resize` and `linalg.generic` reductions:
/// what has a loop nest that elementwise operations can be drawn into.
bool isLoopNest(mlir::Operation *op);

} // namespace kiln::nn

#endif // KILN_DIALECT_NN_IR_NN_H
