//===- kiln-translate.cpp - Translates ONNX to IR ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// For compiler writers and tests: `kiln-translate --import-onnx net.onnx`.
//===----------------------------------------------------------------------===//

#include "kiln/ONNX/Import.h"

#include "mlir/Tools/mlir-translate/MlirTranslateMain.h"
#include "mlir/Tools/mlir-translate/Translation.h"

#include "llvm/Support/CommandLine.h"
#include "llvm/Support/SourceMgr.h"

using namespace mlir;

/// Reads "x:1x3x224x224". The name may hold colons: the last one counts.
static bool parseShape(StringRef text, kiln::ImportOptions &options) {
  auto [name, sizes] = text.rsplit(':');
  std::vector<int64_t> shape;
  while (!sizes.empty()) {
    int64_t size;
    if (sizes.consumeInteger(10, size) ||
        (!sizes.empty() && !sizes.consume_front("x")))
      return false;
    shape.push_back(size);
  }
  return options.shapes.try_emplace(name.str(), shape).second;
}

int main(int argc, char **argv) {
  llvm::cl::list<std::string> shapes(
      "shapes", llvm::cl::desc("Shape of an input: x:1x3x224x224"),
      llvm::cl::value_desc("name:shape"));
  TranslateToMLIRRegistration registration(
      "import-onnx", "ONNX to the nn dialect",
      [&](llvm::SourceMgr &manager,
          MLIRContext *context) -> OwningOpRef<Operation *> {
        kiln::ImportOptions options;
        for (const std::string &text : shapes)
          if (!parseShape(text, options)) {
            emitError(UnknownLoc::get(context))
                << "--shapes=" << text << " is not name:1x2x3, or stands twice";
            return nullptr;
          }
        // The file is read again by its name: external data lies beside it.
        StringRef path = manager.getMemoryBuffer(manager.getMainFileID())
                             ->getBufferIdentifier();
        auto module = kiln::importONNX(*context, path, options);
        return failed(module) ? nullptr
                              : OwningOpRef<Operation *>(module->release());
      });
  return failed(mlirTranslateMain(argc, argv, "Kiln's translation driver\n"));
}
