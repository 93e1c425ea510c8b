//===- OperatorTable.h - Which operators are taken, by opset ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_ONNX_OPERATORTABLE_H
#define KILN_LIB_ONNX_OPERATORTABLE_H

#include "kiln/Support/HostTensor.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/LogicalResult.h"

#include <cstdint>

namespace kiln::onnx_import {

class NodeImporter;

inline constexpr int kLatest = 1000;
inline constexpr int kVariadic = 1 << 20;

/// One operator over a range of opsets. What stands here has been checked when
/// `import` runs.
struct Operator {
  llvm::StringLiteral name;
  int since; // first opset
  int until; // last opset
  int minInputs, maxInputs;
  int maxOutputs;
  /// "name:kind ..." with kind i, f, s, I, F, S, t (a tensor) or g (a graph);
  /// '!' after the kind marks attributes that must be there.
  llvm::StringLiteral attributes;
  llvm::LogicalResult (*import)(NodeImporter &node);

  // For docs/operators.md.
  /// Element types of input 0 where it is computed at run time, which the
  /// importer checks: "floats" (f16 bf16 f32 f64), "ints" (i8 i16 i32 i64),
  /// "uints", "bool", single types, or "any" of all these. "2:floats" speaks of
  /// input 2. Constants that the importer computes itself may have any type.
  llvm::StringLiteral types = "";
  /// What ONNX allows and Kiln does not, or not yet: fragments divided by "; ".
  llvm::StringLiteral limits = "";
};

/// The entry that holds at `opset`, or null.
const Operator *lookupOperator(llvm::StringRef name, int64_t opset);
bool isKnownOperator(llvm::StringRef name);

/// Why an operator that is not in the table is not taken.
llvm::StringRef reasonOfAbsence(llvm::StringRef name);

/// Whether the entry's `types` allow `type` for an input; what it says nothing
/// about is left to the operator's own function.
bool takesType(const Operator &entry, size_t input, ElementType type);

// One list a family, each in its own file.
llvm::ArrayRef<Operator> activationOperators();
llvm::ArrayRef<Operator> castOperators();
llvm::ArrayRef<Operator> columnOperators();
llvm::ArrayRef<Operator> constantOperators();
llvm::ArrayRef<Operator> controlFlowOperators();
llvm::ArrayRef<Operator> convolutionOperators();
llvm::ArrayRef<Operator> cumulativeOperators();
llvm::ArrayRef<Operator> deformableOperators();
llvm::ArrayRef<Operator> einsumOperators();
llvm::ArrayRef<Operator> elementwiseOperators();
llvm::ArrayRef<Operator> gatherOperators();
llvm::ArrayRef<Operator> gridOperators();
llvm::ArrayRef<Operator> layerNormOperators();
llvm::ArrayRef<Operator> linearOperators();
llvm::ArrayRef<Operator> normPoolingOperators();
llvm::ArrayRef<Operator> normalizationOperators();
llvm::ArrayRef<Operator> padOperators();
llvm::ArrayRef<Operator> poolingOperators();
llvm::ArrayRef<Operator> powerOperators();
llvm::ArrayRef<Operator> predicateOperators();
llvm::ArrayRef<Operator> reductionOperators();
llvm::ArrayRef<Operator> regionOperators();
llvm::ArrayRef<Operator> resizeOperators();
llvm::ArrayRef<Operator> responseOperators();
llvm::ArrayRef<Operator> scatterOperators();
llvm::ArrayRef<Operator> searchOperators();
llvm::ArrayRef<Operator> selectionOperators();
llvm::ArrayRef<Operator> shapeOperators();
llvm::ArrayRef<Operator> sliceOperators();
llvm::ArrayRef<Operator> statisticsOperators();
llvm::ArrayRef<Operator> thresholdOperators();
llvm::ArrayRef<Operator> triangleOperators();
llvm::ArrayRef<Operator> variadicOperators();

} // namespace kiln::onnx_import

#endif // KILN_LIB_ONNX_OPERATORTABLE_H
