//===- NNOps.td - All operations of the nn dialect ---*- tablegen -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_DIALECT_NN_IR_NNOPS_TD
#define KILN_DIALECT_NN_IR_NNOPS_TD

include "kiln/Dialect/NN/IR/NNActivationOps.td"
include "kiln/Dialect/NN/IR/NNConvolutionOps.td"
include "kiln/Dialect/NN/IR/NNFusedOps.td"
include "kiln/Dialect/NN/IR/NNNormalizationOps.td"
include "kiln/Dialect/NN/IR/NNPoolingOps.td"

#endif // KILN_DIALECT_NN_IR_NNOPS_TD
