//===- Import.h - From an ONNX file to the nn dialect ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_ONNX_IMPORT_H
#define KILN_ONNX_IMPORT_H

#include "kiln/ONNX/ShapeArithmetic.h"
#include "kiln/Support/HostTensor.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/LogicalResult.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace kiln {

struct ImportOptions {
  /// Name of the function; made an identifier. Empty: the file's stem.
  std::string netName;
  /// Shapes of inputs by name, for files that leave dimensions open. Every
  /// dimension is given, and those that the file states must agree with it.
  std::map<std::string, std::vector<int64_t>> shapes;
  /// Graph inputs by name that become constants of the net. Type and shape
  /// must agree with the file's declaration.
  std::map<std::string, HostTensor> constants;
  /// Largest model file and largest external tensor, in bytes.
  uint64_t maxFileBytes = (uint64_t{1} << 31) - 1;
  /// Largest tensor, in elements.
  int64_t maxElements = int64_t{1} << 31;
  /// Where to note what importing computed; null: nowhere.
  HostTrace *trace = nullptr;
};

/// Reads an ONNX model (opsets 1 to 25 of the default domain) and gives a
/// module with one public function of static shapes in the nn, linalg, tensor
/// and arith dialects; each batch normalisation stands in the mode that the
/// file states.
///
/// Files ending in .textproto, .pbtxt, .prototxt or .onnxtxt hold the model in
/// protobuf's text form. External data is read from regular files inside the
/// model's own folder only.
///
/// Every failure is a diagnostic on `context` that begins with an error code;
/// the dialects needed are loaded. Files are not trusted: no content makes the
/// importer crash.
llvm::FailureOr<mlir::OwningOpRef<mlir::ModuleOp>>
importONNX(mlir::MLIRContext &context, llvm::StringRef path,
           const ImportOptions &options = {});

} // namespace kiln

#endif // KILN_ONNX_IMPORT_H
