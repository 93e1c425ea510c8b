//===- NodeImporter.h - What an operator's importer works with ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_ONNX_NODEIMPORTER_H
#define KILN_LIB_ONNX_NODEIMPORTER_H

#include "Builders.h"
#include "Error.h"
#include "GraphImporter.h"
#include "OperatorTable.h"

#include "kiln/Dialect/NN/IR/NN.h"
#include "kiln/Dialect/NN/Utils/Create.h"

namespace kiln::onnx_import {

/// One node being imported: checked access to its inputs and attributes, and
/// the places where its results and complaints go. Inputs up to the operator's
/// minimum are present, and attributes have the kind that the table states,
/// when an operator's function runs.
class NodeImporter {
public:
  NodeImporter(GraphImporter &graph, const Node &node, const Operator &entry);

  /// Checks the node against its entry and imports it.
  llvm::LogicalResult run();

  mlir::OpBuilder &builder() { return graph.builder(); }
  mlir::MLIRContext *context() { return builder().getContext(); }
  mlir::Location loc() const { return location; }
  int64_t opset() const { return graph.opset(); }
  llvm::StringRef op() const { return node.op; }
  int64_t maxElements() const { return graph.options().maxElements; }

  // Inputs.
  size_t numInputs() const { return node.inputs.size(); }
  bool hasInput(size_t i) const {
    return i < node.inputs.size() && !node.inputs[i].empty();
  }
  mlir::RankedTensorType type(size_t i) const;
  llvm::ArrayRef<int64_t> shape(size_t i) const { return type(i).getShape(); }
  int64_t rank(size_t i) const { return type(i).getRank(); }
  mlir::Type elementType(size_t i) const { return type(i).getElementType(); }
  mlir::Value value(size_t i);
  /// The contents where they are known at import, else null.
  TensorRef host(size_t i) const;
  /// The contents of an input that must be known, or a rejection.
  llvm::FailureOr<TensorRef> constant(size_t i, llvm::StringRef what);
  llvm::FailureOr<llvm::SmallVector<int64_t>>
  constantInts(size_t i, llvm::StringRef what);
  llvm::FailureOr<double> constantNumber(size_t i, llvm::StringRef what);
  /// A list that older opsets have as an attribute and newer ones as an input;
  /// nothing where there is neither.
  llvm::FailureOr<std::optional<llvm::SmallVector<int64_t>>>
  intsFrom(llvm::StringRef attribute, size_t input);

  /// arith.constant of a tensor made by this node's import.
  mlir::Value createConstant(const HostTensor &tensor);

  // Attributes; the default where absent.
  bool hasAttr(llvm::StringRef name) const {
    return node.attributes.contains(name.str());
  }
  int64_t getInt(llvm::StringRef name, int64_t otherwise) const;
  double getFloat(llvm::StringRef name, float otherwise) const;
  llvm::StringRef getString(llvm::StringRef name,
                            llvm::StringRef otherwise) const;
  llvm::ArrayRef<int64_t> getInts(llvm::StringRef name) const;
  llvm::ArrayRef<float> getFloats(llvm::StringRef name) const;
  TensorRef getTensor(llvm::StringRef name) const;
  BranchRef getBranch(llvm::StringRef name) const;
  /// An axis made non-negative, or an error: it must lie in [-rank, rank).
  llvm::FailureOr<int64_t> normalizeAxis(int64_t axis, int64_t rank);
  /// Sorted, without repeats; an error otherwise.
  llvm::FailureOr<llvm::SmallVector<int64_t>>
  normalizeAxes(llvm::ArrayRef<int64_t> axes, int64_t rank);

  // Outputs.
  size_t numOutputs() const { return node.outputs.size(); }
  bool hasOutput(size_t i) const {
    return i < node.outputs.size() && !node.outputs[i].empty();
  }
  llvm::LogicalResult setResult(size_t i, mlir::Value value);
  llvm::LogicalResult setResult(size_t i, HostTensor tensor);
  llvm::LogicalResult setResult(size_t i, TensorRef tensor);
  /// An error where the shape is negative or larger than the limit.
  llvm::LogicalResult checkSize(llvm::ArrayRef<int64_t> shape);

  /// The outputs of a branch, imported in place of this node.
  llvm::FailureOr<llvm::SmallVector<Tensor>>
  importBranch(const Branch &branch) {
    return graph.importBranch(branch, node);
  }

  // Diagnostics: "K0301: Conv 'name' (opset 11): ...".
  mlir::InFlightDiagnostic error(ErrorCode code);
  mlir::InFlightDiagnostic warning(ErrorCode code);
  /// Notes the node as not supported. Always fails.
  llvm::LogicalResult unsupported(const llvm::Twine &reason);

  /// Builds an operation whose constraints are checked; a constraint that does
  /// not hold becomes an error of this node.
  template <typename OpTy>
  llvm::FailureOr<OpTy> create(mlir::ValueRange operands,
                               typename OpTy::Properties properties) {
    if (failed(checkFloats(operands)))
      return llvm::failure();
    std::string complaint;
    llvm::FailureOr<OpTy> result = [&]() -> llvm::FailureOr<OpTy> {
      mlir::ScopedDiagnosticHandler handler(
          context(), [&](mlir::Diagnostic &diagnostic) {
            complaint += (complaint.empty() ? "" : "; ") + diagnostic.str();
          });
      auto created = nn::createChecked<OpTy>(builder(), loc(), operands,
                                             std::move(properties));
      if (failed(created) ||
          failed((*created)->getName().verifyInvariants(*created)))
        return llvm::failure();
      return created;
    }();
    if (failed(result))
      return error(ErrorCode::BadShape) << complaint;
    return result;
  }

private:
  /// Operations of the nn dialect take floats alone.
  llvm::LogicalResult checkFloats(mlir::ValueRange operands);
  llvm::LogicalResult checkArity();
  llvm::LogicalResult checkAttributes();
  llvm::LogicalResult checkTypes();
  std::string heading() const;

  GraphImporter &graph;
  const Node &node;
  const Operator &entry;
  mlir::Location location;
};

} // namespace kiln::onnx_import

#endif // KILN_LIB_ONNX_NODEIMPORTER_H
