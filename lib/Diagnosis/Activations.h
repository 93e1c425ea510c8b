//===- Activations.h - Softmax and sigmoid in a net's graph ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_DIAGNOSIS_ACTIVATIONS_H
#define KILN_LIB_DIAGNOSIS_ACTIVATIONS_H

#include "kiln/Diagnosis/Diagnose.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace kiln {

/// What the graph after import proves of its softmax and sigmoid operations;
/// nothing here rests on data.
std::vector<ActivationFact> findActivationFacts(mlir::func::FuncOp net);

} // namespace kiln

#endif // KILN_LIB_DIAGNOSIS_ACTIVATIONS_H
