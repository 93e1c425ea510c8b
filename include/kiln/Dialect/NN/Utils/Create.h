//===- Create.h - Building checked operations ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_DIALECT_NN_UTILS_CREATE_H
#define KILN_DIALECT_NN_UTILS_CREATE_H

#include "mlir/IR/Builders.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"

namespace kiln::nn {

/// Builds `OpTy` with inferred result types, or emits the violated constraint
/// at `location` and fails: for operands that come from a file. (The generated
/// builders abort the program where inference fails.)
template <typename OpTy>
mlir::FailureOr<OpTy>
createChecked(mlir::OpBuilder &builder, mlir::Location location,
              mlir::ValueRange operands, typename OpTy::Properties properties) {
  llvm::SmallVector<mlir::Type> types;
  if (failed(OpTy::inferReturnTypes(
          builder.getContext(), location, operands,
          mlir::DictionaryAttr::get(builder.getContext()), &properties,
          /*regions=*/{}, types)))
    return mlir::failure();
  mlir::OperationState state(location, OpTy::getOperationName());
  state.addOperands(operands);
  state.addTypes(types);
  state.getOrAddProperties<typename OpTy::Properties>() = std::move(properties);
  return llvm::cast<OpTy>(builder.create(state));
}

} // namespace kiln::nn

#endif // KILN_DIALECT_NN_UTILS_CREATE_H
