//===- Graph.h - Structure of a model's graph ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_ONNX_GRAPH_H
#define KILN_LIB_ONNX_GRAPH_H

#include "Model.h"

namespace kiln::onnx_import {

/// Checks that each tensor has one maker and each input exists, and gives the
/// nodes that the graph's outputs need, in an order in which each uses only
/// what earlier ones make (files are not always sorted).
llvm::Expected<std::vector<const Node *>> orderNodes(const Model &model);

} // namespace kiln::onnx_import

#endif // KILN_LIB_ONNX_GRAPH_H
