//===- BatchIndependence.h - Proof that images do not meet ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// A net whose batch stays open is compiled for one image and walked over the
// images of a batch. That is right only if no image has a say in another's
// output, and if the net is the same one at every batch size. Both are proven
// on the net's IR at two batch sizes (docs/batch.md).
//===----------------------------------------------------------------------===//

#ifndef KILN_DIALECT_NN_ANALYSIS_BATCHINDEPENDENCE_H
#define KILN_DIALECT_NN_ANALYSIS_BATCHINDEPENDENCE_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/Support/LogicalResult.h"

#include <cstdint>

namespace kiln::nn {

/// Argument and result attribute (unit): the tensor is one image's part;
/// dimension 0 grows with the batch.
inline constexpr llvm::StringLiteral kBatchAttrName = "nn.batch";

/// The batch size of the second of the two nets, and the greatest batch that
/// an artifact with an open batch serves: the greatest prime below 2^24. What
/// clamps to a size (a slice up to 1000, say) shows at one of the two ends of
/// the range, and the number is exact in f32, through which shapes pass in
/// some nets.
inline constexpr int64_t kGreatestBatch = 16777213;

/// Proves that `several`, a net at batch size `batch`, computes for each image
/// what `one`, the same net at batch size 1, computes for it alone. The two may
/// live in different contexts. Inputs whose dimension 0 differs carry the
/// batch, the others are the same for all images.
///
/// What is proven of every value x of `several`, by induction over the
/// operations in their order, with x1 its counterpart in `one`:
/// - equal types: x does not depend on any batched input, and x = x1; or
/// - one dimension d of r * `batch` where x1 has r: slice [n * r, (n + 1) * r)
///   along d of x is x1 computed from image n alone.
/// Results carry the batch in dimension 0, if at all.
///
/// Otherwise emits K0302 at the operation of `one` where the proof breaks off,
/// and fails. On success arguments and results of `one` that carry the batch
/// are marked by kBatchAttrName.
llvm::LogicalResult proveImagesIndependent(mlir::func::FuncOp one,
                                           mlir::func::FuncOp several,
                                           int64_t batch);

} // namespace kiln::nn

#endif // KILN_DIALECT_NN_ANALYSIS_BATCHINDEPENDENCE_H
