//===- GraphImporter.h - A model's graph as a function ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_ONNX_GRAPHIMPORTER_H
#define KILN_LIB_ONNX_GRAPHIMPORTER_H

#include "Model.h"

#include "kiln/ONNX/Import.h"
#include "kiln/Support/Diagnostics.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"

namespace kiln::onnx_import {

/// A tensor of the graph: contents known at import, or a value computed at run
/// time. A known tensor becomes an arith.constant when a value is asked for.
struct Tensor {
  mlir::RankedTensorType type;
  mlir::Value value; // null until needed where `host` is set
  TensorRef host;    // null for what is computed at run time
};

/// The MLIR type of an element: integers are signless, unsigned ones ui8...
mlir::Type convertType(mlir::MLIRContext *context, ElementType type);

class GraphImporter {
public:
  GraphImporter(mlir::MLIRContext &context, llvm::StringRef path,
                const Model &model, const ImportOptions &options);

  /// Imports the nodes, which are in an order of use.
  llvm::FailureOr<mlir::OwningOpRef<mlir::ModuleOp>>
  import(llvm::ArrayRef<const Node *> nodes);

  // What an imported node needs.
  mlir::OpBuilder &builder() { return bodyBuilder; }
  const ImportOptions &options() const { return importOptions; }
  int64_t opset() const { return model.opset; }
  Tensor &tensor(llvm::StringRef name) { return tensors.find(name)->second; }
  bool isDefined(llvm::StringRef name) const { return tensors.contains(name); }
  mlir::Value materialize(llvm::StringRef name);
  void define(llvm::StringRef name, Tensor tensor);
  /// Imports the nodes of a branch in place and gives its outputs. Its own
  /// tensors are gone afterwards: other branches may use their names again.
  llvm::FailureOr<llvm::SmallVector<Tensor>> importBranch(const Branch &branch,
                                                          const Node &owner);
  /// Notes a reason why the node is not taken; all are reported at the end.
  void reject(const Node &node, const llvm::Twine &reason);
  mlir::Location locationOf(llvm::StringRef name) const;

private:
  struct Rejection {
    const Node *node;
    std::string reason;
  };

  llvm::LogicalResult addInputs(mlir::func::FuncOp function);
  llvm::LogicalResult importNode(const Node &node);
  /// Notes a known tensor, where a trace is asked for.
  void trace(const Node &node, const std::string &output, TensorRef value);
  llvm::LogicalResult addOutputs(mlir::func::FuncOp function);
  void warnOfDeclarations(llvm::ArrayRef<const Node *> nodes);
  bool hasRejectedInput(const Node &node);
  llvm::LogicalResult reportRejections();

  mlir::MLIRContext &context;
  std::string fileName;
  const Model &model;
  const ImportOptions &importOptions;
  mlir::OpBuilder bodyBuilder;
  llvm::StringMap<Tensor> tensors;
  /// Outputs of rejected nodes, and optional outputs that are not computed
  /// (with the reason, which counts only if they are used).
  llvm::StringMap<std::string> missing;
  std::vector<Rejection> rejections;
};

} // namespace kiln::onnx_import

#endif // KILN_LIB_ONNX_GRAPHIMPORTER_H
