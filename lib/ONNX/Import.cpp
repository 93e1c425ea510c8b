//===- Import.cpp - From an ONNX file to the nn dialect ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "kiln/ONNX/Import.h"

#include "BoundInputs.h"
#include "Error.h"
#include "Graph.h"
#include "GraphImporter.h"

#include "kiln/Dialect/NN/IR/NN.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Verifier.h"

using namespace mlir;
using namespace kiln::onnx_import;

namespace kiln {

FailureOr<OwningOpRef<ModuleOp>>
importONNX(MLIRContext &context, StringRef path, const ImportOptions &options) {
  context.loadDialect<nn::NNDialect, arith::ArithDialect, func::FuncDialect,
                      linalg::LinalgDialect, math::MathDialect,
                      tensor::TensorDialect>();
  Location loc = NameLoc::get(StringAttr::get(&context, path));
  // The errors of the reader begin with their codes.
  auto report = [&](llvm::Error error) {
    return mlir::emitError(loc) << llvm::toString(std::move(error));
  };
  llvm::Expected<Model> model =
      readModel(path, {options.maxFileBytes, options.maxElements});
  if (!model)
    return report(model.takeError());
  if (failed(bindInputs(*model, options, loc)))
    return failure();
  llvm::Expected<std::vector<const Node *>> nodes = orderNodes(*model);
  if (!nodes)
    return report(nodes.takeError());
  FailureOr<OwningOpRef<ModuleOp>> module =
      GraphImporter(context, path, *model, options).import(*nodes);
  if (failed(module))
    return failure();
  if (failed(mlir::verify(**module)))
    return emitError(loc, ErrorCode::Internal)
           << "the imported module is not valid";
  return module;
}

} // namespace kiln
