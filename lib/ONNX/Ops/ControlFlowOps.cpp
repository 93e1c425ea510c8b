//===- ControlFlowOps.cpp - Conditions known at import, from ONNX ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "NodeImporter.h"

using namespace mlir;

namespace kiln::onnx_import {

/// Exporters leave conditions on shapes, which are known here: the branch taken
/// stands in place of the node.
static LogicalResult importIf(NodeImporter &node) {
  TensorRef condition = node.host(0);
  if (!condition)
    return node.unsupported(
        "its condition is computed at run time, and the graph must be static; "
        "export the net with fixed shapes, or simplify it first");
  if (condition->type != ElementType::Bool || condition->size() != 1)
    return node.error(ErrorCode::BadModel)
           << "the condition must be one bool, not "
           << std::string(elementTypeName(condition->type)) << " of shape "
           << shapeText(condition->shape);
  bool holds = condition->data.front() != std::byte{0};
  BranchRef branch = node.getBranch(holds ? "then_branch" : "else_branch");
  if (branch->outputs.size() != node.numOutputs())
    return node.error(ErrorCode::BadModel)
           << "has " << node.numOutputs() << " outputs where the branch has "
           << branch->outputs.size();
  FailureOr<SmallVector<Tensor>> results = node.importBranch(*branch);
  if (failed(results))
    return failure();
  for (auto [i, tensor] : llvm::enumerate(*results))
    if (failed(tensor.host ? node.setResult(i, tensor.host)
                           : node.setResult(i, tensor.value)))
      return failure();
  return success();
}

ArrayRef<Operator> controlFlowOperators() {
  static const Operator operators[] = {
      {"If", 1, kLatest, 1, 1, kVariadic, "else_branch:g! then_branch:g!",
       importIf, "bool", "the condition must be a constant"},
  };
  return operators;
}

} // namespace kiln::onnx_import
