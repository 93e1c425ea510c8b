//===- CPU.h - The cpu dialect ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_CODEGEN_CPU_IR_CPU_H
#define KILN_CODEGEN_CPU_IR_CPU_H

#include "kiln/CodeGen/CPU/IR/ConvAxis.h"
#include "kiln/CodeGen/CPU/IR/KernelOps.h"
#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/IR/BufferizableOpInterface.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Interfaces/DestinationStyleOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include <optional>

#include "kiln/CodeGen/CPU/IR/CPUDialect.h.inc"
#include "kiln/CodeGen/CPU/IR/CPUEnums.h.inc"

namespace kiln::cpu {
/// Discardable attribute (f64) of a kernel's operation, see CostOpInterface.
inline constexpr llvm::StringLiteral kPredictedCyclesAttrName =
    "cpu.predicted_cycles";
/// Discardable attribute (dictionary: nominal, executed, cycles) of a loop over
/// several kernels: what CostOpInterface says, for all of them.
inline constexpr llvm::StringLiteral kCostAttrName = "cpu.cost";
} // namespace kiln::cpu

#include "kiln/CodeGen/CPU/IR/CostOpInterface.h.inc"

#define GET_OP_CLASSES
#include "kiln/CodeGen/CPU/IR/CPUOps.h.inc"

#endif // KILN_CODEGEN_CPU_IR_CPU_H
