//===- RandomNet.h - A random net from the whole dialect ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_TEST_RANDOMNETS_RANDOMNET_H
#define KILN_TEST_RANDOMNETS_RANDOMNET_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"

#include <cstdint>

namespace kiln::test {

/// A net made from `seed` and `attempt` alone, the same on every machine: one
/// public function `@net` of static shapes. Its values are f32 in most nets,
/// f64 or, with `narrowTypes`, f16 and bf16 in others, and casts mix them.
///
/// Everything that may stand in a net after import is in the choice: see
/// Steps.h. Weights are scaled by their fan-in, so that values keep their range
/// with depth; whether a net is fit for a comparison, Expectation.h says.
mlir::OwningOpRef<mlir::ModuleOp> makeRandomNet(mlir::MLIRContext &context,
                                                uint64_t seed, uint64_t attempt,
                                                bool narrowTypes);

} // namespace kiln::test

#endif // KILN_TEST_RANDOMNETS_RANDOMNET_H
